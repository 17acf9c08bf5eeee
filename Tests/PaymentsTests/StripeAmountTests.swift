import Core
import Testing

@testable import Payments

@Suite("Stripe's units")
struct StripeAmountTests {
    @Test(
        "Amounts go out in Stripe's smallest unit and come back in ours",
        arguments: [("BDT", 120_000, 120_000), ("JPY", 500, 500), ("KWD", 12_340, 12_340), ("MGA", 5_000, 50)])
    func bothWays(code: String, minorUnits: Int64, units: Int64) throws {
        let money = Money(minorUnits: minorUnits, currency: try Currency(code))
        #expect(try StripeAmount.units(of: money) == units)
        #expect(try StripeAmount.money(units: units, code: code.lowercased()) == money)
    }

    @Test(
        "What Stripe could misread by a factor, or can't charge, is refused",
        arguments: [("KWD", 12_345), ("MGA", 5_050), ("ISK", 100), ("UGX", 100)])
    func refused(code: String, minorUnits: Int64) throws {
        let money = Money(minorUnits: minorUnits, currency: try Currency(code))
        #expect(throws: StripeAmount.Unsupported.self) { try StripeAmount.units(of: money) }
    }

    @Test("A currency is named as Stripe names it", arguments: ["USD", "Usd", "u\u{17F}d", "\u{131}nr", ""])
    func codes(code: String) {
        #expect(throws: StripeAmount.Unsupported.self) { try StripeAmount.money(units: 100, code: code) }
    }
}
