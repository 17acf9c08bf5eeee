import Synchronization

/// A connection that someone holds alone, until it goes back to the pool.
struct Lease: Sendable {
    let connection: PostgresConnection
    let id: ConnectionPool.Machine.ConnectionID
}

/// Someone waiting for a connection of their own.
final class LeaseRequest: Sendable {
    typealias Outcome = Result<Lease, PostgresError>

    private enum State: Sendable {
        case idle
        case waiting(CheckedContinuation<Void, Never>)
        case finished(Outcome)
    }

    private let state = Mutex(State.idle)

    /// Suspends until the request is completed; `submit` is called unless it was cancelled before.
    func outcome(submit: (LeaseRequest) -> Void) async -> Outcome {
        await withCheckedContinuation { continuation in
            let isFinished = state.withLock { state in
                if case .finished = state { return true }
                state = .waiting(continuation)
                return false
            }
            if isFinished {
                continuation.resume()
            } else {
                submit(self)
            }
        }
        return state.withLock { if case .finished(let outcome) = $0 { outcome } else { .failure(Self.cancelled) } }
    }

    /// - Returns: false if nobody waits any more, so that a lease has to go back.
    func complete(_ outcome: Outcome) -> Bool {
        let continuation: CheckedContinuation<Void, Never>? = state.withLock { state in
            switch state {
            case .idle:
                state = .finished(outcome)
                return nil
            case .waiting(let continuation):
                state = .finished(outcome)
                return continuation
            case .finished:
                return nil
            }
        }
        continuation?.resume()
        return continuation != nil
    }

    func cancel() {
        _ = complete(.failure(Self.cancelled))
    }

    private static let cancelled = PostgresError.cancelled("while it waited for a connection; nothing was sent")
}
