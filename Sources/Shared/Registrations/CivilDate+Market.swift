import Core
package import Foundation
package import Values

extension CivilDate {
    /// The day of a moment in UTC.
    package init(utc date: Date) { self.init(unixTime: date, offset: 0) }

    /// The day of a moment where a market is: laws begin and end by its clocks.
    package init(_ date: Date, in market: Market) { self.init(unixTime: date, offset: Int64(market.utcOffset)) }

    private init(unixTime date: Date, offset: Int64) {
        let seconds = Int(clamping: date.secondsSince1970.clamped + offset)
        self.init(daysSinceEpoch: seconds.quotientAndRemainder(flooringBy: 86_400).quotient)
    }

    /// Midnight UTC, as PostgreSQL's dates are sent.
    package var utcMidnight: Date { Date(timeIntervalSince1970: Double(daysSinceEpoch) * 86_400) }
}

extension Int64 {
    /// Within what a calendar has days for.
    fileprivate var clamped: Int64 { Swift.min(Swift.max(self, -1_000_000_000_000), 1_000_000_000_000) }
}
