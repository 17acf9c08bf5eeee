/// How much a transaction sees of others (PostgreSQL manual, chapter 13.2).
package enum TransactionIsolation: String, Sendable {
    case readCommitted = "read committed"
    case repeatableRead = "repeatable read"
    case serializable
}

/// An open transaction. Statements run in order on its one connection; use it only inside the body that got it.
package struct PostgresTransaction: PostgresExecutor {
    let connection: ExclusiveConnection

    @discardableResult
    package func execute(_ statement: PostgresStatement) async throws(PostgresError) -> Int {
        try await connection.run(statement).affectedRows
    }

    package func pipeline(_ statement: PostgresStatement) async throws(PostgresError) {
        try connection.pipeline(statement)
    }

    package func query<Row: PostgresRowDecodable & Sendable>(
        _ statement: PostgresStatement, as type: Row.Type
    ) async throws(PostgresError) -> [Row] {
        try await connection.run(statement).rows(as: type)
    }
}
