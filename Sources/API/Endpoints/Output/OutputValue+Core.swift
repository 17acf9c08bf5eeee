package import Core
package import Values

extension ID: OutputValue {
    package func append(to writer: inout JSONWriter) { writer.write(description) }
}

extension Currency: OutputValue {
    package static var schema: Schema { .text(TextSchema(length: 3...3, pattern: "^[A-Z]{3}$")) }
    package func append(to writer: inout JSONWriter) { writer.write(code) }
}

extension Money: APIOutput {
    package static var example: Money { Money(minorUnits: 129_900, currency: .bdt) }

    package func write(to out: inout ObjectWriter) {
        out.field("minor_units", minorUnits, "The amount in the currency’s smallest unit")
        out.field("currency", currency, "ISO 4217")
    }
}

extension JSONValue: OutputValue {
    package static var schema: Schema { .any }
    package func append(to writer: inout JSONWriter) { writer.write(raw: canonicalBytes) }
}

extension Dictionary: OutputValue where Key == UTF8Text, Value: OutputValue {
    package static var schema: Schema { .map(values: Value.schema, count: nil) }
    /// Sorted by name, so that equal values are equal bytes.
    package func append(to writer: inout JSONWriter) {
        writer.writeObject { object in
            for (name, value) in self.sorted(by: { $0.key < $1.key }) {
                object.member(name.string) { value.append(to: &$0) }
            }
        }
    }
}
