/// Decimal digits as they are typed in any script.
package enum DecimalDigits {
    /// The text with the digits of every script as ASCII. Those of the general category Nd alone: what other properties call numbers
    /// too (circled digits, 万) stays as it is.
    package static func ascii(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.asciiDigit ?? $0 }))
    }
}

extension Unicode.Scalar {
    /// The digit of ASCII with its value; nil where it is no decimal digit.
    fileprivate var asciiDigit: Unicode.Scalar? {
        guard properties.generalCategory == .decimalNumber, let value = properties.numericValue,
            let digit = UInt8(exactly: value), digit < 10
        else { return nil }
        return Unicode.Scalar(UInt8(ascii: "0") + digit)
    }
}
