import Catalog
package import Core
package import Foundation
package import Jobs
import Postgres
import Registrations
import Values

/// A place where pools of licence keys and what is on record of them do not agree.
package struct KeyDiscrepancy: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        /// Units for sale are not the pool's keys without those that paid orders wait for.
        case pool
        /// Keys of a batch in quarantine are for sale.
        case quarantined
        /// Keys are for sale long after their last day.
        case ended
        /// Lines that were delivered lack keys.
        case lines
    }

    package let kind: Kind
    /// The TypeID of a variant.
    package let subject: String
    package let detail: String
    /// Whether it was put right.
    package let isRepaired: Bool
}

/// Compares pools of licence keys with the stock that is sold from them, and puts right the stock.
package struct ReconcileLicenceKeys: Sendable {
    /// Variants that one statement compares.
    private static let batch = 200

    private let audit: AuditStore
    private let clock: any WallClock

    package init(audit: AuditStore, clock: some WallClock) {
        self.audit = audit
        self.clock = clock
    }

    /// Goes through all pools. What is for sale is made what the pool has, by a movement; all else needs a person.
    /// - Returns: what did not agree, and how many pools were looked at.
    /// - Throws: `PostgresError`.
    package func callAsFunction(
        by actor: AuditActor, in works: some WorkScope
    ) async throws -> (discrepancies: [KeyDiscrepancy], pools: Int) {
        var (found, count, position) = ([KeyDiscrepancy](), 0, ID<Variant>?.none)
        let day = KeyLife.today(at: clock.now.addingTimeInterval(-86_400)).iso8601
        while true {
            let start = position
            let rows = try await works.withUnitOfWork { work in
                try await work.query(
                    PoolSQL.compare(after: start, limit: Self.batch, endedBefore: day), as: ComparedPool.self)
            }
            count += rows.count
            for row in rows {
                found += row.discrepancies
                guard row.isOff else { continue }
                let repaired = try await works.withUnitOfWork { work in
                    try await repair(row.variant, endedBefore: day, by: actor, in: work)
                }
                if let repaired { found.append(repaired) }
            }
            guard let last = rows.last, rows.count == Self.batch else { return (found, count) }
            position = last.variant
        }
    }

    /// Looks again under the lock: what was on its way at first may have arrived.
    private func repair(
        _ variant: ID<Variant>, endedBefore day: String, by actor: AuditActor, in work: UnitOfWork
    ) async throws -> KeyDiscrepancy? {
        try await work.pipeline(InventoryLocks.stock(of: [variant]))
        let row = try await work.queryOne(
            PoolSQL.compare(after: nil, limit: 1, endedBefore: day, only: variant), as: ComparedPool.self)
        guard let row, row.isOff else { return nil }
        try await work.pipeline(PoolSQL.repair(row, by: actor))
        try await audit.append(
            AuditEntry(
                actor: actor, action: "licence_keys.reconciled", subject: variant,
                payload: ["on_hand": .integer(row.onHand), "pool": .integer(row.sellable)]), in: work)
        return KeyDiscrepancy(kind: .pool, subject: variant.description, detail: row.detail, isRepaired: true)
    }
}

/// A variant's stock beside its pool.
private struct ComparedPool: PostgresRowDecodable, Sendable {
    let variant: ID<Variant>
    let onHand: Int64
    let available: Int64
    let owed: Int64
    let moved: Int64
    let quarantined: Int64
    let ended: Int64
    let short: Int64

    init(row: borrowing PostgresRow) throws(PostgresError) {
        variant = try row.decode("variant_id")
        onHand = try row.decode("on_hand")
        available = try row.decode("available")
        owed = try row.decode("owed")
        moved = try row.decode("moved")
        quarantined = try row.decode("quarantined")
        ended = try row.decode("ended")
        short = try row.decode("short")
    }

    /// What can be sold: keys that nobody waits for.
    var sellable: Int64 { available - owed }
    var isOff: Bool { onHand != sellable || moved != sellable }
    var detail: String { "\(onHand) on hand, \(available) keys, \(owed) owed, \(moved) by its movements" }

