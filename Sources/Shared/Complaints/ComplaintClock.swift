package import Core
package import Foundation
package import Postgres
import Registrations
package import Values

/// What the law of a country gives a marketplace time for.
package enum ComplaintStep: String, Hashable, Sendable, CaseIterable, Codable, PostgresCodable {
    /// To tell the customer that the complaint has arrived.
    case acknowledgement
    /// To do something about it, or to say why not.
    case redress
}

/// How long a step may take by the law of a country, for complaints that are filed from one day on.
package struct ComplaintClock: Hashable, Sendable {
    package static let country = TextRule(2...2, .only("A-Z"))
    package static let source = TextRule(1...400, .line)
    package static let monthRange = 0...12
    package static let hourRange = 0...8_784
    package static let warningRange = 0...720

    package let country: String
    package let step: ComplaintStep
    /// So many months of the calendar, and so many hours after that.
    package let months: Int
    package let hours: Int
    /// How long before it is over somebody is warned.
    package let warningHours: Int
    package let validFrom: CivilDate
    /// The first day on which it holds no more.
    package let validUntil: CivilDate?
    /// What says so.
    package let source: String

    package init(
        country: String, step: ComplaintStep, months: Int = 0, hours: Int = 0, warningHours: Int,
        validFrom: CivilDate, validUntil: CivilDate? = nil, source: String
    ) {
        self.country = country
        self.step = step
        self.months = months
        self.hours = hours
        self.warningHours = warningHours
        self.validFrom = validFrom
        self.validUntil = validUntil
        self.source = source
    }

    /// - Throws: a 422 `Problem` with every field that is not acceptable.
    func check() throws(Problem) {
        var check = InputCheck()
        check.text("/country", country, Self.country)
        check.text("/source", source, Self.source)
        check.number("/months", months, in: Self.monthRange)
        check.number("/hours", hours, in: Self.hourRange)
        check.number("/warning_hours", warningHours, in: Self.warningRange)
        if months == 0, hours == 0 { check.fail("/hours", "minimum", "must be more than no time at all") }
        try check.finish()
    }

    /// When the step has to be done, and when somebody is warned, for what was filed at a time. Months are those of the calendar
    /// there: from 31 January one month is over with February.
    package func deadline(of complaint: ID<Complaint>, round: Int, filedAt time: Date) -> ComplaintDeadline {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = Self.timeZone(of: country)
        let later = calendar.date(byAdding: .month, value: months, to: time) ?? time
        let due = later.addingTimeInterval(Double(hours) * 3_600)
        let warning = max(time, due.addingTimeInterval(-Double(warningHours) * 3_600))
        return ComplaintDeadline(complaint: complaint, step: step, round: round, dueAt: due, warnAt: warning)
    }

    /// The day that it is in a country at a time.
    package static func day(in country: String, at time: Date) -> CivilDate {
        CivilDate(utc: time.addingTimeInterval(Double(timeZone(of: country).secondsFromGMT(for: time))))
    }

    /// None of these countries has a summer time. Elsewhere the days are those of UTC.
    private static func timeZone(of country: String) -> TimeZone {
        let minutes =
            switch country {
            case "BD": 360
            case "IN", "LK": 330
            case "NP": 345
            case "PK": 300
            default: 0
            }
        return TimeZone(secondsFromGMT: minutes * 60) ?? .gmt
    }
}

/// What has to be done about a complaint until when.
package struct ComplaintDeadline: Hashable, Sendable {
    package let complaint: ID<Complaint>
    package let step: ComplaintStep
    /// 0, and one more with each reopening.
    package let round: Int
    package let dueAt: Date
    package let warnAt: Date
    package let metAt: Date?
    /// When somebody was told that it is near.
    package let warnedAt: Date?
    /// When somebody was told that it was missed.
    package let missedAt: Date?

    package init(
        complaint: ID<Complaint>, step: ComplaintStep, round: Int, dueAt: Date, warnAt: Date, metAt: Date? = nil,
        warnedAt: Date? = nil, missedAt: Date? = nil
    ) {
        self.complaint = complaint
        self.step = step
        self.round = round
        self.dueAt = dueAt
        self.warnAt = warnAt
        self.metAt = metAt
        self.warnedAt = warnedAt
        self.missedAt = missedAt
    }
}

extension ComplaintDeadline: PostgresRowDecodable {
    static let columns = "complaint_id, step, round, due_at, warn_at, met_at, warned_at, missed_at"

    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            complaint: try row.decode("complaint_id"), step: try row.decode("step"),
            round: Int(try row.decode("round", as: Int32.self)), dueAt: try row.decode("due_at"),
            warnAt: try row.decode("warn_at"), metAt: try row.decode("met_at"), warnedAt: try row.decode("warned_at"),
            missedAt: try row.decode("missed_at"))
    }
}
