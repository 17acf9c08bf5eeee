import HTTPTypes
import Values

/// A parameter of an operation.
struct OpenAPIParameter {
    let name: String
    let place: String
    let isRequired: Bool
    let description: String
    let schema: Schema
    var property: ObjectSchema.Property?
    /// JSON text.
    var example: String?

    static func all(of endpoint: EndpointDescription) -> [OpenAPIParameter] {
        path(endpoint) + query(endpoint) + headers(endpoint)
    }

    private static func path(_ endpoint: EndpointDescription) -> [OpenAPIParameter] {
        zip(endpoint.path.parameterNames, endpoint.pathParameters).map { name, parameter in
            OpenAPIParameter(
                name: name, place: "path", isRequired: true, description: "", schema: parameter.schema,
                example: JSONWriter.text { $0.write(parameter.example) })
        }
    }

    /// Of what takes its path apart itself.
    static func path(_ endpoint: RawEndpointDescription) -> [OpenAPIParameter] {
        endpoint.path.parameterNames.map { name in
            OpenAPIParameter(
                name: name, place: "path", isRequired: true, description: "", schema: .text(TextSchema(length: 1...100))
            )
        }
    }

    private static func query(_ endpoint: EndpointDescription) -> [OpenAPIParameter] {
        endpoint.query.properties.map { property in
            OpenAPIParameter(
                name: property.name, place: "query", isRequired: property.isRequired, description: property.description,
                schema: property.schema.withoutNull, property: property)
        }
    }

    private static func headers(_ endpoint: EndpointDescription) -> [OpenAPIParameter] {
        var parameters: [OpenAPIParameter] = []
        if endpoint.idempotency != .none {
            parameters.append(
                OpenAPIParameter(
                    name: "Idempotency-Key", place: "header", isRequired: endpoint.idempotency == .required,
                    description: "A fresh UUID for each new intention; the same one when you repeat it.",
                    schema: .text(RequestHeaders.idempotencyKeySchema)))
        }
        if endpoint.edit == .ifMatch {
            parameters.append(
                OpenAPIParameter(
                    name: "If-Match", place: "header", isRequired: true,
                    description: "The ETag of the version that you edit, or `*` for whichever it is.",
                    schema: .text(TextSchema(pattern: "^(\\*|(W/)?\"[0-9]+\")$")), example: "\"\\\"7\\\"\""))
        }
        if endpoint.isLocalised {
            parameters.append(
                OpenAPIParameter(
                    name: "Accept-Language", place: "header", isRequired: false,
                    description: "The languages that are wanted, where `locale` names none.", schema: .string()))
        }
        if endpoint.isTagged {
            parameters.append(
                OpenAPIParameter(
                    name: "If-None-Match", place: "header", isRequired: false,
                    description: "The ETag of the content that you have.", schema: .text(TextSchema())))
        }
        return parameters
    }

    func write(to writer: inout JSONWriter) {
        writer.writeObject { out in
            out.field("name", name)
            out.field("in", place)
            out.field("required", isRequired)
            if !description.isEmpty { out.field("description", description) }
            out.member("schema") { SchemaJSON.write(schema, property: property, to: &$0) }
            if let example { out.member("example") { $0.write(raw: example.utf8) } }
        }
    }
}

/// A header of a response.
struct OpenAPIHeader {
    let name: String
    let description: String
    var schema = Schema.text(TextSchema())

    static func ofSuccess(_ endpoint: EndpointDescription) -> [OpenAPIHeader] {
        var headers = [OpenAPIHeader(name: "X-Request-Id", description: "Names this request; yours if you sent one")]
        if endpoint.answer.isVersioned || endpoint.isTagged {
            headers.append(OpenAPIHeader(name: "ETag", description: "The version of the content"))
        }
        if endpoint.answer.hasLocation {
            headers.append(OpenAPIHeader(name: "Location", description: "The path of what was created"))
        }
        if endpoint.idempotency != .none {
            headers.append(OpenAPIHeader(name: "Idempotent-Replayed", description: "`true` on a repeated answer"))
        }
        if endpoint.policy.limit.count != nil {
            let whole = Schema.integer(minimum: 0, maximum: nil)
            headers += [
                OpenAPIHeader(name: "RateLimit-Limit", description: "Calls per window", schema: whole),
                OpenAPIHeader(name: "RateLimit-Remaining", description: "Calls left now", schema: whole),
                OpenAPIHeader(name: "RateLimit-Reset", description: "Seconds until all are back", schema: whole),
            ]
        }
        return headers
    }

    func write(to out: inout ObjectWriter) {
        out.member(name) { header in
            header.writeObject { header in
                header.field("description", description)
                header.member("schema") { SchemaJSON.write(schema, to: &$0) }
            }
        }
    }
}
