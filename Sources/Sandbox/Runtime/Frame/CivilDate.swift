/// A moment as a clock on the wall shows it at a fixed offset from UTC: providers write such times without a zone.
struct CivilDate: Sendable, Equatable {
    let year: Int
    let month: Int
    let day: Int
    let hour: Int
    let minute: Int
    let second: Int

    /// Seconds east of UTC in Dhaka.
    static let dhaka = 21_600

    init(unix: Int, offset: Int) {
        let local = unix + offset
        let days = Int((Double(local) / 86_400).rounded(.down))
        let seconds = local - days * 86_400
        // Days since 0000-03-01, so that a leap day ends its year.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        hour = seconds / 3600
        minute = seconds / 60 % 60
        second = seconds % 60
    }

    /// `2020-11-04 12:09:15`
    var text: String { "\(dateText) \(timeText)" }
    /// `2020-11-04`
    var dateText: String { "\(Self.padded(year, 4))-\(Self.padded(month))-\(Self.padded(day))" }
    /// `12:09:15`
    var timeText: String { "\(Self.padded(hour)):\(Self.padded(minute)):\(Self.padded(second))" }
    /// `20201104120915`
    var digits: String { text.filter(\.isNumber) }

    private static func padded(_ number: Int, _ width: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
