import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A provider's time: the machine's clock, moved forward on request, or standing still so that a run can be repeated
/// byte for byte.
final class SandboxClock: Sendable {
    private struct Reading {
        var offset = 0.0
        var frozenAt: Double?
    }

    private let reading = Mutex(Reading())

    /// Seconds since 1970.
    var now: Double {
        reading.withLock { $0.frozenAt ?? Date().timeIntervalSince1970 + $0.offset }
    }

    var unix: Int { Int(now) }

    /// The time that goes into a signature. Receivers judge a signature's age by their own clock, so moving this
    /// provider's time forward must not move it; standing still does, because then every byte is to be repeatable.
    var signingTime: Int {
        reading.withLock { Int($0.frozenAt ?? Date().timeIntervalSince1970) }
    }

    func advance(seconds: Double) {
        reading.withLock {
            if $0.frozenAt != nil { $0.frozenAt? += seconds } else { $0.offset += seconds }
        }
    }

    func freeze(at unix: Double) {
        reading.withLock { $0.frozenAt = unix }
    }

    func reset() {
        reading.withLock { $0 = Reading() }
    }
}
