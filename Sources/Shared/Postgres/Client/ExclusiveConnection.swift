import Synchronization

/// Runs statements on a leased connection while its owner may.
final class ExclusiveConnection: Sendable {
    private struct State: Sendable {
        var isOpen = true
        var isBegun = false
        /// What goes ahead of the next statement.
        var pipelined: [PostgresStatement] = []
        var firstFailure: PostgresError?

        /// Everything that has to be sent before the next statement.
        mutating func takePrelude(begin: PostgresStatement?) -> [PostgresStatement] {
            defer {
                isBegun = true
                pipelined = []
            }
            return if let begin, !isBegun { [begin] + pipelined } else { pipelined }
        }
    }

    private let lease: Lease
    private let pool: ConnectionPool
    /// Sent together with the first statement, so that beginning costs no round trip.
    private let begin: PostgresStatement?
    private let state = Mutex(State())

    init(_ lease: Lease, pool: ConnectionPool, begin: PostgresStatement? = nil) {
        self.lease = lease
        self.pool = pool
        self.begin = begin
    }

    /// Whether anything was sent, so that there is something to roll back.
    var isBegun: Bool { state.withLock { $0.isBegun } }

    /// Whether anything was sent or waits to be sent, so that there is something to commit.
    var isUsed: Bool { state.withLock { $0.isBegun || !$0.pipelined.isEmpty } }

    /// The first statement's failure, even if nobody looked at it.
    var firstFailure: PostgresError? { state.withLock { $0.firstFailure } }

    /// No more statements from the body.
    func end() {
        state.withLock { $0.isOpen = false }
    }

    /// Runs a statement for the body; a cancelled task takes the connection with it.
    func run(
        _ statement: PostgresStatement, _ kind: StatementRequest.Kind = .exclusive, input: PostgresCopyRows? = nil
    ) async throws(PostgresError)
        -> PostgresResult
    {
        let prelude = state.withLock { state in state.isOpen ? state.takePrelude(begin: begin) : nil }
        guard let prelude else { throw Self.ended }
        let request = StatementRequest(statement, kind: kind, prelude: prelude, input: input)
        let outcome = await withTaskCancellationHandler {
            await request.outcome { lease.connection.submit($0) }
        } onCancel: {
            if request.cancel() { abort("its statement was cancelled") }
        }
        if case .failure(let error) = outcome { note(error) }
        return try outcome.get()
    }

    /// Sends a statement ahead of the next one that runs.
    func pipeline(_ statement: PostgresStatement) throws(PostgresError) {
        let isOpen = state.withLock { state in
            if state.isOpen { state.pipelined.append(statement) }
            return state.isOpen
        }
        guard isOpen else { throw Self.ended }
    }

    /// Runs COMMIT, whether or not the task is cancelled, together with what was pipelined before it.
    func commit() async -> StatementRequest.Outcome {
        await runToTheEnd("commit", prelude: state.withLock { $0.takePrelude(begin: begin) })
    }

    /// Runs a statement whether or not the task is cancelled: ROLLBACK, cleaning up. What was pipelined is forgotten.
    func runToTheEnd(_ statement: PostgresStatement) async -> StatementRequest.Outcome {
        await runToTheEnd(statement, prelude: [])
    }

    private func runToTheEnd(
        _ statement: PostgresStatement, prelude: [PostgresStatement]
    ) async -> StatementRequest.Outcome {
        let request = StatementRequest(statement, kind: .exclusive, prelude: prelude)
        return await request.outcome { lease.connection.submit($0) }
    }

    /// Changes how long the server may stay silent; nil for ever.
    func setAnswerLimit(_ limit: Duration?) {
        lease.connection.setAnswerLimit(limit)
    }

    func forgetPreparedStatements() async {
        await lease.connection.forgetPreparedStatements()
    }

    /// Whether there is something to roll back; the server would warn of a ROLLBACK without it.
    var hasOpenTransaction: Bool {
        get async { await lease.connection.hasOpenTransaction }
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

    private static let ended = PostgresError.unavailable(
        "the connection was used after its transaction or session had ended")

    private func note(_ error: PostgresError) {
        state.withLock { state in
            if state.firstFailure == nil { state.firstFailure = error }
        }
    }
}
