import Core
import Testing

@Suite("Money")
struct MoneyTests {
    @Test("The exponent comes from ISO 4217", arguments: [("BDT", 2), ("INR", 2), ("JPY", 0), ("KWD", 3), ("USD", 2)])
    func exponents(code: String, exponent: Int) throws {
        #expect(try Currency(code).exponent == exponent)
    }

    @Test("A code that is not in ISO 4217 is an error", arguments: ["", "bdt", "XXX", "BDTT", "ABC"])
    func unknownCurrency(code: String) {
        #expect(throws: MoneyError.unknownCurrency(code)) { try Currency(code) }
    }

    @Test("Arithmetic refuses to overflow or to mix currencies")
    func arithmetic() throws {
        let most = Money(minorUnits: .max, currency: .bdt)
        let one = Money(minorUnits: 1, currency: .bdt)
        #expect(try one.adding(one) == Money(minorUnits: 2, currency: .bdt))
        #expect(throws: MoneyError.overflow) { try most.adding(one) }
        #expect(throws: MoneyError.overflow) { try most.multiplied(by: 2) }
        #expect(throws: MoneyError.overflow) { try Money(minorUnits: .min, currency: .bdt).subtracting(one) }
        #expect(throws: MoneyError.currencyMismatch(.bdt, .usd)) { try one.adding(.zero(.usd)) }
        #expect(try [one, one, one].total(in: .bdt).minorUnits == 3)
    }

    @Test(
        "A commission is rounded half away from zero",
        arguments: [
            (10_000, 125_000, 1_250), (1, 500_000, 1), (1, 499_999, 0), (-1, 500_000, -1), (333, 100_000, 33),
            (335, 100_000, 34), (1_000_000, 1, 1), (Int64.max, 1_000_000, Int64.max), (Int64.min, 1_000_000, Int64.min),
        ] as [(Int64, Int, Int64)])
    func commission(amount: Int64, partsPerMillion: Int, expected: Int64) throws {
        let rate = Rate(partsPerMillion: partsPerMillion)
        #expect(try Money(minorUnits: amount, currency: .bdt).share(at: rate).minorUnits == expected)
    }

    @Test("Amounts are written for people")
    func formatting() {
        #expect(Money(minorUnits: 12_500_000, currency: .bdt).description == "৳1,25,000.00")
        #expect(Money(minorUnits: 123_456_789_01, currency: .inr).description == "₹12,34,56,789.01")
        #expect(Money(minorUnits: 123_456_789, currency: .usd).description == "$1,234,567.89")
        #expect(Money(minorUnits: 5, currency: .usd).description == "$0.05")
        #expect(Money(minorUnits: -5, currency: .eur).description == "-€0.05")
        #expect(Money(minorUnits: 1_200, currency: .jpy).description == "JPY 1,200")
        #expect(Money(minorUnits: 1, currency: .kwd).description == "KWD 0.001")
        #expect(Money(minorUnits: .min, currency: .jpy).description == "-JPY 9,223,372,036,854,775,808")
    }
}
