/// A currency of ISO 4217.
package struct Currency: Hashable, Sendable {
    /// The three capital letters, for example "BDT".
    package let code: String
    /// How many decimal digits the minor unit has: 2 for BDT, 0 for JPY, 3 for KWD.
    package let exponent: Int

    /// - Throws: `MoneyError.unknownCurrency` unless `code` is a current ISO 4217 code in capital letters.
    package init(_ code: String) throws(MoneyError) {
        guard let exponent = Self.exponent(of: code) else { throw .unknownCurrency(code) }
        self.init(code: code, exponent: exponent)
    }

    private init(code: String, exponent: Int) {
        self.code = code
        self.exponent = exponent
    }

    package static let bdt = Currency(code: "BDT", exponent: 2)
    package static let inr = Currency(code: "INR", exponent: 2)
    package static let usd = Currency(code: "USD", exponent: 2)
    package static let eur = Currency(code: "EUR", exponent: 2)
    package static let jpy = Currency(code: "JPY", exponent: 0)
    package static let kwd = Currency(code: "KWD", exponent: 3)

    private static func exponent(of code: String) -> Int? {
        let code = UTF8Text(code)
        if withTwoDecimals.contains(code) { return 2 }
        if withoutDecimals.contains(code) { return 0 }
        return withThreeDecimals.contains(code) ? 3 : nil
    }

    /// ISO 4217 list one; UYW (4 decimals) and the fund and metal codes are no means of payment here.
    private static let withoutDecimals: Set<UTF8Text> = Set(
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(separator: " ").map { UTF8Text($0) })

    private static let withThreeDecimals: Set<UTF8Text> = Set(
        "BHD IQD JOD KWD LYD OMR TND".split(separator: " ").map { UTF8Text($0) })

    private static let withTwoDecimals: Set<UTF8Text> = Set(
        """
        AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC \
        CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR \
        JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD \
        NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN \
        SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
        """.split(separator: " ").map { UTF8Text($0) })
}

extension Currency: CustomStringConvertible {
    package var description: String { code }
}

extension Currency: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let code = try container.decode(String.self)
        guard let exponent = Self.exponent(of: code) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "must be an ISO 4217 currency code in capital letters")
        }
        self.init(code: code, exponent: exponent)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(code)
    }
}
