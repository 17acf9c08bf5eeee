import Foundation
import Values

extension RFC3339 {
    /// UTC with milliseconds: `2026-01-31T23:59:59.123Z`. RFC 3339 has the years 0000–9999; others are clamped.
    static func format(_ date: Date) -> String {
        text(millisecondsSinceEpoch: Int(min(max((date.timeIntervalSince1970 * 1000).rounded(), -1e15), 1e15)))
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
