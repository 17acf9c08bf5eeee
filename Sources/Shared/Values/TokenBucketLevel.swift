/// How full a token bucket is: it holds so many tokens and gains so many a second. One that was not used yet is full.
package struct TokenBucketLevel: Sendable, Equatable {
    package let capacity: Double
    package let tokensPerSecond: Double
    /// Below zero where tokens were taken on credit.
    package private(set) var tokens: Double
    /// On the caller's clock.
    private var filledAt: Duration?

    /// - Parameters:
    ///   - capacity: at least one.
    ///   - tokensPerSecond: greater than zero.
    package init(capacity: Double, tokensPerSecond: Double) {
        self.capacity = capacity
        self.tokensPerSecond = tokensPerSecond
        tokens = capacity
    }

    /// - Parameter tokens: as a store tells it; one that anybody may write to can say anything.
    package init(capacity: Double, tokensPerSecond: Double, told tokens: Double) {
        self.init(capacity: capacity, tokensPerSecond: tokensPerSecond)
        self.tokens = tokens.isNaN ? 0 : max(0, min(capacity, tokens))
    }

    /// Takes one token, or answers false where there is none.
    package mutating func take(at now: Duration) -> Bool { take(at: now, patience: .zero) != nil }

    /// Takes one token, on credit if need be, and returns how long the caller has to wait for it; `nil`, with nothing taken, where
    /// that is longer than `patience`.
    package mutating func take(at now: Duration, patience: Duration) -> Duration? {
        let elapsed = max(.zero, now - (filledAt ?? now))
        tokens = min(capacity, tokens + elapsed / .seconds(1) * tokensPerSecond)
        filledAt = now
        let wait = untilNext
        guard wait <= patience else { return nil }
        tokens -= 1
        return wait
    }

    /// Until there is a token; zero where there is one.
    package var untilNext: Duration { tokens >= 1 ? .zero : .seconds((1 - tokens) / tokensPerSecond) }

    /// Until the bucket is full again.
    package var untilFull: Duration { .seconds((capacity - tokens) / tokensPerSecond) }
}
