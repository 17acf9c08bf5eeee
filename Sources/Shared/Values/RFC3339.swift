/// Timestamps as text (RFC 3339, section 5.6).
package enum RFC3339 {
    private static let earliest = -62_167_219_200_000
    private static let latest = 253_402_300_799_999

    /// UTC with milliseconds: `2026-01-31T23:59:59.123Z`. RFC 3339 has the years 0000–9999; others are clamped.
    package static func text(millisecondsSinceEpoch milliseconds: Int) -> String {
        let (days, withinDay) = min(max(milliseconds, earliest), latest).quotientAndRemainder(flooringBy: 86_400_000)
        let date = CivilDate(daysSinceEpoch: days)
        var text = ""
        text.reserveCapacity(24)
        append(date.year, width: 4, to: &text)
        text.append("-")
        append(date.month, width: 2, to: &text)
        text.append("-")
        append(date.day, width: 2, to: &text)
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

    private static func append(_ number: Int, width: Int, to text: inout String) {
        let digits = String(number)
        for _ in digits.utf8.count..<max(width, digits.utf8.count) { text.append("0") }
        text.append(digits)
    }
}
