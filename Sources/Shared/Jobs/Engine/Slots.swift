import NIOConcurrencyHelpers

/// Counts the places for running jobs; a consumer takes several at once and never claims more than it holds.
final class Slots: Sendable {
    private struct State {
        var free: Int
        var isClosed = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    let capacity: Int
    private let share: @Sendable () -> Int
    private let state: NIOLockedValueBox<State>

    /// - Parameter share: how many of the slots may be in use at this moment, at least one. Whoever lets it grow calls
    ///   `reconsider`.
    init(capacity: Int, share: @escaping @Sendable () -> Int = { .max }) {
        self.capacity = capacity
        self.share = share
        state = NIOLockedValueBox(State(free: capacity))
    }

    /// Waits for at least one free slot and takes up to `limit`; takes none once closed. One caller at a time.
    func take(upTo limit: Int) async -> Int {
        while true {
            let (taken, isClosed) = state.withLockedValue { state in
                let taken = state.isClosed ? 0 : min(available(state), limit)
                state.free -= taken
                return (taken, state.isClosed)
            }
            if taken > 0 || isClosed { return taken }
            await withCheckedContinuation { continuation in
                let isFree = state.withLockedValue { state in
                    if available(state) > 0 || state.isClosed { return true }
                    state.waiter = continuation
                    return false
                }
                if isFree { continuation.resume() }
            }
        }
    }

    /// Whoever waits for a slot returns without one.
    func close() {
        wake { $0.isClosed = true }
    }

    func giveBack(_ count: Int) {
        guard count > 0 else { return }
        wake { $0.free += count }
    }

    /// Whoever waits for a slot looks again.
    func reconsider() {
        wake { _ in }
    }

    var isIdle: Bool { state.withLockedValue { $0.free == capacity } }

    private func available(_ state: State) -> Int {
        let inUse = capacity - state.free
        return max(0, min(state.free, share() - inUse))
    }

    private func wake(after change: (inout State) -> Void) {
        let waiter = state.withLockedValue { state in
            change(&state)
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }
}
