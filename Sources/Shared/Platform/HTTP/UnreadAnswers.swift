import Metrics
import NIOCore
import Synchronization

/// How many bytes of answers wait for their clients on all connections together. Beyond the limit the connections that wait
/// longest are closed.
final class UnreadAnswers: Sendable {
    /// A connection that holds more is counted anew with every answer, not only once a second.
    static let share = 256 << 10

    private struct Holder {
        let channel: any Channel
        let since: NIODeadline
        var bytes: Int
    }

    private struct State {
        var holders: [ObjectIdentifier: Holder] = [:]
        var total = 0
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
    }

    /// What a connection holds now.
    func note(_ bytes: Int, of channel: any Channel) {
        let excess = state.withLock { state in
            let id = ObjectIdentifier(channel)
            let known = state.holders[id]
            state.total += bytes - (known?.bytes ?? 0)
            state.holders[id] = Holder(channel: channel, since: known?.since ?? .now(), bytes: bytes)
            return Self.takeExcess(of: &state, over: limit)
        }
        for channel in excess { Self.close(channel) }
    }

    /// The connection holds nothing any more.
    func forget(_ channel: any Channel) {
        state.withLock { state in
            guard let holder = state.holders.removeValue(forKey: ObjectIdentifier(channel)) else { return }
            state.total -= holder.bytes
        }
    }

    private static func takeExcess(of state: inout State, over limit: Int) -> [any Channel] {
        var excess: [any Channel] = []
        while state.total > limit, let (id, holder) = state.holders.min(by: { $0.value.since < $1.value.since }) {
            state.holders[id] = nil
            state.total -= holder.bytes
            excess.append(holder.channel)
        }
        return excess
    }

    /// Unless it has been read to the end since it was counted.
    private static func close(_ channel: any Channel) {
        channel.eventLoop.execute {
            guard channel.waitingBytes > 0 else { return }
            Counter(label: "haat_http_answers_not_taken_total").increment()
            channel.close(promise: nil)
        }
    }
}
