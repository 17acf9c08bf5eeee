package import Foundation
import Synchronization

/// Makes UUIDs of version 7 (RFC 9562): 48 bits of Unix milliseconds, then 74 random bits.
///
/// Monotonic: each identifier of one generator (and of its copies) sorts after the one before, also within a
/// millisecond and when the clock steps back.
package struct UUIDv7Generator: Sendable {
    private let clock: any WallClock
    private let state: State

    package init(
        clock: some WallClock = SystemClock(),
        randomness: some RandomNumberGenerator & Sendable = BufferedRandomness()
    ) {
        self.clock = clock
        state = State(randomness: randomness)
    }

    package func next() -> UUID {
        let milliseconds = UInt64(max(0, Int64(saturating: clock.now.timeIntervalSince1970 * 1000)))
        return state.last.withLock { $0.advance(to: milliseconds) }
    }

    private final class State: Sendable {
        let last: Mutex<Sequence>

        init(randomness: some RandomNumberGenerator & Sendable) { last = Mutex(Sequence(randomness: randomness)) }
    }

    private struct Sequence: Sendable {
        var milliseconds: UInt64 = 0
        /// The 74 bits after the time.
        var tail: UInt128 = 0
        var randomness: any RandomNumberGenerator & Sendable

        static let tailLimit: UInt128 = 1 << 74

        init(randomness: some RandomNumberGenerator & Sendable) { self.randomness = randomness }

        mutating func advance(to now: UInt64) -> UUID {
            if now > milliseconds {
                restart(at: now)
            } else {
                tail += UInt128(randomness.next() >> 32) + 1
                if tail >= Self.tailLimit { restart(at: milliseconds + 1) }
            }
            return uuid
        }

        private mutating func restart(at now: UInt64) {
            milliseconds = now
            tail = (UInt128(randomness.next()) << 64 | UInt128(randomness.next())) & (Self.tailLimit - 1)
        }

        private var uuid: UUID {
            let version: UInt128 = 7 << 76
            let variant: UInt128 = 2 << 62
            let upper = (tail >> 62) << 64
            let lower = tail & ((1 << 62) - 1)
            return UUID(UInt128(milliseconds) << 80 | version | upper | variant | lower)
        }
    }
}
