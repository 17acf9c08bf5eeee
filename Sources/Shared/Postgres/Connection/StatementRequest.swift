import Synchronization

/// One statement on its way to an answer, and the task that waits for it.
final class StatementRequest: Sendable {
    typealias Outcome = Result<PostgresResult, PostgresError>

    enum Kind: Sendable {
        /// Autocommit on a shared connection; may run again when it provably did not run.
        case shared
        /// On a connection that the caller holds alone.
        case exclusive
        /// Several statements as one simple query; no parameters, no rows.
        case script
    }

    private enum State: Sendable {
        case idle
        case waiting(CheckedContinuation<Void, Never>)
        case cancelled(wasSubmitted: Bool)
        case finished(Outcome)
    }

    let statement: PostgresStatement
    let kind: Kind
    /// What goes ahead in the same segment: if one of them fails, neither the others nor the statement run.
    let prelude: [PostgresStatement]
    /// What a script's COPY takes in; without it a script may not copy.
    let input: PostgresCopyRows?
    private let state = Mutex(State.idle)
    private let hadSecondChance = Atomic<Bool>(false)

    init(
        _ statement: PostgresStatement, kind: Kind, prelude: [PostgresStatement] = [], input: PostgresCopyRows? = nil
    ) {
        self.statement = statement
        self.kind = kind
        self.prelude = prelude
        self.input = input
    }

    /// Suspends until the request is completed; `submit` is called unless it was cancelled before.
    ///
    /// The outcome travels under the lock and not through the continuation: the runtime may skip the suspension of a task
    /// that is resumed early, and then Thread Sanitizer sees nothing between the two threads.
    func outcome(submit: (StatementRequest) -> Void) async -> Outcome {
        await withCheckedContinuation { continuation in
            let isCancelled = state.withLock { state in
                if case .cancelled = state { return true }
                state = .waiting(continuation)
                return false
            }
            if isCancelled {
                continuation.resume()
            } else {
                submit(self)
            }
        }
        return state.withLock { state in
            switch state {
            case .finished(let outcome): outcome
            case .cancelled(wasSubmitted: true):
                .failure(.cancelled("it may have been sent, and may have taken effect"))
            case .cancelled, .idle, .waiting: .failure(.cancelled("before it was sent"))
            }
        }
    }

    /// Resumes the waiting task, once.
    func complete(_ outcome: Outcome) {
        finish(as: .finished(outcome))?.resume()
    }

    /// Resumes the waiting task with `.cancelled`; the answer, if any comes, is dropped.
    /// - Returns: whether the request may already have been sent.
    func cancel() -> Bool {
        guard let continuation = finish(as: .cancelled(wasSubmitted: true)) else { return false }
        continuation.resume()
        return true
    }

    var isCancelled: Bool {
        state.withLock { if case .cancelled = $0 { true } else { false } }
    }

    /// Whether another connection may run the statement, which had no effect on this one. True once.
    func claimSecondChance() -> Bool {
        !hadSecondChance.exchange(true, ordering: .relaxed)
    }

    private func finish(as end: State) -> CheckedContinuation<Void, Never>? {
        state.withLock { state in
            switch state {
            case .idle:
                state = .cancelled(wasSubmitted: false)
                return nil
            case .waiting(let continuation):
                state = end
                return continuation
            case .cancelled, .finished:
                return nil
            }
        }
    }
}
