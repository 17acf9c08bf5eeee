import Values

/// Schemas as JSON Schema 2020-12.
enum SchemaJSON {
    /// Writes a schema; named objects as references.
    static func write(
        _ schema: Schema, description: String = "", property: ObjectSchema.Property? = nil, to writer: inout JSONWriter
    ) {
        writer.writeObject { out in
            writeMembers(of: schema, isNullable: false, to: &out)
            if !description.isEmpty { out.field("description", description) }
            if let value = property?.defaultValue { out.member("default") { $0.write(raw: value.utf8) } }
            if let value = property?.example, !schema.isNamedObject {
                out.member("examples") { examples in examples.write(raw: "[\(value)]".utf8) }
            }
        }
    }

    /// Writes an object with its members.
    static func writeDefinition(_ object: ObjectSchema, to writer: inout JSONWriter) {
        writer.writeObject { writeMembers(ofObject: object, isNullable: false, to: &$0) }
    }

    private static func writeMembers(of schema: Schema, isNullable: Bool, to out: inout ObjectWriter) {
        switch schema {
        case .text(let text): writeMembers(of: text, isNullable: isNullable, to: &out)
        case .integer(let minimum, let maximum):
            writeType("integer", isNullable, to: &out)
            out.field("format", "int64")
            out.field(ifPresent: "minimum", minimum)
            out.field(ifPresent: "maximum", maximum)
        case .number: writeType("number", isNullable, to: &out)
        case .boolean: writeType("boolean", isNullable, to: &out)
        case .array(let items, let count):
            writeType("array", isNullable, to: &out)
            out.member("items") { write(items, to: &$0) }
            if let count { writeBounds(count, minimum: "minItems", maximum: "maxItems", to: &out) }
        case .map(let values, let count):
            writeType("object", isNullable, to: &out)
            out.member("additionalProperties") { write(values, to: &$0) }
            if let count { writeBounds(count, minimum: "minProperties", maximum: "maxProperties", to: &out) }
        case .object(let object) where object.name.isEmpty:
            writeMembers(ofObject: object, isNullable: isNullable, to: &out)
        case .object(let object): writeReference(object.name, isNullable, to: &out)
        case .reference(let name): writeReference(name, isNullable, to: &out)
        case .any: break
        case .nullable(let inner): writeMembers(of: inner, isNullable: true, to: &out)
        }
    }

    private static func writeMembers(of text: TextSchema, isNullable: Bool, to out: inout ObjectWriter) {
        writeType("string", isNullable, to: &out)
        if let length = text.length { writeBounds(length, minimum: "minLength", maximum: "maxLength", to: &out) }
        out.field(ifPresent: "pattern", text.pattern)
        out.field(ifPresent: "format", text.format)
        guard let cases = text.cases else { return }
        // A validator that was made from `enum` would refuse what a later version sends.
        guard !text.isOpen else { return out.field("x-extensible-enum", cases) }
        out.member("enum") { writer in
            writer.writeArray(cases.map(Optional.some) + (isNullable ? [nil] : [])) { writer, value in
                if let value { writer.write(value) } else { writer.writeNull() }
            }
        }
    }

    private static func writeMembers(ofObject object: ObjectSchema, isNullable: Bool, to out: inout ObjectWriter) {
        writeType("object", isNullable, to: &out)
        out.member("properties") { properties in
            properties.writeObject { properties in
                for property in object.properties {
                    properties.member(property.name) { writer in
                        write(property.schema, description: property.description, property: property, to: &writer)
                    }
                }
            }
        }
        let required = object.properties.filter(\.isRequired).map(\.name)
        if !required.isEmpty { out.field("required", required) }
        if object.isClosed { out.field("additionalProperties", false) }
    }

    private static func writeReference(_ name: String, _ isNullable: Bool, to out: inout ObjectWriter) {
        let reference = "#/components/schemas/\(name)"
        guard isNullable else { return out.field("$ref", reference) }
        out.member("anyOf") { alternatives in
            alternatives.writeArray([("$ref", reference), ("type", "null")]) { writer, member in
                writer.writeObject { out in out.member(member.0) { $0.write(member.1) } }
            }
        }
    }

    private static func writeType(_ type: String, _ isNullable: Bool, to out: inout ObjectWriter) {
        if isNullable { out.field("type", [type, "null"]) } else { out.field("type", type) }
    }

    private static func writeBounds(
        _ bounds: ClosedRange<Int>, minimum: String, maximum: String, to out: inout ObjectWriter
    ) {
        if bounds.lowerBound > 0 { out.member(minimum) { $0.write(bounds.lowerBound) } }
        out.member(maximum) { $0.write(bounds.upperBound) }
    }
}

extension Schema {
    /// Examples of named objects stand with their definition.
    fileprivate var isNamedObject: Bool {
        switch self {
        case .object(let object): !object.name.isEmpty
        case .nullable(let inner): inner.isNamedObject
        default: false
        }
    }

    /// Without `null`, which a query can't say.
    var withoutNull: Schema {
        if case .nullable(let inner) = self { inner } else { self }
    }
}
