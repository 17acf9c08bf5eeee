package import Postgres

/// How many rows a transaction has read so far, also in triggers: by table.
package struct RowsRead: Sendable, CustomStringConvertible {
    package let byTable: [String: Int64]

    package init(in transaction: some PostgresExecutor) async throws {
        let rows = try await transaction.query(
            """
            SELECT relname::text, seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables
            WHERE seq_tup_read + coalesce(idx_tup_fetch, 0) > 0
            """, columns: (String, Int64).self)
        byTable = Dictionary(rows, uniquingKeysWith: +)
    }

    package var total: Int64 { byTable.values.reduce(0, +) }

    package var description: String {
        byTable.sorted { $0.value > $1.value }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
    }
}
