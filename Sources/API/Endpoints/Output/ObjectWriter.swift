package import Values

extension JSONWriter {
    /// Writes `{…}`; `body` writes the members.
    package mutating func writeObject(_ body: (inout ObjectWriter) -> Void) {
        var object = ObjectWriter(taking: &self, recorder: nil)
        body(&object)
        object.finish(into: &self)
    }
}

/// Writes the members of one JSON object. The same calls, run over a type's example with a recorder, give its schema,
/// so what is
/// documented is what is sent.
package struct ObjectWriter {
    private var json: JSONWriter
    private var isFirst = true
    private var recorder: SchemaRecorder?

    /// Takes the bytes out of `writer` until `finish(into:)`, so that nothing is copied.
    init(taking writer: inout JSONWriter, recorder: SchemaRecorder?) {
        json = JSONWriter()
        self.recorder = recorder
        swap(&json, &writer)
        json.write(raw: "{")
    }

    mutating func finish(into writer: inout JSONWriter) {
        json.write(raw: "}")
        swap(&json, &writer)
    }

    /// A member that is always there.
    package mutating func field<Value: OutputValue>(
        _ name: StaticString, _ value: Value, _ description: StaticString = ""
    ) {
        recorder?.record(name, Value.self, value, description, isRequired: true, isNullable: false)
        begin(name)
        value.append(to: &json)
    }

    /// A member that is always there and is `null` when there is no value.
    package mutating func field<Value: OutputValue>(
        _ name: StaticString, _ value: Value?, _ description: StaticString = ""
    ) {
        recorder?.record(name, Value.self, value, description, isRequired: true, isNullable: true)
        begin(name)
        if let value { value.append(to: &json) } else { json.writeNull() }
    }

    /// A member that is left out when there is no value.
    package mutating func field<Value: OutputValue>(
        ifPresent name: StaticString, _ value: Value?, _ description: StaticString = ""
    ) {
        recorder?.record(name, Value.self, value, description, isRequired: false, isNullable: false)
        guard let value else { return }
        begin(name)
        value.append(to: &json)
    }

    /// An enumeration, sent as its raw value; the schema lists its cases.
    package mutating func field<Value: RawRepresentable & CaseIterable & Sendable>(
        _ name: StaticString, _ value: Value, _ description: StaticString = ""
    ) where Value.RawValue == String {
        field(name, EnumerationValue(value: value), description)
    }

    /// An enumeration that is `null` when there is no value.
    package mutating func field<Value: RawRepresentable & CaseIterable & Sendable>(
        _ name: StaticString, _ value: Value?, _ description: StaticString = ""
    ) where Value.RawValue == String {
        field(name, value.map(EnumerationValue.init), description)
    }

    /// A list of an enumeration's values.
    package mutating func field<Value: RawRepresentable & CaseIterable & Sendable>(
        _ name: StaticString, _ values: [Value], _ description: StaticString = ""
    ) where Value.RawValue == String {
        field(name, values.map(EnumerationValue.init), description)
    }

    /// A member whose name is data; it appears in no schema.
    mutating func member(_ name: String, _ body: (inout JSONWriter) -> Void) {
        separate()
        json.write(name)
        json.write(raw: ":")
        body(&json)
    }

    private mutating func begin(_ name: StaticString) {
        separate()
        json.write(raw: "\"")
        json.write(raw: name)
        json.write(raw: "\":")
    }

    private mutating func separate() {
        if !isFirst { json.write(raw: ",") }
        isFirst = false
    }
}

/// Collects the members that a `write(to:)` names while it runs over an example.
final class SchemaRecorder {
    private(set) var properties: [ObjectSchema.Property] = []

    func record<Value: OutputValue>(
        _ name: StaticString, _ type: Value.Type, _ value: Value?, _ description: StaticString, isRequired: Bool,
        isNullable: Bool
    ) {
        properties.append(
            ObjectSchema.Property(
                name: name.description, schema: isNullable ? .nullable(Value.schema) : Value.schema,
                description: description.description, isRequired: isRequired,
                example: value.map { value in JSONWriter.text { value.append(to: &$0) } } ?? (isNullable ? "null" : nil)
            ))
    }
}
