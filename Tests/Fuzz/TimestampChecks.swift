import Foundation
import Values

@testable import Endpoints

/// RFC 3339: what is printed is read as what it was, and as Foundation reads it.
enum TimestampChecks {
    private static let reader = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    /// Foundation's calendar was another one before.
    private static let gregorian = Date(timeIntervalSince1970: -11_000_000_000)

    static func check(_ bytes: [UInt8]) {
        if let date = RFC3339.parse(String(decoding: bytes, as: UTF8.self)) { checkPrinted(RFC3339.format(date)) }
        var bytes = FuzzedBytes(bytes)
        let milliseconds = bytes.integer(Int.self)
        checkPrinted(RFC3339.text(millisecondsSinceEpoch: milliseconds))
        let within = milliseconds % 60_000_000_000_000
        let date = RFC3339.parse(RFC3339.text(millisecondsSinceEpoch: within))
        promise(date.map { Int(($0.timeIntervalSince1970 * 1000).rounded()) } == within, "another moment")
        checkCalendar(milliseconds % 10_000_000_000_000)
    }

    private static func checkPrinted(_ text: String) {
        promise(text.utf8.count == 24, "a timestamp of \(text.utf8.count) bytes")
        guard let date = RFC3339.parse(text) else { return promise(false, "a printed timestamp is not read: \(text)") }
        promise(RFC3339.format(date) == text, "a printed timestamp is no fixed point: \(text)")
        guard date > gregorian else { return }
        let other = accepted { try Date(text, strategy: reader) }
        promise(
            other.map { abs($0.timeIntervalSince(date)) < 0.0005 } ?? false, "Foundation reads another moment: \(text)")
    }

    private static func checkCalendar(_ days: Int) {
        let date = CivilDate(daysSinceEpoch: days)
        promise(date.daysSinceEpoch == days, "another day")
        promise(CivilDate(year: date.year, month: date.month, day: date.day) == date, "a day that does not exist")
        promise((0...6).contains(date.weekday), "an eighth weekday")
    }
}
