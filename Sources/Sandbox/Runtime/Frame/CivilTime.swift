/// An instant as a calendar shows it at a fixed offset from UTC. India and Bangladesh know no summer time.
struct CivilTime: Sendable {
    let year: Int
    let month: Int
    let day: Int
    let hour: Int
    let minute: Int
    let second: Int
    /// From 0 for Sunday.
    let weekday: Int

    static let india = 19_800
    static let bangladesh = 21_600

    init(unix: Int, offset: Int) {
        let local = unix + offset
        let days = Int((Double(local) / 86_400).rounded(.down))
        let rest = local - days * 86_400
        // Days since 0000-03-01, so that the leap day ends a year.
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        hour = rest / 3600
        minute = rest / 60 % 60
        second = rest % 60
        weekday = ((days + 4) % 7 + 7) % 7
    }

    /// `2026-01-02`
    var date: String { "\(year)-\(Self.two(month))-\(Self.two(day))" }
    /// `09:10:00`
    var time: String { "\(Self.two(hour)):\(Self.two(minute)):\(Self.two(second))" }
    /// `2026-01-02 09:10:00`
    var stamp: String { "\(date) \(time)" }
    /// `20260102091000`
    var digits: String { stamp.filter(\.isNumber) }
    /// `02 01 2026 09:10:00`
    var dayFirstStamp: String { "\(Self.two(day)) \(Self.two(month)) \(year) \(time)" }
    /// `Jan 02, 2026`
    var written: String { "\(Self.months[month - 1]) \(Self.two(day)), \(year)" }
    /// `260102`
    var compactDate: String { "\(Self.two(year % 100))\(Self.two(month))\(Self.two(day))" }

    /// `Fri, 02 Jan 2026 09:10:00`, as mails have it before the offset.
    var mailDate: String {
        "\(Self.weekdays[weekday]), \(Self.two(day)) \(Self.months[month - 1]) \(year) \(time)"
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
