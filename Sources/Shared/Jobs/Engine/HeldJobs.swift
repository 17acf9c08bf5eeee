import Synchronization

/// What a consumer really runs. Its active list in Redis may say more: a claim whose answer was lost, or a run whose end
/// could not be told to PostgreSQL. Nobody takes those back from a worker that is alive, so it gives them back itself.
final class HeldJobs: Sendable {
    private struct State {
        var running: [String: Int] = [:]
        var suspects: Set<String> = []
    }

    private let state = Mutex(State())

    func begin(_ key: DispatchKey) {
        state.withLock { $0.running[key.text, default: 0] += 1 }
    }

    func end(_ key: DispatchKey) {
        state.withLock { state in
            guard let count = state.running[key.text] else { return }
            state.running[key.text] = count > 1 ? count - 1 : nil
        }
    }

    /// Of the listed keys those that were not run at this look nor at the one before: between a claim and its run, or a
    /// run and its release, a key stands in the list for a moment too.
    func abandoned(among listed: [String]) -> [String] {
        state.withLock { state in
            let unheld = Set(listed).subtracting(state.running.keys)
            defer { state.suspects = unheld }
            return unheld.intersection(state.suspects).sorted()
        }
    }
}
