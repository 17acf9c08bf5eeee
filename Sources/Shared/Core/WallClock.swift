package import Foundation

/// Tells the time of day; injected so that tests decide what time it is.
package protocol WallClock: Sendable {
    var now: Date { get }
}

/// The machine's clock.
package struct SystemClock: WallClock {
    package init() {}

    package var now: Date { Date() }
}

extension Date {
    /// Microseconds since 1970, rounded: what PostgreSQL's timestamptz can hold.
    package var microsecondsSince1970: Int64 { Int64((timeIntervalSince1970 * 1_000_000).rounded()) }

    /// This moment at the precision of PostgreSQL's timestamptz.
    package var roundedToMicroseconds: Date {
        Date(timeIntervalSince1970: Double(microsecondsSince1970) / 1_000_000)
    }
}
