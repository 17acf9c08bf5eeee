package import Core

extension FieldKind where Value == Currency {
    /// An ISO 4217 code.
    package static var currency: FieldKind {
        scalar(
            Currency.schema, called: "an ISO 4217 currency code in capital letters", placeholder: .usd,
            json: { value in if case .string(let code) = value { known(code) } else { nil } },
            query: known, text: { currency in JSONWriter.text { $0.write(currency.code) } })
    }

    private static func known(_ code: String) -> Currency? {
        do { return try Currency(code) } catch { return nil }
    }
}

extension FieldKind where Value == Money {
    /// An amount with its currency: `{"minor_units": 129900, "currency": "BDT"}`.
    package static func money(_ range: ClosedRange<Int64> = 0...1_000_000_000_000) -> FieldKind {
        let wire = FieldKind<MoneyInput>.object(MoneyInput.self)
        return FieldKind(
            schema: { .object(MoneyInput.describe(range)) },
            placeholder: { Money(minorUnits: range.lowerBound, currency: .usd) }
        ) { input, reading in
            guard let value = wire.read(input, &reading)?.money else { return nil }
            guard range.contains(value.minorUnits) else {
                reading.report("range", "must be from \(range.lowerBound) to \(range.upperBound) minor units")
                return nil
            }
            return value
        } text: { money in
            JSONWriter.text { money.append(to: &$0) }
        }
    }
}

private struct MoneyInput: APIInput {
    let money: Money

    init(_ fields: inout Fields) {
        self.init(&fields, range: .min ... .max)
    }

    private init(_ fields: inout Fields, range: ClosedRange<Int64>) {
        let units = fields.required(
            "minor_units", .integer(range), "The amount in the currency’s smallest unit", example: 129_900)
        let currency = fields.required("currency", .currency, "ISO 4217", example: .bdt)
        money = Money(minorUnits: units, currency: currency)
    }

    static func describe(_ range: ClosedRange<Int64>) -> ObjectSchema {
        var fields = Fields(describing: "")
        _ = MoneyInput(&fields, range: range)
        return fields.schema
    }
}
