import Synchronization

/// One push to one receiver, with every attempt and its answer.
struct Delivery: Sendable {
    enum State: String, Sendable {
        case pending, delivered, failed
    }

    struct Attempt: Sendable {
        /// The provider's time in seconds since 1970.
        let at: Double
        /// The answer's status; 0 where there was none.
        let status: Int
        /// Why there was none, or what was done to the attempt.
        let note: String?
    }

    let id: String
    let kind: String
    let endpoint: String
    let copy: Int
    var state: State = .pending
    var attempts: [Attempt] = []

    var json: JSON {
        [
            "event": .string(id), "type": .string(kind), "endpoint": .string(endpoint), "copy": .int(copy),
            "state": .string(state.rawValue),
            "attempts": .array(
                attempts.map { ["at": .number($0.at), "status": .int($0.status), "note": .text($0.note)] }),
        ]
    }
}

/// Everything a provider pushed since the last reset.
final class DeliveryLedger: Sendable {
    struct Totals: Sendable {
        var pending = 0
        var delivered = 0
        var failed = 0
        var attempts = 0
        var acknowledged = 0
    }

    private struct State {
        /// Grows with every reset, so that answers to pushes from before it don't land in the new ledger.
        var epoch = 0
        var deliveries: [Delivery] = []
        var byEvent: [String: [Int]] = [:]
        var totals = Totals()
    }

    private let state = Mutex(State())

    var epoch: Int { state.withLock(\.epoch) }
    var totals: Totals { state.withLock(\.totals) }
    var all: [Delivery] { state.withLock(\.deliveries) }

    /// Newest first.
    func latest(_ count: Int) -> [Delivery] {
        state.withLock { $0.deliveries.suffix(count).reversed() }
    }

    func open(_ push: Push) -> Int {
        state.withLock { state in
            let record = state.deliveries.count
            state.deliveries.append(
                Delivery(id: push.id, kind: push.kind, endpoint: push.endpoint, copy: push.copy))
            state.byEvent[push.id, default: []].append(record)
            state.totals.pending += 1
            return record
        }
    }

    func note(_ attempt: Delivery.Attempt, on record: Int, outcome: Delivery.State, epoch: Int) {
        state.withLock { state in
            guard state.epoch == epoch, state.deliveries.indices.contains(record) else { return }
            state.deliveries[record].attempts.append(attempt)
            state.deliveries[record].state = outcome
            state.totals.attempts += 1
            if (200..<300).contains(attempt.status) { state.totals.acknowledged += 1 }
            switch outcome {
            case .pending: return
            case .delivered: state.totals.delivered += 1
            case .failed: state.totals.failed += 1
            }
            state.totals.pending -= 1
        }
    }

    /// The events with a push that is still to be made, or made again, in their order.
    var waiting: [String] {
        state.withLock { state in
            var seen: Set<String> = []
            return state.deliveries.filter { $0.state == .pending && seen.insert($0.id).inserted }.map(\.id)
        }
    }

    func deliveries(of event: String) -> [Delivery] {
        state.withLock { state in (state.byEvent[event] ?? []).map { state.deliveries[$0] } }
    }

    /// How many of an event's receivers have not acknowledged it.
    func unacknowledged(_ event: String) -> Int {
        let deliveries = deliveries(of: event)
        let delivered = Set(deliveries.filter { $0.state == .delivered }.map(\.endpoint))
        return Set(deliveries.map(\.endpoint)).subtracting(delivered).count
    }

    func reset() {
        state.withLock { $0 = State(epoch: $0.epoch + 1) }
    }
}
