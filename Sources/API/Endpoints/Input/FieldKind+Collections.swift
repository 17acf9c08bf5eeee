package import Core
import Values

extension FieldKind where Value: APIInput {
    /// A nested object.
    package static func object(_ type: Value.Type) -> FieldKind {
        FieldKind(schema: { .object(Value.objectSchema) }, placeholder: { placeholder(of: type) }) { input, reading in
            guard case .json(.object(let members)) = input else {
                reading.report("type", "must be an object")
                return nil
            }
            var fields = Fields(reading: members.mapValues(FieldInput.json), at: reading.pointer)
            let value = Value(&fields)
            let problems = fields.finish()
            reading.report(problems)
            return problems.isEmpty ? value : nil
        } text: { _ in
            nil
        }
    }

    private static func placeholder(of type: Value.Type) -> Value {
        var fields = Fields(describing: type.schemaName)
        return Value(&fields)
    }
}

extension FieldKind {
    /// A list. As a query parameter or a field of a form: repeated.
    package static func array<Element>(
        of element: FieldKind<Element>, count: ClosedRange<Int> = 0...1000
    ) -> FieldKind where Value == [Element] {
        FieldKind(schema: { .array(items: element.schema(), count: count) }, placeholder: { [] }) { input, reading in
            guard let size = input.listSize else {
                reading.report("type", "must be a list")
                return nil
            }
            guard count.contains(size) else {
                reading.report(sizeOf: size, allowed: count)
                return nil
            }
            var elements: [Element] = []
            elements.reserveCapacity(size)
            for (index, input) in input.list.enumerated() {
                var nested = FieldReading(pointer: "\(reading.pointer)/\(index)")
                if let value = element.read(input, &nested) { elements.append(value) }
                reading.report(nested.problems)
            }
            return elements.count == size ? elements : nil
        } text: { elements in
            let texts = elements.compactMap(element.text)
            return texts.count == elements.count ? "[\(texts.joined(separator: ","))]" : nil
        }
    }

    /// An object whose names are data.
    package static func map<Element>(
        of element: FieldKind<Element>, count: ClosedRange<Int> = 0...100
    ) -> FieldKind where Value == [UTF8Text: Element] {
        FieldKind(schema: { .map(values: element.schema(), count: count) }, placeholder: { [:] }) { input, reading in
            guard case .json(.object(let members)) = input else {
                reading.report("type", "must be an object")
                return nil
            }
            guard count.contains(members.count) else {
                reading.report(sizeOf: members.count, allowed: count)
                return nil
            }
            var values: [UTF8Text: Element] = [:]
            for (name, member) in members.sorted(by: { $0.key < $1.key }) {
                var nested = FieldReading(pointer: JSONPointer.member(name, of: reading.pointer))
                values[name] = element.read(.json(member), &nested)
                reading.report(nested.problems)
            }
            return values.count == members.count ? values : nil
        } text: { values in
            let texts = values.sorted { $0.key < $1.key }.compactMap { name, value in
                element.text(value).map { "\(JSONWriter.text { $0.write(name.string) }):\($0)" }
            }
            return texts.count == values.count ? "{\(texts.joined(separator: ","))}" : nil
        }
    }

    /// A value or `null`.
    package static func nullable<Wrapped: Sendable>(_ wrapped: FieldKind<Wrapped>) -> FieldKind
    where Value == Wrapped? {
        FieldKind(schema: { .nullable(wrapped.schema()) }, placeholder: { nil }) { input, reading in
            if input.isNull { return .some(nil) }
            return wrapped.read(input, &reading).map(Optional.some)
        } text: { value in
            value.map(wrapped.text) ?? "null"
        }
    }
}

extension FieldInput {
    /// How many elements it has as a list; nil when it is none.
    fileprivate var listSize: Int? {
        switch self {
        case .json(.array(let values)): values.count
        case .json: nil
        case .query(let values), .form(let values): values.count
        }
    }

    fileprivate var list: [FieldInput] {
        switch self {
        case .json(.array(let values)): values.map(FieldInput.json)
        case .json: []
        case .query(let values): values.map { .query([$0]) }
        case .form(let values): values.map { .form([$0]) }
        }
    }
}

extension FieldReading {
    fileprivate mutating func report(sizeOf count: Int, allowed: ClosedRange<Int>) {
        if count < allowed.lowerBound {
            report(
                "too_few", "must have at least \(allowed.lowerBound) \(allowed.lowerBound == 1 ? "entry" : "entries")")
        } else {
            report(
                "too_many", "must have at most \(allowed.upperBound) \(allowed.upperBound == 1 ? "entry" : "entries")")
        }
    }
}
