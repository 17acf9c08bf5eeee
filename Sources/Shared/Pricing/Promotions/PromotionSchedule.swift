package import Foundation
import Values

/// When a promotion applies.
package struct PromotionSchedule: Hashable, Sendable {
    /// Hours of some days of the week, by the marketplace's clocks.
    package struct Week: Hashable, Sendable {
        /// From 0 for Sunday.
        package let days: Set<Int>
        /// Minutes since midnight: the first one, and the first one after. 0 and 1440 are the whole day.
        package let minutes: Range<Int>

        package init(days: Set<Int>, minutes: Range<Int>) {
            self.days = days
            self.minutes = minutes
        }
    }

    package static let always = PromotionSchedule()

    package var startsAt: Date?
    /// When it is over.
    package var endsAt: Date?
    package var week: Week?

    package init(startsAt: Date? = nil, endsAt: Date? = nil, week: Week? = nil) {
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.week = week
    }

    /// Why it does not apply at a time; nil where it does.
    func refusal(at time: Date, in timeZone: TimeZone) -> CouponRefusal? {
        if let startsAt, time < startsAt { return .notStarted }
        if let endsAt, time >= endsAt { return .ended }
        guard let week else { return nil }
        let local = Int((time.timeIntervalSince1970 + Double(timeZone.secondsFromGMT(for: time))).rounded(.down))
        let (day, second) = local.quotientAndRemainder(flooringBy: 86_400)
        let weekday = (day + 4).quotientAndRemainder(flooringBy: 7).remainder
        return week.days.contains(weekday) && week.minutes.contains(second / 60) ? nil : .notStarted
    }
}
