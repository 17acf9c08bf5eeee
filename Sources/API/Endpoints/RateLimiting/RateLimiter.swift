/// Counts calls in token buckets.
package protocol RateLimiter: Sendable {
    /// Takes one token of the bucket. Never fails: where the counts can't be reached, it lets pass what a local count
    /// allows.
    func take(_ bucket: String, limit: RateLimit) async -> RateDecision
}

/// What a bucket says to one call.
package struct RateDecision: Sendable, Equatable {
    package let isAllowed: Bool
    /// Calls that would pass now.
    package let remaining: Int
    /// Until one call passes; zero when one does now.
    package let retryAfter: Duration
    /// Until the bucket is full again.
    package let reset: Duration

    package init(isAllowed: Bool, remaining: Int, retryAfter: Duration, reset: Duration) {
        self.isAllowed = isAllowed
        self.remaining = remaining
        self.retryAfter = retryAfter
        self.reset = reset
    }

    static let unlimited = RateDecision(isAllowed: true, remaining: .max, retryAfter: .zero, reset: .zero)
}

/// A token bucket as a value; the Lua script in `RedisRateLimiter` computes the same.
struct TokenBucket: Sendable {
    private let capacity: Double
    private let tokensPerSecond: Double
    private var tokens: Double
    private(set) var updated: ContinuousClock.Instant

    init(limit: RateLimit, now: ContinuousClock.Instant) {
        capacity = Double(limit.count ?? .max)
        tokensPerSecond = capacity / Double(limit.window.rawValue)
        tokens = capacity
        updated = now
    }

    mutating func take(now: ContinuousClock.Instant) -> RateDecision {
        let elapsed = updated.duration(to: now)
        tokens = min(capacity, tokens + max(0, elapsed.seconds) * tokensPerSecond)
        updated = now
        let isAllowed = tokens >= 1
        if isAllowed { tokens -= 1 }
        return RateDecision(tokens: tokens, capacity: capacity, tokensPerSecond: tokensPerSecond, isAllowed: isAllowed)
    }
}

extension RateDecision {
    /// - Parameter tokens: what is left; a store that anybody may write to can say anything.
    init(tokens: Double, capacity: Double, tokensPerSecond: Double, isAllowed: Bool) {
        let tokens = tokens.isNaN ? 0 : max(0, min(capacity, tokens))
        self.init(
            isAllowed: isAllowed, remaining: Int(tokens),
            retryAfter: isAllowed ? .zero : .seconds((1 - tokens) / tokensPerSecond),
            reset: .seconds((capacity - tokens) / tokensPerSecond))
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }

    /// For headers that count whole seconds.
    var roundedUpSeconds: Int { Int(seconds.rounded(.up)) }
}
