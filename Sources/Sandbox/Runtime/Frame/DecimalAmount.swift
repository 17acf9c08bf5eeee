/// Money as a decimal text in major units, as the gateways of Bangladesh write it; kept in hundredths.
enum DecimalAmount {
    /// Nil unless the text is a non-negative number with at most two decimals.
    static func parse(_ text: String) -> Int? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, (1...12).contains(whole.count), isDigits(whole), let major = Int(whole) else {
            return nil
        }
        guard parts.count == 2 else { return major * 100 }
        guard (1...2).contains(parts[1].count), isDigits(parts[1]), let minor = Int(parts[1]) else { return nil }
        return major * 100 + (parts[1].count == 1 ? minor * 10 : minor)
    }

    /// The same from a JSON number or string.
    static func parse(_ json: JSON?) -> Int? {
        switch json {
        case .string(let text): parse(text)
        case .int(let number): parse(String(number))
        case .number(let number): parse(String(number))
        default: nil
        }
    }

    /// `1150.00`
    static func text(_ hundredths: Int) -> String {
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }

    /// `1150`, or `1150.50` where there is a fraction.
    static func shortText(_ hundredths: Int) -> String {
        hundredths % 100 == 0 ? String(hundredths / 100) : text(hundredths)
    }

    /// A JSON number.
    static func number(_ hundredths: Int) -> JSON {
        hundredths % 100 == 0 ? .int(hundredths / 100) : .number(Double(hundredths) / 100)
    }

    private static func isDigits(_ text: some StringProtocol) -> Bool {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
