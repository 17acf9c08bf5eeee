import Core

@testable import Endpoints
@testable import Payments

/// Amounts are read as they are printed, whatever decimals their currency has, and no arithmetic of them traps.
enum MoneyChecks {
    static func check(_ bytes: [UInt8]) {
        var bytes = FuzzedBytes(bytes)
        let (minorUnits, other) = (bytes.integer(Int64.self), bytes.integer(Int64.self))
        let code = bytes.text()
        checkStripe(units: minorUnits, code: code)
        guard let currency = accepted({ () throws(MoneyError) in try Currency(code) }) else { return }
        promise(UTF8Text(currency.code) == UTF8Text(code), "a currency with two codes")
        let money = Money(minorUnits: minorUnits, currency: currency)
        promise(Self.minorUnits(in: money.description, currency) == minorUnits, "printed as \(money)")
        checkArithmetic(money, Money(minorUnits: other, currency: currency))
        checkField(money)
    }

    /// Digits and a sign, the rest is there for people.
    private static func minorUnits(in text: String, _ currency: Currency) -> Int64? {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard currency.exponent == 0 ? parts.count == 1 : parts.count == 2 && parts[1].count == currency.exponent else {
            return nil
        }
        let digits = text.utf8.filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return Int64((text.utf8.first == UInt8(ascii: "-") ? "-" : "") + String(decoding: digits, as: UTF8.self))
    }

    private static func checkArithmetic(_ left: Money, _ right: Money) {
        let sum = accepted { () throws(MoneyError) in try left.adding(right) }
        promise(
            sum == nil || accepted { () throws(MoneyError) in try sum?.subtracting(right) } == left,
            "a sum that can't be undone")
        _ = accepted { () throws(MoneyError) in try left.multiplied(by: right.minorUnits) }
        _ = accepted { () throws(MoneyError) in try [left, right, left].total(in: left.currency) }
    }

    private static func checkStripe(units: Int64, code: String) {
        guard
            let money = accepted({ () throws(StripeAmount.Unsupported) in
                try StripeAmount.money(units: units, code: code)
            })
        else { return }
        promise(UTF8Text(money.currency.code).lowercasedASCII == UTF8Text(code), "Stripe's code is another currency's")
        guard let stated = accepted({ () throws(StripeAmount.Unsupported) in try StripeAmount.units(of: money) }) else {
            return
        }
        promise(stated == units, "another amount at Stripe")
    }

    private static func checkField(_ money: Money) {
        let kind = FieldKind<Money>.money(.min ... .max)
        let json = kind.text(money).flatMap { text in
            accepted { () throws(JSONParsingError) in try JSONValue(parsing: text) }
        }
        var reading = FieldReading(pointer: "")
        promise(json.flatMap { kind.read(.json($0), &reading) } == money, "a field with another amount")
    }
}
