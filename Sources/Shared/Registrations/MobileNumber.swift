package import Core

/// The number of a mobile telephone as people of its country type it, with its country code (E.164).
package struct MobileNumber: Hashable, Sendable, CustomStringConvertible {
    package let market: Market
    package let phone: PhoneNumber

    /// Takes it with the country's code, with 00 before it, with the 0 of calls at home, or without any of it; blanks, hyphens,
    /// dots and brackets between the digits are left out.
    package init(_ text: String, in market: Market) throws(IdentifierFault) {
        let bytes = try IdentifierText.ascii(text, dropping: "-.()")
        let isInternational = bytes.first == UInt8(ascii: "+")
        var digits = isInternational ? bytes.dropFirst() : bytes[...]
        guard !digits.isEmpty, digits.allSatisfy(\.isDigit) else { throw .form(market.mobileExample) }
        if !isInternational, digits.starts(with: ("00" + market.callingCode).utf8) { digits = digits.dropFirst(2) }
        let hasCode = digits.starts(with: market.callingCode.utf8) && digits.count > 10
        guard hasCode || !isInternational else { throw .form(market.mobileExample) }
        if hasCode { digits = digits.dropFirst(market.callingCode.utf8.count) }
        if digits.first == UInt8(ascii: "0") { digits = digits.dropFirst() }
        guard digits.count == 10, market.isMobile(digits),
            let phone = PhoneNumber(rawValue: "+\(market.callingCode)\(digits.asciiText)")
        else { throw .form(market.mobileExample) }
        self.market = market
        self.phone = phone
    }

    package var description: String { phone.rawValue }
}

/// An account with a mobile financial service of Bangladesh: the number of a telephone there.
package struct MobileWallet: Hashable, Sendable {
    package enum Provider: String, Hashable, Sendable, CaseIterable {
        case bKash = "bkash"
        case nagad
    }

    package let provider: Provider
    package let phone: PhoneNumber

    package init(_ provider: Provider, _ text: String) throws(IdentifierFault) {
        self.provider = provider
        phone = try MobileNumber(text, in: .bangladesh).phone
    }
}

extension Market {
    fileprivate var callingCode: String {
        switch self {
        case .bangladesh: "880"
        case .india: "91"
        }
    }

    fileprivate var mobileExample: String {
        switch self {
        case .bangladesh: "01712345678"
        case .india: "9812345678"
        }
    }

    /// - Parameter digits: ten.
    fileprivate func isMobile(_ digits: some Collection<UInt8>) -> Bool {
        switch self {
        case .bangladesh: digits.first == UInt8(ascii: "1") && "3456789".utf8.contains(digits.dropFirst().first ?? 0)
        case .india: "6789".utf8.contains(digits.first ?? 0)
        }
    }
}
