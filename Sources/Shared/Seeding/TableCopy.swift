import Postgres

/// Rows on their way into a table.
struct TableCopy {
    private let table: String
    private var rows: PostgresCopyRows

    init(_ table: String, _ columns: String...) {
        self.table = table
        rows = PostgresCopyRows(columns: columns)
    }

    mutating func append<each Value: PostgresEncodable>(_ values: repeat each Value) {
        rows.append(repeat each values)
    }

    /// Sends what has come together.
    mutating func flush(to session: PostgresSession) async throws(PostgresError) {
        guard rows.count > 0 else { return }
        try await session.copy(rows, into: table)
        rows.removeAll()
    }
}
