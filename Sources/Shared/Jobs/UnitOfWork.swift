package import Foundation
package import Postgres

/// One database transaction with the events that it publishes and the jobs that it causes: they are recorded with it or not at all.
/// What is put off is written with them, in the transaction's last statement.
package struct UnitOfWork: PostgresExecutor, Sendable {
    private let transaction: PostgresTransaction
    private let consequences: Consequences
    private let deferred: DeferredWrites

    /// - Parameter fence: raises an error where the transaction may not be; its first statement but for what is put off.
    init(transaction: PostgresTransaction, consequences: Consequences, behind fence: PostgresStatement? = nil) {
        self.transaction = transaction
        self.consequences = consequences
        deferred = DeferredWrites(behind: fence)
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
        try await writeDeferred()
        return try await transaction.execute(statement)
    }

    package func pipeline(_ statement: PostgresStatement) async throws(PostgresError) {
        try await writeDeferred()
        try await transaction.pipeline(statement)
    }

    package func query<Row: PostgresRowDecodable & Sendable>(
        _ statement: PostgresStatement, as type: Row.Type
    ) async throws(PostgresError) -> [Row] {
        try await writeDeferred()
        return try await transaction.query(statement, as: type)
    }

    package func deferInsert(_ statement: PostgresStatement) async throws(PostgresError) {
        if let before = deferred.insert(statement) { try await transaction.pipeline(before) }
    }

    package func deferUpdate(_ statement: PostgresStatement) async throws(PostgresError) {
        if let before = deferred.update(statement) { try await transaction.pipeline(before) }
    }

    private func writeDeferred() async throws(PostgresError) {
        if let statement = deferred.take() { try await transaction.pipeline(statement) }
    }

    /// Writes what was put off and what has come of the work; answers what may be pushed once it has committed.
    func close() async throws -> [JobEnvelope] {
        try await consequences.record(after: deferred, in: transaction)
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
