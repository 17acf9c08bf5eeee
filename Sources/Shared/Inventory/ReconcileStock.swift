import Catalog
package import Core
package import Foundation
package import Jobs
import Postgres

/// A place where what is on record of stock does not agree.
package struct StockDiscrepancy: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        /// Reserved units are not those that are held for somebody.
        case reserved
        /// Units there are not the sum of their movements.
        case onHand = "on_hand"
        /// What stands at a place is not the sum of its movements.
        case level
        /// Units are held long after their time.
        case held
    }

    package let kind: Kind
    /// The TypeID of a variant.
    package let subject: String
    package let detail: String
    /// Whether it was put right.
    package let isRepaired: Bool
}

/// Compares stock with what it is made of, and puts right what is reserved.
package struct ReconcileStock: Sendable {
    /// What is held so long after its time nobody expires any more.
    package static let patience: TimeInterval = 86_400
    /// Variants that one statement compares.
    private static let batch = 2_000

    private let audit: AuditStore
    private let clock: any WallClock

    package init(audit: AuditStore, clock: some WallClock) {
        self.audit = audit
        self.clock = clock
    }

    /// Goes through all stock. Where reserved units are not those that live reservations hold they are made so, with a movement that
    /// brings the sum of movements there as well; all else needs a person.
    /// - Returns: what did not agree, and how many variants were looked at.
    /// - Throws: `PostgresError`.
    package func callAsFunction(
        by actor: AuditActor, in works: some WorkScope
    ) async throws -> (discrepancies: [StockDiscrepancy], variants: Int) {
        var (found, count, position) = ([StockDiscrepancy](), 0, ID<Variant>?.none)
        while true {
            let start = position
            let rows = try await works.withUnitOfWork { work in
                try await work.query(
                    ReconciliationSQL.compare(after: start, limit: Self.batch, at: clock.now - Self.patience),
                    as: ComparedStock.self)
            }
            count += rows.count
            for row in rows {
                found += row.discrepancies
                guard row.isReservedOff else { continue }
                let repaired = try await works.withUnitOfWork { work in
                    try await repair(row.variant, by: actor, in: work)
                }
                if let repaired { found.append(repaired) }
            }
            guard let last = rows.last, rows.count == Self.batch else { return (found, count) }
            position = last.variant
        }
    }

    /// Looks again under the lock: what was on its way at first may have arrived.
    private func repair(
        _ variant: ID<Variant>, by actor: AuditActor, in work: UnitOfWork
    ) async throws -> StockDiscrepancy? {
        try await work.pipeline(InventoryLocks.stock(of: [variant]))
        let row = try await work.queryOne(
            ReconciliationSQL.compare(after: nil, limit: 1, at: clock.now - Self.patience, only: variant),
            as: ComparedStock.self)
        guard let row, row.isReservedOff else { return nil }
        try await work.pipeline(ReconciliationSQL.repair(row, by: actor))
        try await audit.append(
            AuditEntry(
                actor: actor, action: "stock.reconciled", subject: variant,
                payload: ["reserved": .integer(row.reserved), "held": .integer(row.held)]), in: work)
        return StockDiscrepancy(
            kind: .reserved, subject: variant.description,
            detail: "\(row.reserved) reserved, \(row.held) held, \(row.movedReserved) by its movements",
            isRepaired: true)
    }
}

/// A variant's stock beside what it is made of.
private struct ComparedStock: PostgresRowDecodable, Sendable {
    let variant: ID<Variant>
    let onHand: Int64
    let reserved: Int64
    let held: Int64
    let overdue: Int64
    let moved: Int64
    let movedReserved: Int64
    let wrongLevels: Int64

    init(row: borrowing PostgresRow) throws(PostgresError) {
        variant = try row.decode("variant_id")
        onHand = try row.decode("on_hand")
        reserved = try row.decode("reserved")
        held = try row.decode("held")
        overdue = try row.decode("overdue")
        moved = try row.decode("moved")
        movedReserved = try row.decode("moved_reserved")
        wrongLevels = try row.decode("wrong_levels")
    }

    var isReservedOff: Bool { reserved != held || movedReserved != held }

    /// What nobody but a person can put right.
    var discrepancies: [StockDiscrepancy] {
        func discrepancy(_ kind: StockDiscrepancy.Kind, _ detail: String) -> StockDiscrepancy {
            StockDiscrepancy(kind: kind, subject: variant.description, detail: detail, isRepaired: false)
        }
        return (onHand == moved ? [] : [discrepancy(.onHand, "\(onHand) on hand, \(moved) by its movements")])
            + (wrongLevels == 0
                ? [] : [discrepancy(.level, "\(wrongLevels) places are not the sum of their movements")])
            + (overdue == 0 ? [] : [discrepancy(.held, "\(overdue) units are held more than a day after their time")])
    }
}

private enum ReconciliationSQL {
    /// One statement, so that all of it is of one moment.
    static func compare(
        after variant: ID<Variant>?, limit: Int, at moment: Date, only: ID<Variant>? = nil
    ) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition("variant_id > $1", "$1::uuid", isSet: variant != nil)
        let one = OptionalFilter.condition("variant_id = $4", "$4::uuid", isSet: only != nil)
        return PostgresStatement(
            sql: """
                WITH page AS (
                    SELECT variant_id, on_hand, reserved FROM stock WHERE \(fromCursor) AND \(one)
                    ORDER BY variant_id LIMIT $2
                ), holding AS (
                    SELECT variant_id, sum(quantity)::int8 AS held,
                        coalesce(sum(quantity) FILTER (WHERE expires_at < $3), 0)::int8 AS overdue
                    FROM reservations
                    WHERE state = 'held' AND variant_id IN (SELECT variant_id FROM page)
                    GROUP BY variant_id
                )
                SELECT page.variant_id, page.on_hand, page.reserved, coalesce(holding.held, 0) AS held,
                    coalesce(holding.overdue, 0) AS overdue, moving.moved, moving.moved_reserved, standing.wrong_levels
                FROM page LEFT JOIN holding USING (variant_id)
                CROSS JOIN LATERAL (
                    SELECT coalesce(sum(on_hand_change), 0)::int8 AS moved,
                        coalesce(sum(reserved_change), 0)::int8 AS moved_reserved
                    FROM stock_movements WHERE stock_movements.variant_id = page.variant_id
                ) AS moving
                CROSS JOIN LATERAL (
                    SELECT count(*) AS wrong_levels FROM (
                        SELECT location_id, batch_id, on_hand FROM stock_levels
                        WHERE stock_levels.variant_id = page.variant_id
                        EXCEPT
                        SELECT location_id, batch_id, sum(on_hand_change)::int8 FROM stock_movements
                        WHERE stock_movements.variant_id = page.variant_id GROUP BY location_id, batch_id
                    ) AS wrong
                ) AS standing
                ORDER BY page.variant_id
                """,
            parameters: [variant, limit, moment, only])
    }

    static func repair(_ row: ComparedStock, by actor: AuditActor) -> PostgresStatement {
        """
        WITH moved AS (
            INSERT INTO stock_movements (variant_id, vendor_id, reason, on_hand_change, reserved_change, note, actor)
            SELECT variant_id, vendor_id, 'reconciled', 0, \(row.held - row.movedReserved),
                \("\(row.reserved) reserved, \(row.held) held"), \(actor.rawValue)
            FROM stock WHERE variant_id = \(row.variant)
        )
        UPDATE stock SET reserved = \(row.held), backorder_bound = greatest(backorder_bound, \(row.held) - on_hand)
        WHERE variant_id = \(row.variant)
        """
    }
}
