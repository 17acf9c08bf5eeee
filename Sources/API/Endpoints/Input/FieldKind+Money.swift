package import Core
import Values

extension FieldKind where Value == Currency {
    /// An ISO 4217 code.
    package static var currency: FieldKind<Currency> {
        scalar(
            Currency.schema, called: "an ISO 4217 currency code in capital letters", placeholder: .usd,
            json: { $0.textValue.flatMap(known) }, query: known,
            text: { currency in JSONWriter.text { $0.write(currency.code) } })
    }

    private static func known(_ code: UTF8Text) -> Currency? {
        do { return try Currency(code.string) } catch { return nil }
    }
}

extension FieldKind where Value == Money {
    /// An amount with its currency: `{"minor_units": 129900, "currency": "BDT"}`.
    package static func money(_ minorUnits: ClosedRange<Int64> = 0...1_000_000_000_000) -> FieldKind<Money> {
        FieldKind(
            schema: { .object(schema(minorUnits)) },
            placeholder: { Money(minorUnits: minorUnits.lowerBound, currency: .usd) }
        ) { input, reading in
            guard case .json(.object(let members)) = input else {
                reading.report("type", "must be an object with minor_units and currency")
                return nil
            }
            var fields = Fields(reading: members.mapValues(FieldInput.json), at: reading.pointer)
            let money = read(&fields, minorUnits)
            let problems = fields.finish()
            reading.report(problems)
            return problems.isEmpty ? money : nil
        } text: { money in
            JSONWriter.text { money.append(to: &$0) }
        }
    }

    private static func read(_ fields: inout Fields, _ range: ClosedRange<Int64>) -> Money {
        let minorUnits = fields.required(
            "minor_units", .integer(range), "The amount in the currency’s smallest unit", example: range.lowerBound)
        let currency = fields.required("currency", .currency, "ISO 4217", example: .bdt)
        return Money(minorUnits: minorUnits, currency: currency)
    }

    /// Without a name: its bounds differ from use to use.
    private static func schema(_ range: ClosedRange<Int64>) -> ObjectSchema {
        var fields = Fields(describing: "")
        _ = read(&fields, range)
        return fields.schema
    }
}