    /// What nobody but a person can put right.
    var discrepancies: [KeyDiscrepancy] {
        func discrepancy(_ kind: KeyDiscrepancy.Kind, _ count: Int64, _ detail: String) -> [KeyDiscrepancy] {
            guard count > 0 else { return [] }
            return [
                KeyDiscrepancy(
                    kind: kind, subject: variant.description, detail: "\(count) \(detail)", isRepaired: false)
            ]
        }
        return discrepancy(.quarantined, quarantined, "keys of batches in quarantine are for sale")
            + discrepancy(.ended, ended, "keys are for sale more than a day after their last one")
            + discrepancy(.lines, short, "delivered lines lack keys")
    }
}

private enum PoolSQL {
    /// One statement, so that all of it is of one moment.
    static func compare(
        after variant: ID<Variant>?, limit: Int, endedBefore day: String, only: ID<Variant>? = nil
    ) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition("stock.variant_id > $1", "$1::uuid", isSet: variant != nil)
        let one = OptionalFilter.condition("stock.variant_id = $4", "$4::uuid", isSet: only != nil)
        return PostgresStatement(
            sql: """
                WITH page AS (
                    SELECT stock.variant_id, on_hand
                    FROM stock JOIN variants ON variants.id = stock.variant_id AND variants.kind = 'licence_key'
                    WHERE \(fromCursor) AND \(one) ORDER BY stock.variant_id LIMIT $2
                )
                SELECT page.variant_id, page.on_hand, pool.available, pool.quarantined, pool.ended, waiting.owed,
                    moving.moved, delivered.short
                FROM page
                CROSS JOIN LATERAL (
                    SELECT count(*) AS available,
                        count(*) FILTER (WHERE licence_key_batches.quarantined_at IS NOT NULL) AS quarantined,
                        count(*) FILTER (WHERE sell_until < $3::text::date) AS ended
                    FROM licence_keys LEFT JOIN licence_key_batches ON licence_key_batches.id = batch_id
                    WHERE licence_keys.variant_id = page.variant_id AND state = 'available'
                ) AS pool
                CROSS JOIN LATERAL (
                    SELECT coalesce(sum(order_lines.quantity - cancelled_quantity), 0)::int8 AS owed
                    FROM order_lines JOIN reservations ON holder_id = order_id
                        AND reservations.variant_id = order_lines.variant_id AND reservations.state = 'committed'
                    WHERE order_lines.variant_id = page.variant_id AND kind = 'licence_key' AND delivered_at IS NULL
                ) AS waiting
                CROSS JOIN LATERAL (
                    SELECT coalesce(sum(on_hand_change), 0)::int8 AS moved
                    FROM stock_movements WHERE stock_movements.variant_id = page.variant_id
                ) AS moving
                CROSS JOIN LATERAL (
                    SELECT count(*) AS short FROM (
                        SELECT FROM licence_keys
                        WHERE licence_keys.variant_id = page.variant_id AND state IN ('assigned', 'revoked', 'replaced')
                            AND order_line_id IS NOT NULL
                        GROUP BY order_line_id, line_quantity
                        HAVING count(*) FILTER (WHERE state <> 'replaced') <> line_quantity
                    ) AS line
                ) AS delivered
                ORDER BY page.variant_id
                """,
            parameters: [variant, limit, day, only])
    }

    static func repair(_ row: ComparedPool, by actor: AuditActor) -> PostgresStatement {
        """
        WITH moved AS (
            INSERT INTO stock_movements (variant_id, vendor_id, reason, on_hand_change, reserved_change, note, actor)
            SELECT variant_id, vendor_id, 'reconciled', \(row.sellable - row.moved), 0, \(row.detail), \(actor.rawValue)
            FROM stock WHERE variant_id = \(row.variant)
        )
        UPDATE stock SET on_hand = \(row.sellable), backorder_bound = greatest(backorder_limit, reserved - \(row.sellable))
        WHERE variant_id = \(row.variant)
        """
    }
}
