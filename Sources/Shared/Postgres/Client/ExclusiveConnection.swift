import Synchronization

/// Runs statements on a leased connection while its owner may.
final class ExclusiveConnection: Sendable {
    private struct State: Sendable {
        var isOpen = true
        var isBegun = false
        var isAborted = false
        var firstFailure: PostgresError?
    }

    private let lease: Lease
    private let pool: ConnectionPool
    /// Sent together with the first statement, so that beginning costs no round trip.
    private let begin: String?
    private let state = Mutex(State())

    init(_ lease: Lease, pool: ConnectionPool, begin: String? = nil) {
        self.lease = lease
        self.pool = pool
        self.begin = begin
    }

    /// Whether anything was sent, so that there is something to commit or roll back.
    var isBegun: Bool { state.withLock { $0.isBegun } }

    /// The error that made the server abort the transaction, even if nobody looked at it.
    var firstFailure: PostgresError? { state.withLock { $0.firstFailure } }

    /// No more statements from the body.
    func end() {
        state.withLock { $0.isOpen = false }
    }

    /// Runs a statement for the body; a cancelled task takes the connection with it.
    func run(
        _ statement: PostgresStatement, _ kind: StatementRequest.Kind = .exclusive
    ) async throws(PostgresError)
        -> PostgresResult
    {
        let (isOpen, prelude) = state.withLock { state in
            guard state.isOpen else { return (false, nil as String?) }
            defer { state.isBegun = true }
            return (true, state.isBegun ? nil : begin)
        }
        guard isOpen else { throw .unavailable("the connection was used after its transaction or session had ended") }
        let request = StatementRequest(statement, kind: kind, prelude: prelude)
        let outcome = await withTaskCancellationHandler {
            await request.outcome { lease.connection.submit($0) }
        } onCancel: {
            if request.cancel() { abort("its statement was cancelled") }
        }
        if case .failure(let error) = outcome { note(error) }
        return try outcome.get()
    }

    /// Runs a statement whether or not the task is cancelled: COMMIT, ROLLBACK, cleaning up.
    func runToTheEnd(_ statement: PostgresStatement) async -> StatementRequest.Outcome {
        let request = StatementRequest(statement, kind: .exclusive)
        return await request.outcome { lease.connection.submit($0) }
    }

    /// Changes how long the server may stay silent; nil for ever.
    func setAnswerLimit(_ limit: Duration?) {
        lease.connection.setAnswerLimit(limit)
    }

    func forgetPreparedStatements() async {
        await lease.connection.forgetPreparedStatements()
    }

    /// Makes the server stop, and closes the connection.
    func abort(_ reason: String) {
        lease.connection.abort(reason, on: pool.connector.helper)
    }

    func close(_ reason: String) {
        lease.connection.close(reason)
    }

    /// Gives a clean connection back.
    func release() {
        pool.release(lease)
    }

    private func note(_ error: PostgresError) {
        state.withLock { state in
            if state.firstFailure == nil { state.firstFailure = error }
        }
    }
}
