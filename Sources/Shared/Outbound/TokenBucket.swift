import Synchronization

/// Paces calls to what a provider allows: a burst at once, then a steady rate.
package final class TokenBucket: Sendable {
    private struct State {
        var tokens: Double
        var filledAt: Duration?
    }

    private let rate: Double
    private let burst: Double
    private let state: Mutex<State>

    /// - Parameters:
    ///   - rate: calls per second, greater than zero.
    ///   - burst: calls that may go out at once after a quiet time.
    package init(rate: Double, burst: Int) {
        self.rate = rate
        self.burst = Double(burst)
        state = Mutex(State(tokens: Double(burst), filledAt: nil))
    }

    /// What a provider without a published limit takes without complaint.
    package static func usual() -> TokenBucket { TokenBucket(rate: 80, burst: 40) }

    /// Takes one token, on credit if need be, and returns how long the caller has to wait for it; `nil`, with nothing taken, where
    /// that is longer than `patience`.
    func take(at now: Duration, patience: Duration) -> Duration? {
        state.withLock { state in
            let filled = min(burst, state.tokens + seconds(now - (state.filledAt ?? now)) * rate)
            state.filledAt = now
            state.tokens = filled
            let wait = filled >= 1 ? Duration.zero : .seconds((1 - filled) / rate)
            guard wait <= patience else { return nil }
            state.tokens -= 1
            return wait
        }
    }

    private func seconds(_ duration: Duration) -> Double {
        duration / .seconds(1)
    }
}
