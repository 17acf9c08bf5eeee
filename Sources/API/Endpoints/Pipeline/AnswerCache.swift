package import Core
import NIOCore
import Synchronization

/// Answers to whoever shows no credentials, as long as nothing that they are made of has changed. Nothing is kept before somebody follows what
/// changes, nor after they have stopped.
package final class AnswerCache: Sendable {
    /// What stood when an answer began to be made: it is kept only if nothing of it was dropped since.
    struct Ticket: Sendable {
        fileprivate let moment: UInt64
    }

    private struct Entry {
        let answer: Answer
        let keys: [SurrogateKey]
        let size: Int
        let endsAt: ContinuousClock.Instant
    }

    private struct State {
        var isFollowed = false
        /// Grows with every drop.
        var moment: UInt64 = 0
        /// The last drops, the newest at the end: those after which answers may still be on their way.
        var drops: [(moment: UInt64, keys: Set<SurrogateKey>)] = []
        /// Before this everything was dropped, or is forgotten.
        var floor: UInt64 = 0
        var entries: [UTF8Text: Entry] = [:]
        var byKey: [SurrogateKey: Set<UTF8Text>] = [:]
        /// In the order in which they came; some may be gone.
        var order: [UTF8Text] = []
        var size = 0

        mutating func remove(_ name: UTF8Text) {
            guard let entry = entries.removeValue(forKey: name) else { return }
            size -= entry.size
            for key in entry.keys {
                byKey[key]?.remove(name)
                if byKey[key]?.isEmpty == true { byKey[key] = nil }
            }
        }

        mutating func clear() {
            moment += 1
            floor = moment
            drops = []
            entries = [:]
            byKey = [:]
            order = []
            size = 0
        }

        mutating func makeRoom(for wanted: Int, within limit: Int) {
            var taken = 0
            while size + wanted > limit, taken < order.count {
                remove(order[taken])
                taken += 1
            }
            order.removeFirst(taken)
        }
    }

    private static let mostDrops = 256
    /// Beyond its bytes an entry takes about so much.
    private static let overhead = 1_024

    private let state = Mutex(State())
    private let limit: Int

    /// - Parameter limit: bytes of all that is kept.
    package init(limit: Int = 64 << 20) { self.limit = limit }

    /// From now on drops come for whatever changes.
    package func follow() {
        state.withLock {
            $0.clear()
            $0.isFollowed = true
        }
    }

    /// Drops may be missed from now on.
    package func unfollow() {
        state.withLock {
            $0.clear()
            $0.isFollowed = false
        }
    }

    /// Drops all answers that are made of any of these.
    package func drop(_ keys: Set<SurrogateKey>) {
        guard !keys.isEmpty else { return }
        state.withLock { state in
            state.moment += 1
            state.drops.append((state.moment, keys))
            if state.drops.count > Self.mostDrops { state.floor = state.drops.removeFirst().moment }
            for name in Set(keys.flatMap { state.byKey[$0] ?? [] }) { state.remove(name) }
        }
    }

    /// nil where nothing is kept.
    func begin() -> Ticket? {
        state.withLock { $0.isFollowed ? Ticket(moment: $0.moment) : nil }
    }

    func answer(to name: UTF8Text, now: ContinuousClock.Instant = .now) -> Answer? {
        state.withLock { state in
            guard let entry = state.entries[name] else { return nil }
            guard entry.endsAt > now else {
                state.remove(name)
                return nil
            }
            return entry.answer
        }
    }

    /// Keeps an answer, unless what it is made of was dropped since `ticket`, or it takes too much.
    func keep(
        _ answer: Answer, to name: UTF8Text, under keys: [SurrogateKey], since ticket: Ticket,
        now: ContinuousClock.Instant = .now
    ) {
        let size =
            answer.body.readableBytes + (answer.compressedBody?.readableBytes ?? 0) + name.utf8.count
            + keys.reduce(Self.overhead) { $0 + 2 * $1.description.utf8.count }
        guard size <= limit / 16 else { return }
        state.withLock { state in
            guard state.isFollowed, ticket.moment >= state.floor,
                !state.drops.contains(where: { $0.moment > ticket.moment && !$0.keys.isDisjoint(with: keys) })
            else { return }
            state.remove(name)
            state.makeRoom(for: size, within: limit)
            state.entries[name] = Entry(
                answer: answer, keys: keys, size: size, endsAt: now + .seconds(SharedCaching.freshFor))
            for key in keys { state.byKey[key, default: []].insert(name) }
            state.order.append(name)
            state.size += size
            // Names of what is gone, or came again, are left behind now and then.
            if state.order.count > 2 * state.entries.count + 64 {
                var seen: Set<UTF8Text> = []
                state.order = state.order.reversed().filter { state.entries[$0] != nil && seen.insert($0).inserted }
                    .reversed()
            }
        }
    }
}
