package import Core
package import Foundation
package import Identity
package import Postgres

/// All SQL about what people have asked to be forgotten.
package struct ErasureStore: Sendable {
    package init() {}

    /// The newest of a person's requests; nil where there was none.
    package func newest(
        of account: ID<Account>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Erasure? {
        try await executor.queryOne(
            """
            SELECT \(unescaped: Self.columns) FROM erasures WHERE account_id = \(account) ORDER BY id DESC LIMIT 1
            """, as: Erasure.self)
    }

    /// The request, for as long as the transaction lasts nobody else's; or nil.
    func lock(_ id: ID<Erasure>, in transaction: some PostgresExecutor) async throws(PostgresError) -> Erasure? {
        try await transaction.queryOne(
            "SELECT \(unescaped: Self.columns) FROM erasures WHERE id = \(id) FOR UPDATE", as: Erasure.self)
    }

    /// - Returns: false where one of the person's waits already.
    func insert(_ erasure: Erasure, in transaction: some PostgresExecutor) async throws(PostgresError) -> Bool {
        try await transaction.execute(
            """
            INSERT INTO erasures (id, account_id, requested_at, due_at)
            VALUES (\(erasure.id), \(erasure.account), \(erasure.requestedAt), \(erasure.dueAt)) ON CONFLICT DO NOTHING
            """) == 1
    }

    func end(
        _ id: ID<Erasure>, as state: Erasure.State, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(
            "UPDATE erasures SET state = \(state), held_by = '{}', ended_at = \(time) WHERE id = \(id)")
    }

    func hold(
        _ id: ID<Erasure>, by codes: [String], until time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline("UPDATE erasures SET held_by = \(codes), due_at = \(time) WHERE id = \(id)")
    }

    private static let columns = "id, account_id, state, held_by, requested_at, due_at, ended_at"
}

extension Erasure: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            id: try row.decode("id"), account: try row.decode("account_id"), state: try row.decode("state"),
            heldBy: try row.decode("held_by"), requestedAt: try row.decode("requested_at"),
            dueAt: try row.decode("due_at"), endedAt: try row.decode("ended_at"))
    }
}
