package import Logging
import Metrics
package import Redis
import Synchronization

/// Token buckets in Redis, shared by all replicas. While Redis does not answer, each process counts for itself: calls
/// are never
/// refused because Redis is away.
package final class RedisRateLimiter<Executor: RedisExecutor>: RateLimiter {
    private let redis: Executor
    private let fallback: InMemoryRateLimiter
    private let logger: Logger
    private let keyPrefix: String
    private let timeout: Duration
    private let pause: Duration
    private let fallbacks = Counter(label: "rate_limiter_fallbacks_total")
    /// Until when Redis is left alone after a failure.
    private let avoidUntil = Mutex<ContinuousClock.Instant?>(nil)

    /// - Parameters:
    ///   - timeout: How long a call waits for Redis.
    ///   - pause: How long Redis is left alone after it failed.
    package init(
        redis: Executor, logger: Logger, keyPrefix: String = "haat:rate:", timeout: Duration = .milliseconds(50),
        pause: Duration = .seconds(1)
    ) {
        self.redis = redis
        self.logger = logger
        self.keyPrefix = keyPrefix
        self.timeout = timeout
        self.pause = pause
        fallback = InMemoryRateLimiter()
    }

    package func take(_ bucket: String, limit: RateLimit) async -> RateDecision {
        guard let capacity = limit.capacity else { return .unlimited }
        if avoidUntil.withLock({ $0.map { $0 > .now } ?? false }) {
            fallbacks.increment()
            return await fallback.take(bucket, limit: limit)
        }
        do {
            return try await shared(bucket, capacity: capacity, limit: limit)
        } catch {
            noteFailure(error)
            return await fallback.take(bucket, limit: limit)
        }
    }

    private func shared(_ bucket: String, capacity: Double, limit: RateLimit) async throws(RedisError) -> RateDecision {
        let shared = RedisTokenBucket(
            key: keyPrefix + bucket, capacity: capacity, tokensPerSecond: limit.tokensPerSecond(capacity))
        let (isTaken, level) = try await shared.take(in: redis, timeout: timeout)
        return RateDecision(isAllowed: isTaken, level: level)
    }

    private func noteFailure(_ error: RedisError) {
        fallbacks.increment()
        avoidUntil.withLock { $0 = .now + pause }
        logger.warning("Rate limits are counted by this process alone", metadata: ["error": "\(error)"])
    }
}
