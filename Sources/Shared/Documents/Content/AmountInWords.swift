package import Core

/// An amount in English, counted in lakh and crore: what documents of South Asia end with.
package enum AmountInWords {
    /// "Rupees One Lakh Twenty-Three Thousand Four Hundred Fifty-Six and Fifty Paise Only". Of a negative amount its size.
    package static func text(_ amount: Money) -> String {
        var scale: UInt64 = 1
        for _ in 0..<amount.currency.exponent { scale *= 10 }
        let (whole, fraction) = amount.minorUnits.magnitude.quotientAndRemainder(dividingBy: scale)
        let (unit, part) = names(of: amount.currency)
        let parts = fraction == 0 ? "" : " and \(number(fraction)) \(part)"
        return "\(unit) \(number(whole))\(parts) Only"
    }

    /// "Twelve Crore Thirty-Four Lakh Fifty-Six Thousand Seven Hundred Eighty-Nine".
    package static func number(_ value: UInt64) -> String {
        value == 0 ? "Zero" : words(value).joined(separator: " ")
    }

    private static func names(of currency: Currency) -> (unit: String, part: String) {
        switch currency.code {
        case "INR", "NPR", "PKR", "LKR": ("Rupees", "Paise")
        case "BDT": ("Taka", "Poisha")
        default: (currency.code, "Hundredths")
        }
    }

    private static let scales: [(size: UInt64, name: String)] = [
        (10_000_000, "Crore"), (100_000, "Lakh"), (1000, "Thousand"), (100, "Hundred"),
    ]

    private static func words(_ value: UInt64) -> [String] {
        guard let scale = scales.first(where: { $0.size <= value }) else { return belowHundred(Int(value)) }
        let (count, rest) = value.quotientAndRemainder(dividingBy: scale.size)
        return words(count) + [scale.name] + (rest == 0 ? [] : words(rest))
    }

    private static let small = [
        "", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve",
        "Thirteen", "Fourteen", "Fifteen", "Sixteen", "Seventeen", "Eighteen", "Nineteen",
    ]
    private static let tens = [
        "", "", "Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety",
    ]

    private static func belowHundred(_ value: Int) -> [String] {
        if value < 20 { return value == 0 ? [] : [small[value]] }
        return [value % 10 == 0 ? tens[value / 10] : "\(tens[value / 10])-\(small[value % 10])"]
    }
}
