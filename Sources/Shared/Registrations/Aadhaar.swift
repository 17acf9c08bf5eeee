import Foundation

/// The number by which India knows its residents. Nobody but those whom its law names may collect or keep it: it is looked for in
/// order to be refused, and there is no value of it.
package enum Aadhaar {
    private static let digitCount = 12
    private static let mostBreaks = 3
    /// Beyond so many scalars nothing is looked at; no field that asks is longer.
    private static let mostScalars = 64 << 10

    /// Whether twelve digits of `text`, which stand by themselves and may be parted by a few blanks or hyphens, are such a number.
    /// One of ten other numbers of twelve digits has the same check digit: this asks about fields in which such numbers have no
    /// business.
    package static func isContained(in text: String) -> Bool {
        var run: [UInt8] = []
        var breaks = 0
        for scalar in text.unicodeScalars.lazy.prefix(mostScalars) {
            if scalar.properties.generalCategory == .decimalNumber, let value = scalar.properties.numericValue {
                run.append(UInt8(clamping: Int(value)))
                breaks = 0
            } else if scalar == "-" || scalar.properties.isWhitespace, breaks < mostBreaks {
                breaks += 1
            } else {
                if isNumber(run) { return true }
                run = []
            }
        }
        return isNumber(run)
    }

    private static func isNumber(_ digits: [UInt8]) -> Bool {
        guard digits.count == digitCount, digits[0] >= 2 else { return false }
        var check: UInt8 = 0
        for (position, digit) in digits.reversed().enumerated() {
            check = Verhoeff.product(check, Verhoeff.permuted(digit, times: position))
        }
        return check == 0
    }
}

/// Verhoeff's check digit (1969): arithmetic in the symmetries of a pentagon.
private enum Verhoeff {
    private static let permutation: [UInt8] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]

    /// Rotations are 0 to 4, reflections 5 to 9.
    static func product(_ left: UInt8, _ right: UInt8) -> UInt8 {
        switch (left < 5, right < 5) {
        case (true, true): (left + right) % 5
        case (true, false): 5 + (left + right - 5) % 5
        case (false, true): 5 + (left - 5 + 5 - right) % 5
        case (false, false): (left + 5 - right) % 5
        }
    }

    static func permuted(_ digit: UInt8, times: Int) -> UInt8 {
        (0..<times % 8).reduce(digit) { digit, _ in permutation[Int(digit)] }
    }
}
