import Core
import Testing

@testable import Payments

@Suite("Amounts in major units")
struct MajorUnitsTests {
    @Test("What is written is read again", arguments: [0, 1, 99, 100, 120_050, -5, 9_223_372_036_854_775_807])
    func roundTrip(units: Int64) throws {
        for currency in [Currency.bdt, try Currency("JPY"), try Currency("KWD")] {
            let amount = Money(minorUnits: units, currency: currency)
            #expect(MajorUnits.money(MajorUnits.text(amount), in: currency) == amount)
        }
    }

    @Test(
        "Decimals may be fewer, or more if they are zeros",
        arguments: [("1200", 120_000), ("1200.5", 120_050), ("1200.500", 120_050), ("0.01", 1), ("-3", -300)])
    func lenient(text: String, units: Int64) {
        #expect(MajorUnits.money(text, in: .bdt) == Money(minorUnits: units, currency: .bdt))
    }

    @Test(
        "What is no plain decimal is none",
        arguments: ["", ".", "1.", ".5", "1,200", "1e3", "+1", "--1", "1.005", "92233720368547758.08", " 1", "১২"])
    func refused(text: String) {
        #expect(MajorUnits.money(text, in: .bdt) == nil)
    }
}
