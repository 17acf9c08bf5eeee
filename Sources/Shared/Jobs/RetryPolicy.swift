/// How often and how soon a failed job is run again.
package struct RetryPolicy: Sendable, Equatable {
    /// Runs in all, the first included.
    package let maximumAttempts: Int
    /// The bound of the first delay; it doubles with every attempt.
    package let base: Duration
    /// The bound that no delay exceeds.
    package let cap: Duration

    package init(maximumAttempts: Int = 12, base: Duration = .seconds(1), cap: Duration = .seconds(3600)) {
        self.maximumAttempts = maximumAttempts
        self.base = base
        self.cap = cap
    }

    /// The longest wait after the failed run number `attempt` (0 is the first).
    package func bound(afterAttempt attempt: Int) -> Duration {
        let doublings = min(max(attempt, 0), 30)
        return min(base * (1 << doublings), cap)
    }

    /// Exponential backoff with full jitter: anything between zero and the bound, so that jobs that failed together do not
    /// return together.
    /// - Parameter random: picks a number of the range; tests inject their own.
    package func delay(
        afterAttempt attempt: Int, random: (ClosedRange<Int64>) -> Int64 = { Int64.random(in: $0) }
    ) -> Duration {
        .milliseconds(random(0...max(bound(afterAttempt: attempt).milliseconds, 1)))
    }
}

/// A failure that no repetition can mend, such as a refused address: the job goes dead at once.
package struct PermanentJobFailure: Error, CustomStringConvertible {
    package let reason: String

    package init(_ reason: String) {
        self.reason = reason
    }

    package var description: String { reason }
}

/// An error that may say of a job: not now.
package protocol PostponingError: Error {
    /// nil where the job has failed like any other.
    var postponement: RetryLater? { get }
}

/// Not now: run the job again after a delay, without counting this run as a failure.
package struct RetryLater: PostponingError {
    package let delay: Duration
    package let reason: String

    package init(after delay: Duration, reason: String) {
        self.delay = delay
        self.reason = reason
    }

    package var postponement: RetryLater? { self }
}

/// Another worker finished the job, or an operator discarded it, while this one ran: its effects were rolled back.
package struct JobOwnershipLost: Error {
    package init() {}
}

extension Duration {
    /// Whole milliseconds, rounded down.
    package var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
