import Foundation
import NIOConcurrencyHelpers

/// Data keys in the clear: few, and for a short time, so that requests need not ask the database for them.
final class RecentDataKeys: Sendable {
    static let lifetime: Duration = .seconds(60)
    static let capacity = 64

    private struct Entry {
        let key: DataKey
        let end: ContinuousClock.Instant
    }

    private struct State {
        var opening: [UUID: Entry] = [:]
        var sealing: [KeyScope: Entry] = [:]
    }

    private let state = NIOLockedValueBox(State())
    private let now: @Sendable () -> ContinuousClock.Instant

    init(now: @escaping @Sendable () -> ContinuousClock.Instant) { self.now = now }

    /// The key that opens what was sealed with it.
    func key(_ id: UUID) -> DataKey? {
        let now = now()
        return state.withLockedValue { state in state.opening[id].flatMap { $0.end > now ? $0.key : nil } }
    }

    /// The key with which the scope's secrets are sealed at present.
    func sealingKey(of scope: KeyScope) -> DataKey? {
        let now = now()
        return state.withLockedValue { state in state.sealing[scope].flatMap { $0.end > now ? $0.key : nil } }
    }

    func remember(_ key: DataKey) {
        let now = now()
        state.withLockedValue { state in
            Self.makeRoom(in: &state.opening, now)
            state.opening[key.id] = Entry(key: key, end: now + Self.lifetime)
        }
    }

    func remember(_ key: DataKey, sealing scope: KeyScope) {
        let now = now()
        state.withLockedValue { state in
            Self.makeRoom(in: &state.sealing, now)
            state.sealing[scope] = Entry(key: key, end: now + Self.lifetime)
        }
    }

    private static func makeRoom<Name>(in entries: inout [Name: Entry], _ now: ContinuousClock.Instant) {
        guard entries.count >= capacity else { return }
        entries = entries.filter { $0.value.end > now }
        if entries.count >= capacity { entries = [:] }
    }
}
