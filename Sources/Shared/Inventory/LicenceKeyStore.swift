import Catalog
package import Core
package import Foundation
package import Postgres
import Vendors

/// All SQL about licence keys.
package struct LicenceKeyStore: Sendable {
    package init() {}

    /// Gives each demand exactly its number of keys, or none where the pool has fewer; a key goes to one line only.
    /// The lines that got their keys. One round trip.
    package func assign(
        _ demands: [KeyDemand], at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Set<UUID> {
        Set(try await transaction.queryValues(LicenceKeySQL.assign(demands, at: time), as: UUID.self))
    }

    /// Revokes the keys of order lines: they stay theirs and are shown to nobody any more. The keys that held until now.
    package func revoke(
        lines: [UUID], in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> [ID<LicenceKey>] {
        try await transaction.queryValues(
            LicenceKeySQL.move(lines, from: "assigned", to: "revoked"), as: ID<LicenceKey>.self)
    }

    /// Lets revoked keys of order lines hold again.
    package func reinstate(lines: [UUID], in transaction: some PostgresExecutor) async throws(PostgresError) {
        _ = try await transaction.queryValues(
            LicenceKeySQL.move(lines, from: "revoked", to: "assigned"), as: ID<LicenceKey>.self)
    }

    /// The identifiers of `keys` that were not in the vendor's pools yet, now in the pool and counted as stock.
    func insert(
        _ keys: [LicenceKey], fingerprints: [[UInt8]], variant: Variant, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Set<ID<LicenceKey>> {
        let statement = LicenceKeySQL.insert(keys, fingerprints: fingerprints, variant: variant)
        return Set(try await transaction.queryValues(statement, as: ID<LicenceKey>.self))
    }

    /// Locks the variant's stock and counts imported keys in.
    func countIn(
        _ count: Int, of variant: Variant, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(LicenceKeySQL.countIn(Int64(count), of: variant))
    }

    /// The keys of order lines, still encrypted, in the order of lines and units.
    func assigned(
        to lines: [UUID], in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [AssignedKey] {
        try await executor.query(LicenceKeySQL.assigned(to: lines), as: AssignedKey.self)
    }
}

/// A key that belongs to an order line.
struct AssignedKey: PostgresRowDecodable, Sendable {
    let key: LicenceKey
    let line: UUID
    let unit: Int64

    init(row: borrowing PostgresRow) throws(PostgresError) {
        key = LicenceKey(
            id: try row.decode("id"), vendor: try row.decode("vendor_id"), variant: try row.decode("variant_id"),
            ciphertext: try row.decode("ciphertext"))
        line = try row.decode("order_line_id")
        unit = try row.decode("unit_number")
    }
}

private enum LicenceKeySQL {
    /// The oldest keys first; those that another delivery is taking right now are skipped, not waited for.
    static func assign(_ demands: [KeyDemand], at time: Date) -> PostgresStatement {
        PostgresStatement(
            sql: """
                WITH demand AS (
                    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int8[]) AS demand (line_id, variant_id, quantity)
                ), candidate AS (
                    SELECT demand.line_id, demand.quantity, pool.id
                    FROM demand CROSS JOIN LATERAL (
                        SELECT id FROM licence_keys
                        WHERE licence_keys.variant_id = demand.variant_id AND state = 'available'
                        ORDER BY id LIMIT demand.quantity
                        FOR UPDATE SKIP LOCKED
                    ) AS pool
                ), numbered AS (
                    SELECT line_id, quantity, id, row_number() OVER (PARTITION BY line_id ORDER BY id) AS unit_number,
                        count(*) OVER (PARTITION BY line_id) = quantity AS complete
                    FROM candidate
                ), assigned AS (
                    UPDATE licence_keys SET state = 'assigned', order_line_id = numbered.line_id,
                        unit_number = numbered.unit_number, line_quantity = numbered.quantity, assigned_at = $4
                    FROM numbered
                    WHERE licence_keys.id = numbered.id AND numbered.complete AND licence_keys.state = 'available'
                    RETURNING licence_keys.order_line_id
                )
                SELECT DISTINCT order_line_id FROM assigned
                """,
            parameters: [demands.map(\.line), demands.map(\.variant), demands.map(\.quantity), time])
    }

    static func insert(_ keys: [LicenceKey], fingerprints: [[UInt8]], variant: Variant) -> PostgresStatement {
        PostgresStatement(
            sql: """
                INSERT INTO licence_keys (id, vendor_id, variant_id, ciphertext, fingerprint)
                SELECT id, $1, $2, ciphertext, fingerprint
                FROM unnest($3::uuid[], $4::bytea[], $5::bytea[]) AS input (id, ciphertext, fingerprint)
                ON CONFLICT (vendor_id, fingerprint) DO NOTHING
                RETURNING id
                """,
            parameters: [variant.vendor, variant.id, keys.map(\.id), keys.map(\.ciphertext), fingerprints])
    }

    static func countIn(_ count: Int64, of variant: Variant) -> PostgresStatement {
        PostgresStatement(
            sql: """
                WITH counted AS (
                    INSERT INTO stock (variant_id, vendor_id, on_hand) VALUES ($1, $3, $2)
                    ON CONFLICT (variant_id) DO UPDATE SET on_hand = stock.on_hand + $2
                )
                INSERT INTO stock_movements (variant_id, vendor_id, reason, on_hand_change, reserved_change)
                VALUES ($1, $3, 'imported', $2, 0)
                """,
            parameters: [variant.id, count, variant.vendor])
    }

    static func move(_ lines: [UUID], from: String, to state: String) -> PostgresStatement {
        """
        UPDATE licence_keys SET state = \(state) WHERE order_line_id = ANY(\(lines)::uuid[]) AND state = \(from)
        RETURNING id
        """
    }

    static func assigned(to lines: [UUID]) -> PostgresStatement {
        """
        SELECT id, vendor_id, variant_id, ciphertext, order_line_id, unit_number FROM licence_keys
        WHERE order_line_id = ANY(\(lines)::uuid[]) AND state = 'assigned' ORDER BY order_line_id, unit_number
        """
    }
}
