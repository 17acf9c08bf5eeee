/// A country whose mobile telephone numbers are known, so that they can be typed as people there do.
package enum PhoneCountry: String, Hashable, Sendable, CaseIterable {
    case bangladesh = "BD"
    case india = "IN"
    case nepal = "NP"
    case pakistan = "PK"
    case sriLanka = "LK"

    fileprivate var code: String {
        switch self {
        case .bangladesh: "880"
        case .india: "91"
        case .nepal: "977"
        case .pakistan: "92"
        case .sriLanka: "94"
        }
    }

    /// The digits of a number after the country's code.
    fileprivate var length: Int { self == .sriLanka ? 9 : 10 }

    /// - Parameter digits: as many as `length`.
    fileprivate func isMobile(_ digits: some Collection<UInt8>) -> Bool {
        let second = digits.dropFirst().first ?? 0
        return switch self {
        case .bangladesh: digits.first == UInt8(ascii: "1") && "3456789".utf8.contains(second)
        case .india: "6789".utf8.contains(digits.first ?? 0)
        case .nepal: digits.first == UInt8(ascii: "9") && "678".utf8.contains(second)
        case .pakistan: digits.first == UInt8(ascii: "3")
        case .sriLanka: digits.first == UInt8(ascii: "7")
        }
    }
}

extension PhoneNumber {
    /// A mobile number as it is typed: with its country's code, with 00 before that, with the 0 of calls at home, or with none of
    /// it; in digits of any script, with blanks, hyphens, dots and brackets between them. nil for what is no mobile number; one of
    /// a country that is not known here is taken as it is, with its code.
    /// - Parameter country: where numbers without a code are from.
    package init?(typed text: String, in country: PhoneCountry?) {
        guard text.utf8.count <= 160 else { return nil }
        let bytes = DecimalDigits.ascii(text).unicodeScalars.filter { !$0.isSeparator }.flatMap {
            Array(String($0).utf8)
        }
        var digits = bytes[...]
        let isInternational = digits.first == UInt8(ascii: "+") || digits.starts(with: "00".utf8)
        if isInternational { digits = digits.dropFirst(digits.first == UInt8(ascii: "+") ? 1 : 2) }
        guard (7...15).contains(digits.count), digits.allSatisfy(\.isASCIIDigit) else { return nil }
        if isInternational {
            guard let known = PhoneCountry.allCases.first(where: { digits.starts(with: $0.code.utf8) }) else {
                self.init(rawValue: "+" + String(decoding: digits, as: UTF8.self))
                return
            }
            self.init(national: digits.dropFirst(known.code.utf8.count), of: known)
        } else if let country {
            let hasCode = digits.count > country.length && digits.starts(with: country.code.utf8)
            self.init(national: hasCode ? digits.dropFirst(country.code.utf8.count) : digits, of: country)
        } else {
            return nil
        }
    }

    /// Whether it begins with the code of a country.
    package func isOf(_ country: PhoneCountry) -> Bool { rawValue.hasPrefix("+\(country.code)") }

    private init?(national digits: ArraySlice<UInt8>, of country: PhoneCountry) {
        let digits = digits.first == UInt8(ascii: "0") ? digits.dropFirst() : digits
        guard digits.count == country.length, country.isMobile(digits) else { return nil }
        self.init(rawValue: "+\(country.code)" + String(decoding: digits, as: UTF8.self))
    }
}

extension Unicode.Scalar {
    /// What people put between digits, and what nobody sees.
    fileprivate var isSeparator: Bool {
        properties.isWhitespace || properties.generalCategory == .format || "-.()".unicodeScalars.contains(self)
    }
}

extension UInt8 {
    fileprivate var isASCIIDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
