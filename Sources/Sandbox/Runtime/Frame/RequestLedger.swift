import Synchronization

/// One request that a provider was asked.
struct RequestRecord: Sendable {
    /// The provider's own where it names its requests, else a number.
    var id: String
    let method: String
    let path: String
    let status: Int
    let idempotencyKey: String?
    let fault: RequestFault.Kind
    let at: Double

    var json: JSON {
        [
            "id": .string(id), "method": .string(method), "path": .string(path), "status": .int(status),
            "idempotency_key": .text(idempotencyKey), "fault": .string(fault.rawValue), "at": .number(at),
        ]
    }
}

/// How often each kind of request came since the last reset, and the latest ones whole.
final class RequestLedger: Sendable {
    private struct State {
        var total = 0
        var byStatus: [Int: Int] = [:]
        var recent: [RequestRecord] = []
        var oldest = 0
    }

    private static let kept = 2000
    private let state = Mutex(State())

    var total: Int { state.withLock(\.total) }

    func note(_ record: RequestRecord) {
        state.withLock { state in
            state.total += 1
            var record = record
            if record.id.isEmpty { record.id = "req-\(state.total)" }
            state.byStatus[record.status, default: 0] += 1
            if state.recent.count < Self.kept {
                state.recent.append(record)
            } else {
                state.recent[state.oldest] = record
                state.oldest = (state.oldest + 1) % Self.kept
            }
        }
    }

    /// Newest first.
    var recent: [RequestRecord] {
        state.withLock { Array(($0.recent[$0.oldest...] + $0.recent[..<$0.oldest]).reversed()) }
    }

    var json: JSON {
        let counts = state.withLock(\.byStatus)
        return [
            "total": .int(total),
            "by_status": .object(
                JSONObject(
                    members: counts.sorted { $0.key < $1.key }.map { .init(name: "\($0.key)", value: .int($0.value)) })),
            "recent": .array(recent.map(\.json)),
        ]
    }

    func reset() {
        state.withLock { $0 = State() }
    }
}
