/// Every named schema of an API once, for the document's components.
struct SchemaCatalog {
    private(set) var schemas: [String: ObjectSchema] = [:]
    /// Names that stand for different things.
    private(set) var conflicts: [String] = []

    init(_ endpoints: [EndpointDescription]) {
        add(.object(ProblemRendering.schema))
        for endpoint in endpoints {
            if let body = endpoint.body { add(.object(body)) }
            if let answer = endpoint.answer.schema { add(answer) }
            for property in endpoint.query.properties { add(property.schema) }
        }
    }

    var sorted: [ObjectSchema] { schemas.values.sorted { $0.name < $1.name } }

    private mutating func add(_ schema: Schema) {
        switch schema {
        case .object(let object):
            if !object.name.isEmpty {
                if let known = schemas[object.name] {
                    if known != object { conflicts.append("two different types are called \(object.name)") }
                    return
                }
                schemas[object.name] = object
            }
            for property in object.properties { add(property.schema) }
        case .array(let items, _): add(items)
        case .map(let values, _): add(values)
        case .nullable(let inner): add(inner)
        case .text, .integer, .number, .boolean, .any, .reference: break
        }
    }
}
