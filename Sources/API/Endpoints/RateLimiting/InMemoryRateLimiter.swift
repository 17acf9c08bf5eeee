import Synchronization
import Values

/// Token buckets of this process alone: for tests, and for the time that Redis is away.
package final class InMemoryRateLimiter: RateLimiter {
    private let buckets = Mutex<[String: TokenBucketLevel]>([:])
    private let maximumBuckets: Int
    private let start: ContinuousClock.Instant
    private let now: @Sendable () -> ContinuousClock.Instant

    /// - Parameter maximumBuckets: Beyond so many, all are forgotten: memory is worth more than exact counts.
    package init(maximumBuckets: Int = 100_000, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.maximumBuckets = maximumBuckets
        self.now = now
        start = now()
    }

    package func take(_ bucket: String, limit: RateLimit) async -> RateDecision {
        guard let capacity = limit.capacity else { return .unlimited }
        let now = start.duration(to: now())
        return buckets.withLock { buckets in
            if buckets.count >= maximumBuckets { buckets.removeAll(keepingCapacity: true) }
            var level =
                buckets[bucket]
                ?? TokenBucketLevel(capacity: capacity, tokensPerSecond: limit.tokensPerSecond(capacity))
            let isAllowed = level.take(at: now)
            buckets[bucket] = level
            return RateDecision(isAllowed: isAllowed, level: level)
        }
    }
}
