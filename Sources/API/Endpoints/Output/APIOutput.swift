package import Values

/// A JSON object that an endpoint answers with. One `write` serves for both the bytes and the documented schema:
///
///     struct PlacedOrder: APIOutput {
///         let id: ID<Order>
///         let state: OrderState
///         let note: String?
///
///         static let example = PlacedOrder(id: .example, state: .placed, note: nil)
///
///         func write(to out: inout ObjectWriter) {
///             out.field("id", id, "The order")
///             out.field("state", state, "Where it stands")
///             out.field("note", note, "What the customer wrote")
///         }
///     }
///
/// The members named must not depend on the value (use an optional for what may be missing).
package protocol APIOutput: OutputValue {
    /// Shown in the documentation; must satisfy every rule that real answers do.
    static var example: Self { get }

    /// The name of the schema; by default the type's name, which callers know without `View` or `Input`. Two types with one name are refused when the document is
    /// built.
    static var schemaName: String { get }

    /// Writes the members.
    func write(to out: inout ObjectWriter)
}

extension APIOutput {
    package static var schemaName: String { SchemaName.of(Self.self) }

    package static var schema: Schema {
        let recorder = SchemaRecorder()
        var json = JSONWriter()
        var object = ObjectWriter(taking: &json, recorder: recorder)
        example.write(to: &object)
        return .object(ObjectSchema(name: schemaName, properties: recorder.properties, isClosed: false))
    }

    package func append(to writer: inout JSONWriter) {
        var object = ObjectWriter(taking: &writer, recorder: nil)
        write(to: &object)
        object.finish(into: &writer)
    }
}

/// The answer of an endpoint that has nothing to say: no body at all.
package struct NoContent: APIOutput {
    package init() {}
    package static let example = NoContent()
    package func write(to out: inout ObjectWriter) {}
}
