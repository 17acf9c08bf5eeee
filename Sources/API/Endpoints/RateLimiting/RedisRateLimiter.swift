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
        guard let count = limit.count else { return .unlimited }
        if avoidUntil.withLock({ $0.map { $0 > .now } ?? false }) {
            fallbacks.increment()
            return await fallback.take(bucket, limit: limit)
        }
        do {
            return try await shared(bucket, count: count, limit: limit)
        } catch {
            noteFailure(error)
            return await fallback.take(bucket, limit: limit)
        }
    }

    private func shared(_ bucket: String, count: Int, limit: RateLimit) async throws(RedisError) -> RateDecision {
        let reply = try await redis.evaluate(
            TokenBucketScript.script, keys: [keyPrefix + bucket], arguments: [count, limit.window.rawValue],
            timeout: timeout)
        guard let elements = reply.elements, elements.count == 2, let isAllowed = elements[0].int,
            let thousandths = elements[1].int
        else { throw .server("the rate limit script answered \(reply)") }
        return RateDecision(
            tokens: Double(thousandths) / 1000, capacity: Double(count),
            tokensPerSecond: Double(count) / Double(limit.window.rawValue), isAllowed: isAllowed == 1)
    }

    private func noteFailure(_ error: RedisError) {
        fallbacks.increment()
        avoidUntil.withLock { $0 = .now + pause }
        logger.warning("Rate limits are counted by this process alone", metadata: ["error": "\(error)"])
    }
}

/// The bucket in Lua.
enum TokenBucketScript {
    /// KEYS[1] the bucket; ARGV: capacity, seconds to fill it. Returns whether a token was taken and the thousandths of
    /// tokens left.
    /// The server's clock is used, since those of the replicas differ.
    static let script = RedisScript(
        """
        local capacity = tonumber(ARGV[1])
        local window = tonumber(ARGV[2])
        local time = redis.call('TIME')
        local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
        local state = redis.call('HMGET', KEYS[1], 'tokens', 'at')
        local tokens = tonumber(state[1]) or capacity
        local at = tonumber(state[2]) or now
        tokens = math.max(0, math.min(capacity, tokens + math.max(0, now - at) * capacity / window))
        if tokens ~= tokens then tokens = capacity end
        local allowed = 0
        if tokens >= 1 then
            allowed = 1
            tokens = tokens - 1
        end
        redis.call('HSET', KEYS[1], 'tokens', string.format('%.6f', tokens), 'at', string.format('%.6f', now))
        redis.call('EXPIRE', KEYS[1], window + 1)
        return { allowed, math.floor(tokens * 1000) }
        """)
}
