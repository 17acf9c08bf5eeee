import Core
package import Foundation
import Registrations
package import Values

/// How long a licence key can be used, and until when it is sold.
package struct KeyLife: Hashable, Sendable {
    /// Which days can be the last of a key.
    package static let years = 2000...2999

    /// The last day on which it can be used.
    package let expiresOn: CivilDate
    /// The last day on which it is sold.
    package let sellUntil: CivilDate

    /// - Parameter minimumDays: how many days a buyer has of it at least.
    package init(expiresOn: CivilDate, minimumDays: Int) {
        self.expiresOn = expiresOn
        sellUntil = CivilDate(daysSinceEpoch: expiresOn.daysSinceEpoch - minimumDays)
    }

    /// Whether it may be sold yet.
    package func isSold(at time: Date) -> Bool {
        Self.today(at: time).daysSinceEpoch <= sellUntil.daysSinceEpoch
    }

    /// The day that has begun somewhere: makers of keys may be anywhere, and none counts longer than this.
    static func today(at time: Date) -> CivilDate { CivilDate(utc: time.addingTimeInterval(14 * 3600)) }
}

extension InputCheck {
    /// Requires a day that can be the last of a key.
    mutating func expiry(_ pointer: String, _ day: CivilDate?) {
        guard let day, !KeyLife.years.contains(day.year) else { return }
        fail(pointer, "range", "must be between the years \(KeyLife.years.lowerBound) and \(KeyLife.years.upperBound)")
    }
}
