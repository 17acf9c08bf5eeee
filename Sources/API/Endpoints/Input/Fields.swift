package import Core

/// The members of one object while an `APIInput` is read or described.
package struct Fields {
    private enum Mode {
        case reading([UTF8Text: FieldInput])
        case describing
    }

    private let mode: Mode
    private let pointer: String
    private var known: Set<UTF8Text> = []
    private var problems = FieldProblems()
    private(set) var schema: ObjectSchema

    init(reading members: [UTF8Text: FieldInput], at pointer: String) {
        mode = .reading(members)
        self.pointer = pointer
        schema = ObjectSchema(name: "", properties: [], isClosed: true)
    }

    init(describing name: String) {
        mode = .describing
        pointer = ""
        schema = ObjectSchema(name: name, properties: [], isClosed: true)
    }

    /// A field that must be there.
    package mutating func required<Value>(
        _ name: UTF8Text, _ kind: FieldKind<Value>, _ description: String, example: Value? = nil
    ) -> Value {
        guard case .reading(let members) = mode else {
            describe(name, kind, kind.schema(), description, example: example, isRequired: true)
            return kind.placeholder()
        }
        known.insert(name)
        guard let input = members[name] else {
            report(name, "required", "is required")
            return kind.placeholder()
        }
        return (input.isBlank ? readBlank(name, kind, input) : read(name, kind, input)) ?? kind.placeholder()
    }

    /// A field that may be missing or `null`; both give nil.
    package mutating func optional<Value>(
        _ name: UTF8Text, _ kind: FieldKind<Value>, _ description: String, example: Value? = nil
    ) -> Value? {
        guard case .reading(let members) = mode else {
            describe(name, kind, .nullable(kind.schema()), description, example: example, isRequired: false)
            return nil
        }
        known.insert(name)
        guard let input = members[name], !input.isNull else { return nil }
        return read(name, kind, input)
    }

    /// A field that may be missing and then has the value `defaultValue`.
    package mutating func optional<Value>(
        _ name: UTF8Text, _ kind: FieldKind<Value>, _ description: String, default defaultValue: Value,
        example: Value? = nil
    ) -> Value {
        guard case .reading(let members) = mode else {
            describe(
                name, kind, kind.schema(), description, example: example ?? defaultValue, isRequired: false,
                defaultValue: defaultValue)
            return defaultValue
        }
        known.insert(name)
        guard let input = members[name], !input.isBlank else { return defaultValue }
        return read(name, kind, input) ?? defaultValue
    }

    /// A field of a partial update: missing leaves the old value. Pass `.nullable` kinds where `null` clears it.
    package mutating func change<Value>(
        _ name: UTF8Text, _ kind: FieldKind<Value>, _ description: String, example: Value? = nil
    ) -> Change<Value> {
        guard case .reading(let members) = mode else {
            describe(name, kind, kind.schema(), description, example: example, isRequired: false)
            return .keep
        }
        known.insert(name)
        guard let input = members[name] else { return .keep }
        return read(name, kind, input).map(Change.set) ?? .keep
    }

    /// A rule across fields: reports `message` against `name` unless `isSatisfied`. Runs on placeholders too when a
    /// field was
    /// wrong; it is ignored then.
    package mutating func check(_ isSatisfied: Bool, _ name: UTF8Text, code: String = "invalid", _ message: String) {
        guard case .reading = mode, problems.isEmpty, !isSatisfied else { return }
        report(name, code, message)
    }

    /// Everything that was wrong, unknown names included.
    consuming func finish() -> FieldProblems {
        if case .reading(let members) = mode {
            for name in members.keys.filter({ !known.contains($0) }).sorted() {
                report(name, "unknown", "is not a field here")
            }
        }
        return problems
    }

    private mutating func read<Value>(_ name: UTF8Text, _ kind: FieldKind<Value>, _ input: FieldInput) -> Value? {
        var reading = FieldReading(pointer: JSONPointer.member(name, of: pointer))
        let value = kind.read(input, &reading)
        problems.append(contentsOf: reading.problems)
        return value
    }

    /// A field that was left empty is missing, unless it may be empty.
    private mutating func readBlank<Value>(
        _ name: UTF8Text, _ kind: FieldKind<Value>, _ input: FieldInput
    ) -> Value? {
        var reading = FieldReading(pointer: "")
        guard let value = kind.read(input, &reading) else {
            report(name, "required", "is required")
            return nil
        }
        return value
    }

    private mutating func report(_ name: UTF8Text, _ code: String, _ message: String) {
        let pointer = pointer
        problems.append(
            FieldProblem(pointer: JSONPointer.member(name, of: pointer), code: code, message: message))
    }

    private mutating func describe<Value>(
        _ name: UTF8Text, _ kind: FieldKind<Value>, _ schema: Schema, _ description: String, example: Value?,
        isRequired: Bool, defaultValue: Value? = nil
    ) {
        self.schema.properties.append(
            ObjectSchema.Property(
                name: name.string, schema: schema, description: description, isRequired: isRequired,
                example: example.flatMap(kind.text) ?? schema.impliedExample,
                defaultValue: defaultValue.flatMap(kind.text)))
    }
}

/// RFC 6901.
enum JSONPointer {
    /// Where the member called `name` of the object at `pointer` is.
    static func member(_ name: UTF8Text, of pointer: String) -> String {
        let isSpecial = { (byte: UInt8) in byte == UInt8(ascii: "~") || byte == UInt8(ascii: "/") }
        guard name.utf8.contains(where: isSpecial) else { return "\(pointer)/\(name)" }
        var escaped: [UInt8] = []
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "~"): escaped += "~0".utf8
            case UInt8(ascii: "/"): escaped += "~1".utf8
            default: escaped.append(byte)
            }
        }
        return "\(pointer)/\(String(decoding: escaped, as: UTF8.self))"
    }
}

/// What a partial update does to one field.
package enum Change<Value: Sendable>: Sendable {
    case keep
    case set(Value)

    /// The field's value after the update.
    package func applied(to old: Value) -> Value {
        switch self {
        case .keep: old
        case .set(let new): new
        }
    }

    /// The new value; nil when the field stays.
    package var value: Value? {
        switch self {
        case .keep: nil
        case .set(let new): new
        }
    }
}

extension Change: Equatable where Value: Equatable {}
