import Synchronization

/// Token buckets of this process alone: for tests, and for the time that Redis is away.
package final class InMemoryRateLimiter: RateLimiter {
    private let buckets = Mutex<[String: TokenBucket]>([:])
    private let maximumBuckets: Int
    private let now: @Sendable () -> ContinuousClock.Instant

    /// - Parameter maximumBuckets: Beyond so many, all are forgotten: memory is worth more than exact counts.
    package init(maximumBuckets: Int = 100_000, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.maximumBuckets = maximumBuckets
        self.now = now
    }

    package func take(_ bucket: String, limit: RateLimit) async -> RateDecision {
        guard limit.count != nil else { return .unlimited }
        let now = now()
        return buckets.withLock { buckets in
            if buckets.count >= maximumBuckets { buckets.removeAll(keepingCapacity: true) }
            return buckets[bucket, default: TokenBucket(limit: limit, now: now)].take(now: now)
        }
    }
}
