package import Foundation
package import Values

/// What may stand as a member of an output: knows its bytes and its schema.
package protocol OutputValue: Sendable {
    static var schema: Schema { get }
    /// Writes exactly one JSON value.
    func append(to writer: inout JSONWriter)
}

extension String: OutputValue {
    package static var schema: Schema { .text(TextSchema()) }
    package func append(to writer: inout JSONWriter) { writer.write(self) }
}

extension Bool: OutputValue {
    package static var schema: Schema { .boolean }
    package func append(to writer: inout JSONWriter) { writer.write(self) }
}

extension Int: OutputValue {
    package static var schema: Schema { .integer(minimum: nil, maximum: nil) }
    package func append(to writer: inout JSONWriter) { writer.write(self) }
}

extension Int64: OutputValue {
    package static var schema: Schema { .integer(minimum: nil, maximum: nil) }
    package func append(to writer: inout JSONWriter) { writer.write(self) }
}

extension Double: OutputValue {
    package static var schema: Schema { .number }
    package func append(to writer: inout JSONWriter) { writer.write(self) }
}

extension UUID: OutputValue {
    package static var schema: Schema { .uuid }
    package func append(to writer: inout JSONWriter) { writer.write(uuidString.lowercased()) }
}

extension Date: OutputValue {
    package static var schema: Schema { .dateTime }
    /// UTC with milliseconds.
    package func append(to writer: inout JSONWriter) { writer.write(RFC3339.format(self)) }
}

extension Array: OutputValue where Element: OutputValue {
    package static var schema: Schema { .array(items: Element.schema, count: nil) }
    package func append(to writer: inout JSONWriter) {
        writer.writeArray(self) { writer, element in element.append(to: &writer) }
    }
}

/// JSON that exists already as text, for instance a `jsonb` column; sent as it is.
package struct JSONText: OutputValue {
    package let bytes: [UInt8]

    /// `bytes` must be one valid JSON value.
    package init(bytes: [UInt8]) { self.bytes = bytes }

    package static var schema: Schema { .any }
    package func append(to writer: inout JSONWriter) { writer.write(raw: bytes) }
}

/// Gives an enumeration of strings its wire form without a conformance of its own.
struct EnumerationValue<Value: RawRepresentable & CaseIterable & Sendable>: OutputValue where Value.RawValue == String {
    let value: Value

    static var schema: Schema { .text(TextSchema(cases: Value.allCases.map(\.rawValue), isOpen: true)) }
    func append(to writer: inout JSONWriter) { writer.write(value.rawValue) }
}
