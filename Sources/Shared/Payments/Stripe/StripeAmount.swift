import Core

/// Stripe's smallest unit of a currency, which for a few currencies is not the ISO 4217 minor unit.
enum StripeAmount {
    /// Why an amount can't be stated in Stripe's units.
    struct Unsupported: Error, CustomStringConvertible {
        let description: String
    }

    /// Stripe counts these without decimals although ISO 4217 gives them two.
    private static let wholeUnitsOnly: Set<String> = ["MGA"]
    /// Stripe's own pages disagree with each other on the unit of these; a factor of 100 is at stake.
    private static let ambiguous: Set<String> = ["ISK", "UGX"]

    static func units(of money: Money) throws(Unsupported) -> Int64 {
        let divisor = try divisor(for: money.currency)
        guard money.minorUnits % divisor == 0, isRoundedAsDemanded(money) else {
            throw Unsupported(description: "Stripe can't charge \(money.minorUnits) minor units of \(money.currency)")
        }
        return money.minorUnits / divisor
    }

    /// - Parameter code: in lower case, as Stripe writes it.
    static func money(units: Int64, code: String) throws(Unsupported) -> Money {
        // Of a letter that is none of ASCII's, `uppercased()` can make one that is.
        guard code.utf8.allSatisfy({ (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }) else {
            throw Unsupported(description: MoneyError.unknownCurrency(code).description)
        }
        let currency: Currency
        do {
            currency = try Currency(code.uppercased())
        } catch {
            throw Unsupported(description: error.description)
        }
        let (minorUnits, overflow) = units.multipliedReportingOverflow(by: try divisor(for: currency))
        guard !overflow else { throw Unsupported(description: "amount out of range") }
        return Money(minorUnits: minorUnits, currency: currency)
    }

    private static func divisor(for currency: Currency) throws(Unsupported) -> Int64 {
        guard !ambiguous.contains(currency.code) else {
            throw Unsupported(description: "\(currency) can't be charged through Stripe")
        }
        return wholeUnitsOnly.contains(currency.code) ? 100 : 1
    }

    /// Currencies of three decimals are charged in steps of ten units.
    private static func isRoundedAsDemanded(_ money: Money) -> Bool {
        money.currency.exponent < 3 || money.minorUnits % 10 == 0
    }
}
