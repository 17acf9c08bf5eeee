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
    package var microsecondsSince1970: Int64 { Int64(saturating: (timeIntervalSince1970 * 1_000_000).rounded()) }

    /// Whole seconds since 1970, as providers count them; a fraction is dropped.
    package var secondsSince1970: Int64 { Int64(saturating: timeIntervalSince1970) }

    /// This moment at the precision of PostgreSQL's timestamptz.
    package var roundedToMicroseconds: Date {
        Date(timeIntervalSince1970: Double(microsecondsSince1970) / 1_000_000)
    }
}

extension Int64 {
    /// The number without its fraction; the nearest end of the range for one outside of it, 0 for what is no number.
    package init(saturating number: Double) {
        if number.isNaN {
            self = 0
        } else if number >= 0x1p63 {
            self = .max
        } else if number < -0x1p63 {
            self = .min
        } else {
            self = Int64(number)
        }
    }
}
