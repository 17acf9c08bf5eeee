extension JSON {
    /// Hundredths of the currency; nil where it is no number.
    var hundredths: Int? {
        guard let number = doubleValue, number.isFinite, abs(number) < 1e13 else { return nil }
        return Int((number * 100).rounded())
    }

    /// An amount as a number without a needless fraction: 1060, 81.5.
    static func amount(_ hundredths: Int) -> JSON {
        hundredths % 100 == 0 ? .int(hundredths / 100) : .number(Double(hundredths) / 100)
    }

    /// An amount as a number that always has a fraction: 81.0.
    static func decimal(_ hundredths: Int) -> JSON { .number(Double(hundredths) / 100) }

    /// An amount as a text with two decimals.
    static func decimalText(_ hundredths: Int) -> JSON { .string(Hundredths.text(hundredths)) }
}

enum Hundredths {
    /// `-1234.05`
    static func text(_ hundredths: Int) -> String {
        let rest = abs(hundredths) % 100
        return "\(hundredths < 0 ? "-" : "")\(abs(hundredths) / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
