import Values

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
        let (days, rest) = (unix + offset).quotientAndRemainder(flooringBy: 86_400)
        let civil = CivilDate(daysSinceEpoch: days)
        year = civil.year
        month = civil.month
        day = civil.day
        hour = rest / 3600
        minute = rest / 60 % 60
        second = rest % 60
        weekday = civil.weekday
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
