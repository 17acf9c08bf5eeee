import Catalog
import Core
import Foundation
import Values

/// What cells of tables mean.
enum CellValues {
    /// A plain decimal number in digits of any script, with or without separators of thousands, as a whole number of its 10^-`exponent`.
    /// - Parameter isRounding: whether smaller parts are rounded; otherwise they make it no such number.
    static func decimal(_ text: String, exponent: Int, isRounding: Bool = false) -> Int64? {
        guard text.utf8.count <= 60 else { return nil }
        var digits = DecimalDigits.ascii(text).utf8.filter { $0 != UInt8(ascii: " ") }
        let (comma, dot) = (UInt8(ascii: ","), UInt8(ascii: "."))
        if let lastComma = digits.lastIndex(of: comma) {
            let isDecimal = !digits.contains(dot) && digits.count - lastComma - 1 != 3
            if isDecimal { digits[lastComma] = dot }
            digits.removeAll { $0 == comma }
        }
        let parts = digits.split(separator: dot, maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, !digits.isEmpty, digits != [dot] else { return nil }
        let fraction = parts.count == 2 ? parts[1] : []
        guard (Array(whole) + fraction).allSatisfy({ (48...57).contains($0) }), whole.count <= 15 else { return nil }
        let kept = fraction.prefix(exponent)
        let rest = fraction.dropFirst(exponent)
        if !isRounding, rest.contains(where: { $0 != 48 }) { return nil }
        let padded = Array(whole) + Array(kept) + Array(repeating: 48, count: exponent - kept.count)
        guard let number = Int64(String(decoding: padded, as: UTF8.self)) else { return nil }
        return number + (rest.first.map { $0 >= 53 } ?? false ? 1 : 0)
    }

    static func money(_ text: String, _ currency: Currency) -> Money? {
        decimal(text, exponent: currency.exponent).map { Money(minorUnits: $0, currency: currency) }
    }

    /// An amount as files have it: "1234.50".
    static func text(_ money: Money) -> String {
        let digits = String(money.minorUnits)
        let exponent = money.currency.exponent
        guard exponent > 0 else { return digits }
        let padded = String(repeating: "0", count: max(0, exponent + 1 - digits.utf8.count)) + digits
        return "\(padded.dropLast(exponent)).\(padded.suffix(exponent))"
    }

    static func flag(_ text: String) -> Bool? {
        switch UTF8Text(text).lowercasedASCII {
        case "true", "yes", "1", "y": true
        case "false", "no", "0", "n": false
        default: nil
        }
    }

    /// A text that keeps a rule as far as leaving out what nobody sees makes it.
    static func clean(_ text: String, _ rule: TextRule) -> String { rule.normalized(text) }

    /// A title in one line.
    static func line(_ text: String, _ rule: TextRule) -> String {
        rule.normalized(text.split { $0.isNewline || $0 == "\t" }.joined(separator: " "))
    }

    /// Sale prices as our own files have them: "12.50 2026-01-01T00:00:00.000Z/2026-02-01T00:00:00.000Z; …".
    static func sales(_ text: String, _ currency: Currency) -> [SalePrice]? {
        var sales: [SalePrice] = []
        for part in text.split(separator: ";") where part.utf8.contains(where: { $0 != 0x20 }) {
            let words = part.split(separator: " ")
            let moments = words.last?.split(separator: "/") ?? []
            guard words.count == 2, moments.count == 2, let amount = money(String(words[0]), currency),
                let start = moment(String(moments[0])), let end = moment(String(moments[1]))
            else { return nil }
            sales.append(SalePrice(amount: amount, startsAt: start, endsAt: end))
        }
        return sales
    }

    static func text(_ sales: [SalePrice]) -> String {
        sales.map { "\(text($0.amount)) \(text($0.startsAt))/\(text($0.endsAt))" }.joined(separator: "; ")
    }

    private static func text(_ moment: Date) -> String {
        RFC3339.text(millisecondsSinceEpoch: Int((moment.timeIntervalSince1970 * 1_000).rounded()))
    }

    private static func moment(_ text: String) -> Date? {
        do {
            return try Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text)
        } catch {
            return nil
        }
    }

    /// The start of a day in UTC.
    static func day(_ text: String) -> Date? {
        CivilDate(iso8601: String(text.prefix(10))).map {
            Date(timeIntervalSince1970: TimeInterval($0.daysSinceEpoch) * 86_400)
        }
    }

    /// An address from which pictures can be fetched.
    static func isAddress(_ text: String) -> Bool {
        text.utf8.count <= 2_000
            && (text.utf8.prefix(8).isEqualIgnoringCase(to: "https://")
                || text.utf8.prefix(7).isEqualIgnoringCase(to: "http://"))
    }
}
