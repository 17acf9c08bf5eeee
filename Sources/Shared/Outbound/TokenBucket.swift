import Synchronization
import Values

/// Paces calls to what a provider allows: a burst at once, then a steady rate.
package final class TokenBucket: Sendable {
    private let level: Mutex<TokenBucketLevel>

    /// - Parameters:
    ///   - rate: calls per second, greater than zero.
    ///   - burst: calls that may go out at once after a quiet time.
    package init(rate: Double, burst: Int) {
        level = Mutex(TokenBucketLevel(capacity: Double(burst), tokensPerSecond: rate))
    }

    /// What a provider without a published limit takes without complaint.
    package static func usual() -> TokenBucket { TokenBucket(rate: 80, burst: 40) }

    /// Takes one token, on credit if need be, and returns how long the caller has to wait for it; `nil`, with nothing taken, where
    /// that is longer than `patience`.
    func take(at now: Duration, patience: Duration) -> Duration? {
        level.withLock { $0.take(at: now, patience: patience) }
    }
}
