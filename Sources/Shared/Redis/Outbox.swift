import NIOConcurrencyHelpers
import NIOCore

/// Who waits for the reply to a request.
enum ReplyWaiter: Sendable {
    case one(CheckedContinuation<Result<RedisValue, RedisError>, Never>)
    case several(CheckedContinuation<Result<[RedisValue], RedisError>, Never>)

    func fail(_ error: RedisError) {
        switch self {
        case .one(let continuation): continuation.resume(returning: .failure(error))
        case .several(let continuation): continuation.resume(returning: .failure(error))
        }
    }
}

/// How long a request may take, from the moment it is written.
struct Patience: Sendable {
    /// After this the caller no longer waits; nil when only the connection's own limit counts.
    var caller: TimeAmount? = nil
    /// After this the connection is given up.
    var connection: TimeAmount
}

/// Requests on their way from any task to the connection's event loop. Commands that are added before the loop comes by
/// share one wake-up, one write and one flush.
final class Outbox: Sendable {
    struct Request: Sendable {
        let waiter: ReplyWaiter
        let replyCount: Int
        let patience: Patience
    }

    struct Batch {
        var bytes = ByteBuffer()
        var requests: [Request] = []
    }

    enum Admission {
        case queued
        /// The first since the last batch was taken: the event loop must be told.
        case queuedFirst
        case refused(String)
    }

    private struct State {
        var batch = Batch()
        var isWakeUpDue = false
        var refusal: String?
    }

    // Not Synchronization's Mutex, whose futex Thread Sanitizer does not see.
    private let state = NIOLockedValueBox(State())

    func add(_ command: RedisCommand, _ request: Request) -> Admission {
        add(request) { $0.writeBytes(command.encoded) }
    }

    func add(_ commands: [RedisCommand], _ request: Request) -> Admission {
        add(request) { bytes in
            for command in commands {
                bytes.writeBytes(command.encoded)
            }
        }
    }

    private func add(_ request: Request, _ write: (inout ByteBuffer) -> Void) -> Admission {
        state.withLockedValue { state in
            if let refusal = state.refusal {
                return .refused(refusal)
            }
            write(&state.batch.bytes)
            state.batch.requests.append(request)
            defer { state.isWakeUpDue = true }
            return state.isWakeUpDue ? .queued : .queuedFirst
        }
    }

    /// Everything added since the last call.
    func take() -> Batch {
        state.withLockedValue { state in
            state.isWakeUpDue = false
            var next = Batch()
            next.requests.reserveCapacity(state.batch.requests.count)
            swap(&next, &state.batch)
            return next
        }
    }

    /// Admits nothing more; the first reason given stays.
    func refuse(_ reason: String) {
        state.withLockedValue { $0.refusal = $0.refusal ?? reason }
    }

    /// Why nothing is admitted any more.
    var refusal: String? { state.withLockedValue { $0.refusal } }
}
