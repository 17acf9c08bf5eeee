import Core

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
    /// A list. As a query parameter: the parameter repeated.
    package static func array<Element>(
        of element: FieldKind<Element>, count: ClosedRange<Int> = 0...1000
    ) -> FieldKind where Value == [Element] {
        FieldKind(schema: { .array(items: element.schema(), count: count) }, placeholder: { [] }) { input, reading in
            let inputs: [FieldInput]
            switch input {
            case .json(.array(let values)): inputs = values.map(FieldInput.json)
            case .json:
                reading.report("type", "must be a list")
                return nil
            case .query(let values): inputs = values.map { .query([$0]) }
            }
            guard count.contains(inputs.count) else {
                reading.report(sizeOf: inputs.count, allowed: count)
                return nil
            }
            var elements: [Element] = []
            elements.reserveCapacity(inputs.count)
            for (index, input) in inputs.enumerated() {
                var nested = FieldReading(pointer: "\(reading.pointer)/\(index)")
                if let value = element.read(input, &nested) { elements.append(value) }
                reading.report(nested.problems)
            }
            return elements.count == inputs.count ? elements : nil
        } text: { elements in
            let texts = elements.compactMap(element.text)
            return texts.count == elements.count ? "[\(texts.joined(separator: ","))]" : nil
        }
    }

    /// An object whose names are data.
    package static func map<Element>(
        of element: FieldKind<Element>, count: ClosedRange<Int> = 0...100
    ) -> FieldKind where Value == [String: Element] {
        FieldKind(schema: { .map(values: element.schema(), count: count) }, placeholder: { [:] }) { input, reading in
            guard case .json(.object(let members)) = input else {
                reading.report("type", "must be an object")
                return nil
            }
            guard count.contains(members.count) else {
                reading.report(sizeOf: members.count, allowed: count)
                return nil
            }
            var values: [String: Element] = [:]
            for (name, member) in members.sorted(by: { $0.key < $1.key }) {
                var nested = FieldReading(pointer: "\(reading.pointer)/\(name)")
                values[name] = element.read(.json(member), &nested)
                reading.report(nested.problems)
            }
            return values.count == members.count ? values : nil
        } text: { values in
            let texts = values.sorted { $0.key < $1.key }.compactMap { name, value in
                element.text(value).map { "\(JSONWriter.text { $0.write(name) }):\($0)" }
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
