import Values

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

    init(isAllowed: Bool, level: TokenBucketLevel) {
        self.init(
            isAllowed: isAllowed, remaining: Int(level.tokens), retryAfter: isAllowed ? .zero : level.untilNext,
            reset: level.untilFull)
    }

    static let unlimited = RateDecision(isAllowed: true, remaining: .max, retryAfter: .zero, reset: .zero)
}

extension RateLimit {
    /// Nil for no limit.
    var capacity: Double? { count.map { Double($0) } }

    func tokensPerSecond(_ capacity: Double) -> Double { capacity / Double(window.rawValue) }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }

    /// For headers that count whole seconds.
    var roundedUpSeconds: Int { Int(seconds.rounded(.up)) }
}
