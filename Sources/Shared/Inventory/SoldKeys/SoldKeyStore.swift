package import Catalog
package import Core
package import Foundation
package import Identity
package import Postgres
import Values

/// All SQL about keys that were sold and what becomes of them afterwards.
package struct SoldKeyStore: Sendable {
    package init() {}

    /// All keys that order lines have or had, in the order of lines and units, the latest of a unit last.
    package func keys(
        of lines: [UUID], in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [SoldKey] {
        try await executor.query(
            """
            SELECT \(unescaped: SoldKey.columns) FROM licence_keys WHERE order_line_id = ANY(\(lines)::uuid[])
            ORDER BY order_line_id, unit_number, assigned_at
            """, as: SoldKey.self)
    }

    /// A key within reach; `sold` is nil for one that nobody has bought, and the whole for one that is not there.
    package func key(
        _ id: ID<LicenceKey>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> (id: ID<LicenceKey>, sold: SoldKey?)? {
        let known = try await executor.queryValue(
            PostgresStatement(
                sql: """
                    SELECT order_line_id IS NOT NULL FROM licence_keys
                    WHERE id = $1 AND \(visibility.condition("$2", vendor: "vendor_id = $2"))
                    """, parameters: [id, visibility.subject]), as: Bool.self)
        guard let known else { return nil }
        guard known else { return (id, nil) }
        return (
            id,
            try await executor.queryOne(
                "SELECT \(unescaped: SoldKey.columns) FROM licence_keys WHERE id = \(id)", as: SoldKey.self)
        )
    }

    /// The keys of a batch that order lines have now.
    package func keys(
        of batch: ID<LicenceKeyBatch>, on lines: [UUID], in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [SoldKey] {
        try await executor.query(
            """
            SELECT \(unescaped: SoldKey.columns) FROM licence_keys
            WHERE order_line_id = ANY(\(lines)::uuid[]) AND batch_id = \(batch) AND state = 'assigned'
            ORDER BY order_line_id, unit_number
            """, as: SoldKey.self)
    }

    /// Notes that buyers have seen keys, where that was not noted before.
    package func noteRevealed(
        _ keys: [ID<LicenceKey>], _ evidence: RevealEvidence, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            UPDATE licence_keys SET first_revealed_at = \(evidence.firstAt), first_revealed_from = \(evidence.from)
            WHERE id = ANY(\(keys)::uuid[]) AND first_revealed_at IS NULL
            """)
    }

    /// - Returns: false where its buyer has it not any more.
    package func revoke(
        _ key: ID<LicenceKey>, _ closing: KeyClosing, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await transaction.execute(
            """
            UPDATE licence_keys SET state = 'revoked', closed_reason = \(closing.reason), closed_at = \(closing.at)
            WHERE id = \(key) AND state = 'assigned'
            """) == 1
    }

    /// Ends keys of one variant; the units of their lines are free for others.
    func close(
        _ keys: [ID<LicenceKey>], _ closing: KeyClosing, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> [FreeUnit] {
        try await transaction.query(
            """
            UPDATE licence_keys SET state = 'replaced', closed_reason = \(closing.reason), closed_at = \(closing.at)
            WHERE id = ANY(\(keys)::uuid[]) AND state IN ('assigned', 'revoked') AND order_line_id IS NOT NULL
            RETURNING id, order_line_id, unit_number, line_quantity
            """, as: FreeUnit.self)
    }

    /// Gives units keys of the variant's pool; those that got one.
    func fill(
        _ units: [FreeUnit], from variant: ID<Variant>, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> [ReplacedKey] {
        try await transaction.query(SoldKeySQL.fill(units, from: variant, at: time), as: ReplacedKey.self)
    }
}

/// A bought unit whose key was taken from it.
struct FreeUnit: PostgresRowDecodable, Sendable {
    /// The one that it had.
    let key: ID<LicenceKey>
    let line: UUID
    let unit: Int64
    let quantity: Int64

    init(row: borrowing PostgresRow) throws(PostgresError) {
        key = try row.decode("id")
        line = try row.decode("order_line_id")
        unit = try row.decode("unit_number")
        quantity = try row.decode("line_quantity")
    }
}

/// A key, and the one that took its place.
package struct ReplacedKey: Hashable, Sendable, PostgresRowDecodable {
    package let old: ID<LicenceKey>
    package let new: ID<LicenceKey>

    package init(row: borrowing PostgresRow) throws(PostgresError) {
        old = try row.decode("old_id")
        new = try row.decode("id")
    }
}

private enum SoldKeySQL {
    /// Keys that a delivery has in its hands right now are waited for: the stock, which the caller holds, says that there are enough.
    static func fill(_ units: [FreeUnit], from variant: ID<Variant>, at time: Date) -> PostgresStatement {
        PostgresStatement(
            sql: """
                WITH unit AS (
                    SELECT *, row_number() OVER (ORDER BY line_id, unit_number) AS place
                    FROM unnest($1::uuid[], $2::uuid[], $3::int8[], $4::int8[]) AS unit (old_id, line_id, unit_number, quantity)
                ), pool AS (
                    SELECT id FROM licence_keys
                    WHERE variant_id = $5 AND state = 'available' AND (sell_until IS NULL OR sell_until >= $7::text::date)
                    ORDER BY sell_until, id LIMIT (SELECT count(*) FROM unit)
                    FOR UPDATE
                ), candidate AS (
                    SELECT id, row_number() OVER (ORDER BY id) AS place FROM pool
                )
                UPDATE licence_keys SET state = 'assigned', order_line_id = unit.line_id, unit_number = unit.unit_number,
                    line_quantity = unit.quantity, assigned_at = $6
                FROM unit JOIN candidate USING (place)
                WHERE licence_keys.id = candidate.id AND licence_keys.state = 'available'
                RETURNING unit.old_id, licence_keys.id
                """,
            parameters: [
                units.map(\.key), units.map(\.line), units.map(\.unit), units.map(\.quantity), variant, time,
                KeyLife.today(at: time).iso8601,
            ])
    }
}
