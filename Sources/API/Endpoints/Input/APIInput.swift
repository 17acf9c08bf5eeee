import Core

/// The body or the query of an endpoint. One initializer parses, validates and describes:
///
///     struct PlaceOrder: APIInput {
///         let email: String
///         let lines: [Line]
///         let note: String?
///
///         init(_ fields: inout Fields) {
///             email = fields.required("email", .email, "Where keys and receipts go", example: "ada@example.org")
///             lines = fields.required("lines", .array(of: .object(Line.self), count: 1...100), "What is ordered")
///             note = fields.optional("note", .string(0...500), "A word to the vendor")
///         }
///     }
///
/// While a request is read every wrong field is collected and stands in with a harmless placeholder, so the initializer
/// must
/// only assign: no effects, no arithmetic that could trap, nothing that depends on another field's value. Rules across
/// fields
/// go through `fields.check`. The fields named must not depend on the values read.
package protocol APIInput: Sendable {
    /// The name of the schema; by default the type's name, which callers know without `View` or `Input`.
    static var schemaName: String { get }

    init(_ fields: inout Fields)
}

extension APIInput {
    package static var schemaName: String { SchemaName.of(Self.self) }

    /// What `init(_:)` asks for.
    static var objectSchema: ObjectSchema {
        var fields = Fields(describing: schemaName)
        _ = Self(&fields)
        return fields.schema
    }

    /// Reads the members of a JSON object or the parameters of a query.
    ///
    /// - Throws: every field that is wrong.
    static func read(_ members: [UTF8Text: FieldInput]) throws(InvalidFields) -> Self {
        var fields = Fields(reading: members, at: "")
        let value = Self(&fields)
        let problems = fields.finish()
        guard problems.isEmpty else { throw InvalidFields(problems: problems) }
        return value
    }
}

/// Input that does not satisfy its declaration.
struct InvalidFields: Error {
    var problems: FieldProblems
}

/// The body or query of an endpoint that takes none.
package struct NoInput: APIInput {
    package init() {}
    package init(_ fields: inout Fields) {}
}
