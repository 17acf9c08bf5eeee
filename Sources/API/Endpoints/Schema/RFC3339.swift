import Foundation

/// Timestamps on the wire (RFC 3339, section 5.6).
enum RFC3339 {
    /// UTC with milliseconds: `2026-01-31T23:59:59.123Z`. RFC 3339 has the years 0000–9999; others are clamped.
    static func format(_ date: Date) -> String {
        let milliseconds = clampedMilliseconds(of: date)
        let (days, withinDay) = milliseconds.quotientAndRemainder(flooringBy: 86_400_000)
        let civil = CivilDate(daysSinceEpoch: days)
        var text = ""
        text.reserveCapacity(24)
        append(civil.year, width: 4, to: &text)
        text.append("-")
        append(civil.month, width: 2, to: &text)
        text.append("-")
        append(civil.day, width: 2, to: &text)
        text.append("T")
        append(withinDay / 3_600_000, width: 2, to: &text)
        text.append(":")
        append(withinDay / 60_000 % 60, width: 2, to: &text)
        text.append(":")
        append(withinDay / 1000 % 60, width: 2, to: &text)
        text.append(".")
        append(withinDay % 1000, width: 3, to: &text)
        text.append("Z")
        return text
    }

    /// Any RFC 3339 date-time; nil when it is not one or names a day that does not exist.
    static func parse(_ text: String) -> Date? {
        var scanner = DigitScanner(bytes: Array(text.utf8))
        guard let year = scanner.number(width: 4), scanner.skip("-"),
            let month = scanner.number(width: 2), scanner.skip("-"),
            let day = scanner.number(width: 2), scanner.skip("T", or: "t"),
            let hour = scanner.number(width: 2), hour < 24, scanner.skip(":"),
            let minute = scanner.number(width: 2), minute < 60, scanner.skip(":"),
            let second = scanner.number(width: 2), second <= 60,
            let civil = CivilDate(year: year, month: month, day: day)
        else { return nil }
        guard let fraction = scanner.optionalFraction(), let offset = scanner.offsetInMinutes(), scanner.isAtEnd
        else { return nil }
        let seconds = civil.daysSinceEpoch * 86_400 + hour * 3600 + (minute - offset) * 60 + second
        return Date(timeIntervalSince1970: Double(seconds) + fraction)
    }

    private static func clampedMilliseconds(of date: Date) -> Int {
        let earliest = -62_167_219_200_000.0
        let latest = 253_402_300_799_999.0
        return Int(min(max((date.timeIntervalSince1970 * 1000).rounded(), earliest), latest))
    }

    private static func append(_ number: Int, width: Int, to text: inout String) {
        let digits = String(number)
        for _ in digits.utf8.count..<max(width, digits.utf8.count) { text.append("0") }
        text.append(digits)
    }
}

/// A day of the proleptic Gregorian calendar. The conversions follow Howard Hinnant's `days_from_civil`
/// (https://howardhinnant.github.io/date_algorithms.html).
struct CivilDate {
    let year: Int
    let month: Int
    let day: Int

    init(daysSinceEpoch: Int) {
        let shifted = daysSinceEpoch + 719_468
        let (era, dayOfEra) = shifted.quotientAndRemainder(flooringBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Nil when there is no such day.
    init?(year: Int, month: Int, day: Int) {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1...12).contains(month), day >= 1, day <= lengths[month - 1] else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    var daysSinceEpoch: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shiftedYear.quotientAndRemainder(flooringBy: 400)
        let shiftedMonth = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * shiftedMonth + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

extension Int {
    fileprivate func quotientAndRemainder(flooringBy divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

/// Reads fixed-width numbers from ASCII.
private struct DigitScanner {
    let bytes: [UInt8]
    var position = 0

    var isAtEnd: Bool { position == bytes.count }

    mutating func number(width: Int) -> Int? {
        guard position + width <= bytes.count else { return nil }
        var value = 0
        for byte in bytes[position..<position + width] {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        position += width
        return value
    }

    mutating func skip(_ character: Unicode.Scalar, or other: Unicode.Scalar? = nil) -> Bool {
        guard position < bytes.count else { return false }
        let byte = UInt32(bytes[position])
        guard byte == character.value || byte == other?.value else { return false }
        position += 1
        return true
    }

    /// The fraction of a second; 0 when there is none, nil when a point stands without digits.
    mutating func optionalFraction() -> Double? {
        guard skip(".") else { return 0 }
        var value = 0.0
        var scale = 0.1
        var digits = 0
        while let digit = number(width: 1) {
            value += Double(digit) * scale
            scale /= 10
            digits += 1
        }
        return digits > 0 ? value : nil
    }

    mutating func offsetInMinutes() -> Int? {
        if skip("Z", or: "z") { return 0 }
        let sign: Int
        if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return nil }
        guard let hours = number(width: 2), hours < 24, skip(":"), let minutes = number(width: 2), minutes < 60
        else { return nil }
        return sign * (hours * 60 + minutes)
    }
}
