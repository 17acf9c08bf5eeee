/// Something that runs statements: the client (each on its own), a transaction, a session, or a unit of work.
package protocol PostgresExecutor: Sendable {
    /// Runs a statement and returns the number of rows it changed (or returned).
    /// - Throws: `PostgresError`; its case says what is known about the outcome.
    @discardableResult
    func execute(_ statement: PostgresStatement) async throws(PostgresError) -> Int

    /// Runs a statement and decodes its rows.
    func query<Row: PostgresRowDecodable & Sendable>(
        _ statement: PostgresStatement, as: Row.Type
    ) async throws(PostgresError) -> [Row]

    /// Runs a statement whose answer nobody needs. In a transaction it costs no round trip: it travels with the next
    /// statement that is waited for, or with COMMIT, and its failure is that one's.
    func pipeline(_ statement: PostgresStatement) async throws(PostgresError)

    /// The same for a statement that may come later and in one with others that are put off, at the latest before COMMIT or
    /// before the next statement that is not put off. It adds rows and changes none that were there.
    func deferInsert(_ statement: PostgresStatement) async throws(PostgresError)

    /// The same for a statement that changes rows which no other one of the transaction changes, but for one of the same text.
    func deferUpdate(_ statement: PostgresStatement) async throws(PostgresError)
}

extension PostgresExecutor {
    package func deferInsert(_ statement: PostgresStatement) async throws(PostgresError) {
        try await pipeline(statement)
    }

    package func deferUpdate(_ statement: PostgresStatement) async throws(PostgresError) {
        try await pipeline(statement)
    }

    package func pipeline(_ statement: PostgresStatement) async throws(PostgresError) {
        try await execute(statement)
    }

    /// The first row, or nil if there is none.
    package func queryOne<Row: PostgresRowDecodable & Sendable>(
        _ statement: PostgresStatement, as type: Row.Type
    ) async throws(PostgresError) -> Row? {
        try await query(statement, as: type).first
    }

    /// The rows as tuples, by position: `columns: (Int, String?).self`.
    package func query<each Column: PostgresDecodable>(
        _ statement: PostgresStatement, columns: (repeat each Column).Type
    ) async throws(PostgresError) -> [(repeat each Column)] {
        // Not a row type of its own: the 6.3 runtime can't make the metadata of a struct that stores a pack.
        try await query(statement, as: PostgresRow.self).map { row throws(PostgresError) in
            try row.decode(columns: columns)
        }
    }

    /// The first row as a tuple, or nil if there is none.
    package func queryOne<each Column: PostgresDecodable>(
        _ statement: PostgresStatement, columns: (repeat each Column).Type
    ) async throws(PostgresError) -> (repeat each Column)? {
        try await query(statement, columns: columns).first
    }

    /// The first column of all rows.
    package func queryValues<Value: PostgresDecodable>(
        _ statement: PostgresStatement, as: Value.Type
    ) async throws(PostgresError) -> [Value] {
        try await query(statement, as: PostgresSingleValue<Value>.self).map { $0.value }
    }

    /// The first column of the first row, or nil if there is no row.
    package func queryValue<Value: PostgresDecodable>(
        _ statement: PostgresStatement, as: Value.Type
    ) async throws(PostgresError) -> Value? {
        try await query(statement, as: PostgresSingleValue<Value>.self).first?.value
    }
}
