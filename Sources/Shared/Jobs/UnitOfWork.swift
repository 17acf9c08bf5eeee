package import Foundation
package import Postgres

/// One database transaction with the events that it publishes and the jobs that it causes: they are recorded with it or not at all.
package struct UnitOfWork: PostgresExecutor, Sendable {
    private let transaction: PostgresTransaction
    private let consequences: Consequences

    init(transaction: PostgresTransaction, consequences: Consequences) {
        self.transaction = transaction
        self.consequences = consequences
    }

    /// Tells what has happened; whoever subscribes to it gets its job by the same commit.
    package func publish(_ event: some Event) throws {
        try consequences.publish(event)
    }

    /// Notes a job; it is recorded just before COMMIT and pushed to its queue right after.
    /// A payload whose unique key is taken is left out silently. `runAt` in the future makes it wait in PostgreSQL.
    package func enqueue<Payload: JobPayload>(_ payload: Payload, runAt: Date? = nil) throws {
        try consequences.note(payload, runAt: runAt)
    }

    @discardableResult
    package func execute(_ statement: PostgresStatement) async throws(PostgresError) -> Int {
        try await transaction.execute(statement)
    }

    package func pipeline(_ statement: PostgresStatement) async throws(PostgresError) {
        try await transaction.pipeline(statement)
    }

    package func query<Row: PostgresRowDecodable & Sendable>(
        _ statement: PostgresStatement, as type: Row.Type
    ) async throws(PostgresError) -> [Row] {
        try await transaction.query(statement, as: type)
    }
}

/// Where work that takes several transactions commits them.
package protocol WorkScope: Sendable {
    /// Runs the body in a transaction that ends nothing but itself. The body may run again after a serialization failure, so
    /// it holds no outside effects.
    func withUnitOfWork<Result: Sendable>(_ body: @Sendable (UnitOfWork) async throws -> Result) async throws -> Result

    /// Comes before the first effect outside of the database, such as a call to a gateway: where a job does the work, its row
    /// has to say that this attempt is to be run and that nobody else runs it. A unit of work of a job does the same.
    /// - Throws: `JobOwnershipLost` where it does not; `JobFinishedAlready`.
    func hold() async throws
}

/// What ends with its last transaction, such as the run of a job.
package protocol Claim: WorkScope {
    /// Commits the body's effect and the end of the claim in one transaction. Once.
    /// - Throws: `JobOwnershipLost`, leaving no effect, where somebody else was faster; `JobFinishedAlready` the second time.
    func finish<Result: Sendable>(_ body: @Sendable (UnitOfWork) async throws -> Result) async throws -> Result
}
