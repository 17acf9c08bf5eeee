package import Core

/// Amounts as decimals of the major unit: "1150.00".
package enum MajorUnits {
    /// With all decimals of the currency.
    package static func text(_ amount: Money) -> String {
        let digits = Array(String(amount.minorUnits.magnitude).utf8)
        let exponent = amount.currency.exponent
        let padded = Array(repeating: UInt8(ascii: "0"), count: max(0, exponent + 1 - digits.count)) + digits
        let whole = String(decoding: padded.dropLast(exponent), as: UTF8.self)
        let fraction = exponent == 0 ? "" : "." + String(decoding: padded.suffix(exponent), as: UTF8.self)
        return (amount.minorUnits < 0 ? "-" : "") + whole + fraction
    }

    /// nil for what is no plain decimal, has more decimals than the currency (zeros aside) or is out of range.
    package static func money(_ text: String, in currency: Currency) -> Money? {
        var digits = Array(text.utf8)[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits = digits.dropFirst() }
        let parts = digits.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, !whole.isEmpty, parts.count == 1 || !parts[1].isEmpty else { return nil }
        var fraction = parts.count == 2 ? Array(parts[1]) : []
        guard fraction.dropFirst(currency.exponent).allSatisfy({ $0 == UInt8(ascii: "0") }) else { return nil }
        fraction = Array(fraction.prefix(currency.exponent))
        fraction += Array(repeating: UInt8(ascii: "0"), count: currency.exponent - fraction.count)
        let all = whole + fraction
        guard all.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let units = Int64(String(decoding: all, as: UTF8.self))
        else { return nil }
        return Money(minorUnits: isNegative ? -units : units, currency: currency)
    }
}
