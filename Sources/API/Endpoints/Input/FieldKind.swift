package import Core

/// A raw value before a field's kind reads it.
package enum FieldInput: Sendable {
    case json(JSONValue)
    /// The values of a query parameter, percent-decoded, in the order they came; never empty.
    case query([UTF8Text])
    /// The values of a form's field, decoded, in the order they came; never empty.
    case form([UTF8Text])

    /// Whether it says that there is no value.
    var isNull: Bool {
        if case .json(.null) = self { true } else { isBlank }
    }

    /// Whether it is a field of a form that was left empty: browsers send those, too.
    var isBlank: Bool {
        if case .form(let values) = self { values.count == 1 && values[0].isEmpty } else { false }
    }
}

/// One field while it is read: where it is and what is wrong with it.
package struct FieldReading {
    let pointer: String
    private(set) var problems = FieldProblems()

    init(pointer: String) {
        self.pointer = pointer
    }

    /// Records that the field is wrong. `message` continues the field's name: "must be …".
    mutating func report(_ code: String, _ message: @autoclosure () -> String) {
        let pointer = pointer
        problems.append(FieldProblem(pointer: pointer, code: code, message: message()))
    }

    mutating func report(_ others: FieldProblems) {
        problems.append(contentsOf: others)
    }
}

/// What a field may hold: how it is read, described and shown. Kinds compose: `.array(of: .object(Line.self))`,
/// `.nullable(.date)`, `.map(of: .string(1...40))`.
package struct FieldKind<Value: Sendable>: Sendable {
    let schema: @Sendable () -> Schema
    /// Stands in for a value that is wrong.
    let placeholder: @Sendable () -> Value
    /// Nil after having reported at least one problem.
    let read: @Sendable (FieldInput, inout FieldReading) -> Value?
    /// A value as JSON text, for examples and defaults; nil for kinds whose example follows from their fields.
    let text: @Sendable (Value) -> String?

    /// The same kind for values of another type; a `transform` that gives nil is reported with `message`.
    package func map<Other: Sendable>(
        _ message: String, code: String = "format", placeholder: @escaping @autoclosure @Sendable () -> Other,
        to transform: @escaping @Sendable (Value) -> Other?, from reverse: @escaping @Sendable (Other) -> Value
    ) -> FieldKind<Other> {
        FieldKind<Other>(schema: schema, placeholder: placeholder) { input, reading in
            guard let value = read(input, &reading) else { return nil }
            guard let other = transform(value) else {
                reading.report(code, message)
                return nil
            }
            return other
        } text: { other in
            text(reverse(other))
        }
    }
}

extension FieldKind {
    /// A kind written as one JSON scalar, one query parameter or one field of a form.
    static func scalar(
        _ schema: @escaping @autoclosure @Sendable () -> Schema, called noun: String,
        placeholder: @escaping @autoclosure @Sendable () -> Value,
        json: @escaping @Sendable (JSONValue) -> Value?, query: @escaping @Sendable (UTF8Text) -> Value?,
        text: @escaping @Sendable (Value) -> String?,
        check: @escaping @Sendable (Value, inout FieldReading) -> Bool = { _, _ in true }
    ) -> FieldKind {
        FieldKind(schema: schema, placeholder: placeholder) { input, reading in
            let parsed: Value?
            switch input {
            case .json(let value): parsed = json(value)
            case .query(let values), .form(let values):
                guard values.count == 1, let only = values.first else {
                    reading.report("repeated", "must be given once")
                    return nil
                }
                parsed = query(only)
            }
            guard let parsed else {
                reading.report("type", "must be \(noun)")
                return nil
            }
            return check(parsed, &reading) ? parsed : nil
        } text: { value in
            text(value)
        }
    }
}
