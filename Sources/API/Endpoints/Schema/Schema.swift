import Values

/// What a value may be on the wire: the part of JSON Schema 2020-12 that the declarations can express. The OpenAPI
/// document and
/// the documentation page are both written from it.
package indirect enum Schema: Sendable, Equatable {
    case text(TextSchema)
    case integer(minimum: Int64?, maximum: Int64?)
    case number
    case boolean
    case array(items: Schema, count: ClosedRange<Int>?)
    /// An object whose names are data: every value has the one schema.
    case map(values: Schema, count: ClosedRange<Int>?)
    case object(ObjectSchema)
    /// Any JSON value at all.
    case any
    case nullable(Schema)
    /// A named object inside its own definition.
    case reference(String)
}

/// The constraints of a string. Lengths count Unicode scalars, as JSON Schema does.
package struct TextSchema: Sendable, Equatable {
    package var length: ClosedRange<Int>?
    /// An ECMA-262 regular expression, anchored.
    package var pattern: String?
    package var format: String?
    /// The values there are, in their declared order.
    package var cases: [String]?
    /// Whether later versions may have further values (output) or these are the only ones allowed (input).
    package var isOpen: Bool

    package init(
        length: ClosedRange<Int>? = nil, pattern: String? = nil, format: String? = nil, cases: [String]? = nil,
        isOpen: Bool = false
    ) {
        self.length = length
        self.pattern = pattern
        self.format = format
        self.cases = cases
        self.isOpen = isOpen
    }
}

/// An object with known members, in the order they were declared.
package struct ObjectSchema: Sendable, Equatable {
    /// The name under which it is listed in the document's components; the Swift type's name.
    package var name: String
    package var properties: [Property]
    /// Whether names that are not listed are refused (input) or merely not promised (output).
    package var isClosed: Bool

    /// One member of an object.
    package struct Property: Sendable, Equatable {
        package var name: String
        package var schema: Schema
        package var description: String
        package var isRequired: Bool
        /// JSON text.
        package var example: String?
        /// JSON text.
        package var defaultValue: String?
    }

    /// An example as JSON text, composed of the members' examples; nil when a required member has none.
    package var example: String? {
        var members: [String] = []
        for property in properties {
            guard let value = property.example ?? property.schema.impliedExample else {
                if property.isRequired { return nil }
                continue
            }
            members.append("\(JSONWriter.text { $0.write(property.name) }):\(value)")
        }
        return "{\(members.joined(separator: ","))}"
    }
}

extension Schema {
    /// An example that follows from the schema alone, where one does.
    var impliedExample: String? {
        switch self {
        case .object(let object): object.example
        case .array(let items, _): items.impliedExample.map { "[\($0)]" }
        case .map: "{}"
        case .nullable(let schema): schema.impliedExample
        case .boolean: "true"
        case .text(let text): text.cases?.first.map { first in JSONWriter.text { $0.write(first) } }
        case .integer, .number, .any, .reference: nil
        }
    }

    /// The schema of an opaque token or other free text of reasonable length.
    static func string(_ length: ClosedRange<Int>? = nil) -> Schema { .text(TextSchema(length: length)) }

    static let dateTime = Schema.text(TextSchema(format: "date-time"))

    static let uuid = Schema.text(TextSchema(format: "uuid"))
}

/// The names by which callers know types.
enum SchemaName {
    /// `Order` of `OrderView`, `OrderCreate` of `OrderCreateInput`.
    static func of(_ type: Any.Type) -> String {
        let name = String(describing: type)
        let suffix = ["View", "Input"].first { name.utf8.count > $0.utf8.count && name.hasSuffix($0) }
        return String(name.dropLast(suffix?.count ?? 0))
    }
}
