import Synchronization

/// The last value of something that is looked at again and again. One that is too old to be believed is none.
final class LatestValue<Value: Sendable>: Sendable {
    private struct Reading {
        let value: Value
        let at: ContinuousClock.Instant
    }

    private let lifetime: Duration
    private let now: @Sendable () -> ContinuousClock.Instant
    private let reading = Mutex<Reading?>(nil)

    /// - Parameter lifetime: for how long a value counts after it was stored.
    init(lifetime: Duration, now: @escaping @Sendable () -> ContinuousClock.Instant) {
        self.lifetime = lifetime
        self.now = now
    }

    /// - Returns: the value before, however old; nil for the first.
    @discardableResult
    func store(_ value: Value) -> Value? {
        let next = Reading(value: value, at: now())
        return reading.withLock { reading in
            defer { reading = next }
            return reading?.value
        }
    }

    /// Nil where nothing was stored yet, or too long ago.
    var current: Value? {
        let now = now()
        return reading.withLock { reading in
            reading.flatMap { now - $0.at <= lifetime ? $0.value : nil }
        }
    }
}
