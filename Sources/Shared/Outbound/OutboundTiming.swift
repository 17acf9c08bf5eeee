package import Foundation

/// Time and chance as a provider client sees them, injected so that tests decide both.
package struct OutboundTiming: Sendable {
    /// Time since a fixed but arbitrary moment; never runs backwards.
    package let elapsed: @Sendable () -> Duration
    /// The calendar, for evidence and for `Retry-After` dates.
    package let now: @Sendable () -> Date
    package let sleep: @Sendable (Duration) async throws -> Void
    /// A number in 0..<1.
    package let random: @Sendable () -> Double

    package init(
        elapsed: @escaping @Sendable () -> Duration, now: @escaping @Sendable () -> Date,
        sleep: @escaping @Sendable (Duration) async throws -> Void, random: @escaping @Sendable () -> Double
    ) {
        self.elapsed = elapsed
        self.now = now
        self.sleep = sleep
        self.random = random
    }

    /// The machine's clocks and the system's randomness.
    package static var system: OutboundTiming {
        let start = ContinuousClock.now
        return OutboundTiming(
            elapsed: { ContinuousClock.now - start },
            now: { Date() },
            sleep: { try await Task.sleep(for: $0) },
            random: { Double.random(in: 0..<1) })
    }
}
