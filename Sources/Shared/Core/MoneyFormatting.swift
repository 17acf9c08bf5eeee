extension Money: CustomStringConvertible {
    /// For people: "৳1,25,000.00", "$12.50", "JPY 1,200". Digits of South Asian currencies are grouped by lakh and crore.
    package var description: String { sign + unit + grouped(whole) + fraction }

    /// The same where the currency is told elsewhere: "1,25,000.00".
    package var number: String { sign + grouped(whole) + fraction }

    private var sign: String { minorUnits < 0 ? "-" : "" }

    private var magnitude: [UInt8] {
        let digits = Array(String(minorUnits.magnitude).utf8)
        let missing = max(0, currency.exponent + 1 - digits.count)
        return Array(repeating: UInt8(ascii: "0"), count: missing) + digits
    }

    private var whole: [UInt8] { magnitude.dropLast(currency.exponent) }

    private var fraction: String {
        currency.exponent == 0 ? "" : "." + String(decoding: magnitude.suffix(currency.exponent), as: UTF8.self)
    }

    private var unit: String {
        switch currency.code {
        case "BDT": "৳"
        case "INR": "₹"
        case "USD": "$"
        case "EUR": "€"
        case "GBP": "£"
        default: currency.code + " "
        }
    }

    private var groupsByLakh: Bool { ["BDT", "INR", "NPR", "PKR", "BTN", "LKR"].contains(currency.code) }

    private func grouped(_ digits: [UInt8]) -> String {
        var reversed: [UInt8] = []
        for (position, digit) in digits.reversed().enumerated() {
            let startsGroup = groupsByLakh ? position > 2 && position % 2 == 1 : position > 0 && position % 3 == 0
            if startsGroup { reversed.append(UInt8(ascii: ",")) }
            reversed.append(digit)
        }
        return String(decoding: reversed.reversed(), as: UTF8.self)
    }
}
