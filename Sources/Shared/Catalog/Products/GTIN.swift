package import Core
import Postgres

/// A Global Trade Item Number: 8, 12, 13 or 14 digits, of which the last checks the others (GS1 General Specifications, 7.9).
package struct GTIN: RawRepresentable, Hashable, Sendable, CustomStringConvertible, PostgresCodable {
    package static let rule = TextRule(8...14, .only("0-9"))

    package let rawValue: String

    /// nil where the digits are not so many or the last one does not fit the others.
    package init?(rawValue: String) {
        let digits = rawValue.utf8.map { Int($0) - Int(UInt8(ascii: "0")) }
        guard [8, 12, 13, 14].contains(digits.count), digits.allSatisfy({ (0...9).contains($0) }) else { return nil }
        // From the right, the check digit first, they count once and three times in turn.
        let sum = digits.reversed().enumerated().reduce(0) { sum, digit in
            sum + digit.element * (digit.offset.isMultiple(of: 2) ? 1 : 3)
        }
        guard sum.isMultiple(of: 10) else { return nil }
        self.rawValue = rawValue
    }

    private init(unchecked rawValue: String) { self.rawValue = rawValue }

    /// For documentation.
    package static let example = GTIN(unchecked: "4006381333931")

    package static let violation = RuleViolation(
        code: "check_digit", message: "must be 8, 12, 13 or 14 digits, the last of which checks the others")

    package var description: String { rawValue }
}
