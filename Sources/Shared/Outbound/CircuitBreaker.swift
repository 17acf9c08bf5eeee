import Synchronization

/// Stops calling a provider that does not answer: opens after consecutive faults, lets one probe through after a pause.
package final class CircuitBreaker: Sendable {
    package enum Condition: String, Sendable {
        case closed, open, probing
    }

    private struct State {
        var faults = 0
        var openedAt: Duration?
        var probeStartedAt: Duration?
    }

    private let threshold: Int
    private let pause: Duration
    private let state = Mutex(State())

    /// - Parameters:
    ///   - threshold: consecutive faults that open it.
    ///   - pause: how long it stays open before one probe is let through, and how long a probe may take before another one is.
    package init(threshold: Int = 8, pause: Duration = .seconds(10)) {
        self.threshold = threshold
        self.pause = pause
    }

    package var condition: Condition {
        state.withLock { state in
            if state.probeStartedAt != nil { return .probing }
            return state.openedAt == nil ? .closed : .open
        }
    }

    /// Whether a call may go out now. Where it may, the caller owes one ``record(success:at:)`` or ``release()``.
    func admits(at now: Duration) -> Bool {
        state.withLock { state in
            guard let openedAt = state.openedAt else { return true }
            guard now - openedAt >= pause, state.probeStartedAt.map({ now - $0 >= pause }) ?? true else { return false }
            state.probeStartedAt = now
            return true
        }
    }

    /// The call that was admitted has told nothing about the provider.
    func release() {
        state.withLock { $0.probeStartedAt = nil }
    }

    func record(success: Bool, at now: Duration) {
        state.withLock { state in
            guard !success else {
                state = State()
                return
            }
            state.faults += 1
            if state.faults >= threshold || state.openedAt != nil { state.openedAt = now }
            state.probeStartedAt = nil
        }
    }
}
