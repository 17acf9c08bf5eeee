package import Values

/// A token bucket that all processes share, kept under one key.
package struct RedisTokenBucket: Sendable {
    package let key: String
    private let capacity: Double
    private let tokensPerSecond: Double

    /// - Parameters:
    ///   - capacity: at least one.
    ///   - tokensPerSecond: greater than zero.
    package init(key: String, capacity: Double, tokensPerSecond: Double) {
        self.key = key
        self.capacity = capacity
        self.tokensPerSecond = tokensPerSecond
    }

    /// Takes one token if there is one.
    /// - Returns: whether one was taken, and what is left.
    package func take(
        in redis: some RedisExecutor, timeout: Duration? = nil
    ) async throws(RedisError) -> (isTaken: Bool, level: TokenBucketLevel) {
        let reply = try await redis.evaluate(
            Self.script, keys: [key], arguments: [String(capacity), String(tokensPerSecond)], timeout: timeout)
        guard let elements = reply.elements, elements.count == 2, let isTaken = elements[0].int,
            let text = elements[1].text, let tokens = Double(text)
        else { throw .server("the token bucket's script answered \(reply)") }
        return (
            isTaken == 1, TokenBucketLevel(capacity: capacity, tokensPerSecond: tokensPerSecond, told: tokens)
        )
    }

    /// KEYS bucket. ARGV: capacity, tokens per second. Answers whether a token was taken and how many are left. By the clock of
    /// Redis, since those of the processes differ.
    private static let script = RedisScript(
        """
        local capacity = tonumber(ARGV[1])
        local rate = tonumber(ARGV[2])
        local time = redis.call('TIME')
        local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
        local state = redis.call('HMGET', KEYS[1], 'tokens', 'at')
        local tokens = tonumber(state[1]) or capacity
        local at = tonumber(state[2]) or now
        tokens = math.max(0, math.min(capacity, tokens + math.max(0, now - at) * rate))
        if tokens ~= tokens then tokens = capacity end
        local taken = 0
        if tokens >= 1 then
            taken = 1
            tokens = tokens - 1
        end
        redis.call('HSET', KEYS[1], 'tokens', string.format('%.6f', tokens), 'at', string.format('%.6f', now))
        redis.call('EXPIRE', KEYS[1], math.ceil(capacity / rate) + 1)
        return { taken, string.format('%.6f', tokens) }
        """)
}
