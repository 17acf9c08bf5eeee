import Synchronization

/// Counts the places for running jobs; a consumer takes several at once and never claims more than it holds.
final class Slots: Sendable {
    private struct State {
        var free: Int
        var isClosed = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    let capacity: Int
    private let state: Mutex<State>

    init(capacity: Int) {
        self.capacity = capacity
        state = Mutex(State(free: capacity))
    }

    /// Waits for at least one free slot and takes up to `limit`; takes none once closed. One caller at a time.
    func take(upTo limit: Int) async -> Int {
        while true {
            let (taken, isClosed) = state.withLock { state in
                let taken = state.isClosed ? 0 : min(state.free, limit)
                state.free -= taken
                return (taken, state.isClosed)
            }
            if taken > 0 || isClosed { return taken }
            await withCheckedContinuation { continuation in
                let isFree = state.withLock { state in
                    if state.free > 0 || state.isClosed { return true }
                    state.waiter = continuation
                    return false
                }
                if isFree { continuation.resume() }
            }
        }
    }

    /// Whoever waits for a slot returns without one.
    func close() {
        let waiter = state.withLock { state in
            state.isClosed = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    func giveBack(_ count: Int) {
        guard count > 0 else { return }
        let waiter = state.withLock { state in
            state.free += count
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    var isIdle: Bool { state.withLock { $0.free == capacity } }
}
