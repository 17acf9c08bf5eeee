package import Core
package import Foundation
import Values

extension FieldKind where Value == Bool {
    package static var boolean: FieldKind {
        scalar(
            .boolean, called: "true or false", placeholder: false,
            json: { value in if case .bool(let flag) = value { flag } else { nil } },
            query: flag, text: { $0 ? "true" : "false" })
    }

    private static func flag(_ text: UTF8Text) -> Bool? {
        switch text {
        case "true": true
        case "false": false
        default: nil
        }
    }
}

extension FieldKind where Value: FixedWidthInteger & Sendable {
    /// A whole number within `range`.
    package static func integer(_ range: ClosedRange<Value>) -> FieldKind {
        scalar(
            .integer(minimum: Int64(clamping: range.lowerBound), maximum: Int64(clamping: range.upperBound)),
            called: "a whole number", placeholder: range.lowerBound,
            json: { $0.wholeNumber.map(Value.init(clamping:)) },
            query: { Int64($0.string).map(Value.init(clamping:)) }, text: { "\($0)" }
        ) { number, reading in
            guard let violation = RuleViolation.of(number, in: range) else { return true }
            reading.report(violation.code, violation.message)
            return false
        }
    }
}

extension FieldKind where Value == Double {
    /// A number that is finite.
    package static var number: FieldKind<Double> {
        scalar(
            .number, called: "a number", placeholder: 0, json: { $0.doubleValue }, query: { Double($0.string) },
            text: { number in JSONWriter.text { $0.write(number) } }
        ) { number, reading in
            guard !number.isFinite else { return true }
            reading.report("format", "must be a finite number")
            return false
        }
    }
}

extension JSONValue {
    /// The value as an integer; `1.0` and `1e2` are whole numbers too, as JSON Schema has it.
    var wholeNumber: Int64? {
        switch self {
        case .integer(let number): Int64(number)
        case .number(let number): Int64(exactly: number)
        default: nil
        }
    }
}

extension FieldKind where Value == Date {
    /// An RFC 3339 timestamp with an offset.
    package static var date: FieldKind<Date> {
        scalar(
            .dateTime, called: "an RFC 3339 timestamp such as 2026-01-31T12:00:00Z",
            placeholder: Date(timeIntervalSince1970: 0),
            json: { $0.textValue.flatMap { RFC3339.parse($0.string) } },
            query: { RFC3339.parse($0.string) }, text: { date in JSONWriter.text { $0.write(RFC3339.format(date)) } })
    }
}

extension FieldKind where Value == UUID {
    package static var uuid: FieldKind<UUID> {
        scalar(
            .uuid, called: "a UUID", placeholder: .zero,
            json: { $0.textValue.flatMap { UUID(uuidString: $0.string) } },
            query: { UUID(uuidString: $0.string) },
            text: { id in JSONWriter.text { $0.write(id.uuidString.lowercased()) } })
    }
}

extension FieldKind {
    /// The id of something, with its type's prefix: `ord_01j…`.
    package static func id<Subject: IdentifiedByTypeID & SendableMetatype>(_ subject: Subject.Type) -> FieldKind
    where Value == ID<Subject> {
        scalar(
            ID<Subject>.schema, called: "an id that begins with \(Subject.typePrefix)_",
            placeholder: ID(uuid: .zero),
            json: { $0.textValue.flatMap { ID($0.string) } },
            query: { ID($0.string) }, text: { id in JSONWriter.text { $0.write(id.description) } })
    }
}

extension UUID {
    /// The nil UUID (RFC 9562, section 5.9).
    fileprivate static var zero: UUID { UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)) }
}
