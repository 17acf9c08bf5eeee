import Core
import HTTPTypes
import Values

/// One endpoint as an OpenAPI operation.
struct OpenAPIOperation {
    let endpoint: EndpointDescription

    init(_ endpoint: EndpointDescription) {
        self.endpoint = endpoint
    }

    func write(to out: inout ObjectWriter) {
        out.field("operationId", endpoint.operationID)
        out.field("tags", [endpoint.tag.name])
        out.field("summary", endpoint.summary)
        out.field("description", description)
        endpoint.policy.writeSecurity(to: &out)
        let parameters = OpenAPIParameter.all(of: endpoint)
        if !parameters.isEmpty {
            out.member("parameters") { $0.writeArray(parameters) { writer, parameter in parameter.write(to: &writer) } }
        }
        if let body = endpoint.body {
            out.member("requestBody") { $0.writeObject { writeRequest(body, to: &$0) } }
        }
        if let upload = endpoint.upload {
            out.member("requestBody") { $0.writeObject { writeUpload(upload, to: &$0) } }
        }
        out.member("responses") { $0.writeObject(writeResponses) }
    }

    private var description: String {
        ([endpoint.details] + ["May be called by: \(endpoint.policy.summary)."]).filter { !$0.isEmpty }
            .joined(separator: "\n\n")
    }

    private func writeRequest(_ body: ObjectSchema, to out: inout ObjectWriter) {
        out.field("required", true)
        writeContent("application/json", schema: .object(body), example: body.example, to: &out)
    }

    /// Binary content is described by its media type alone.
    private func writeUpload(_ upload: UploadRules, to out: inout ObjectWriter) {
        out.field("description", "The file, at most \(upload.limit) bytes")
        out.field("required", true)
        out.member("content") { content in
            content.writeObject { content in
                for type in upload.contentTypes { content.member(type) { $0.writeObject { _ in } } }
            }
        }
    }

    private func writeResponses(_ out: inout ObjectWriter) {
        out.member("\(endpoint.answer.status.code)") { $0.writeObject(writeSuccess) }
        if endpoint.isTagged {
            out.member("304") { $0.writeObject { $0.field("description", "You have the current content already") } }
        }
        for (status, types) in Dictionary(grouping: endpoint.problems, by: \.status).sorted(by: { $0.key < $1.key }) {
            out.member("\(status)") { OpenAPIProblems(types: types).write(to: &$0) }
        }
    }

    private func writeSuccess(_ out: inout ObjectWriter) {
        out.field("description", endpoint.answer.status.reasonPhrase)
        let headers = OpenAPIHeader.ofSuccess(endpoint)
        out.member("headers") { $0.writeObject { out in headers.forEach { $0.write(to: &out) } } }
        guard let schema = endpoint.answer.schema else { return }
        writeContent("application/json", schema: schema, example: endpoint.answer.example, to: &out)
    }

    private func writeContent(_ type: String, schema: Schema, example: String?, to out: inout ObjectWriter) {
        out.member("content") { content in
            content.writeObject { content in
                content.member(type) { media in
                    media.writeObject { media in
                        media.member("schema") { SchemaJSON.write(schema, to: &$0) }
                        if let example { media.member("example") { $0.write(raw: example.utf8) } }
                    }
                }
            }
        }
    }
}

extension EndpointDescription {
    /// Whether answers carry an ETag that a reader may name in `If-None-Match`.
    var isTagged: Bool {
        method == .get && answer.status == .ok && (answer.isVersioned || policy.audience == .anyone)
    }
}

/// The problems of one status as an OpenAPI response.
struct OpenAPIProblems {
    let types: [ProblemType]

    func write(to writer: inout JSONWriter) {
        writer.writeObject { out in
            out.field("description", types.map { "\($0.title) (`\($0.slug)`)" }.joined(separator: ", "))
            out.member("content") { content in
                content.writeObject { content in
                    content.member("application/problem+json") { $0.writeObject(writeMedia) }
                }
            }
        }
    }

    private func writeMedia(_ out: inout ObjectWriter) {
        out.member("schema") { SchemaJSON.write(.object(ProblemRendering.schema), to: &$0) }
        out.member("examples") { examples in
            examples.writeObject { examples in
                for type in types {
                    examples.member(type.slug) { example in
                        example.writeObject {
                            $0.member("value") { $0.writeObject { Self.writeExample(type, to: &$0) } }
                        }
                    }
                }
            }
        }
    }

    private static func writeExample(_ type: ProblemType, to out: inout ObjectWriter) {
        out.field("type", type.uri)
        out.field("title", type.title)
        out.field("status", type.status)
        if !type.meaning.isEmpty { out.field("detail", type.meaning) }
        out.field("instance", "/api/v1/…")
        out.field("request_id", "req_0123456789abcdef0123456789abcdef")
        if type == .invalidInput { out.field("errors", [FieldProblem.example]) }
    }
}

/// A raw endpoint as an OpenAPI operation.
struct OpenAPIRawOperation {
    let endpoint: RawEndpointDescription

    init(_ endpoint: RawEndpointDescription) {
        self.endpoint = endpoint
    }

    func write(to out: inout ObjectWriter) {

        out.field("operationId", endpoint.anchor)
        out.field("tags", [endpoint.tag.name])
        out.field("summary", endpoint.summary)
        if !endpoint.details.isEmpty { out.field("description", endpoint.details) }
        endpoint.policy.writeSecurity(to: &out)
        if !endpoint.path.parameterNames.isEmpty {
            out.member("parameters") { parameters in
                parameters.writeArray(OpenAPIParameter.path(endpoint)) { $1.write(to: &$0) }
            }
        }
        if let type = endpoint.requestContentType {
            out.member("requestBody") { body in
                body.writeObject { body in
                    body.field("required", true)
                    Self.writeContent(type, to: &body)
                }
            }
        }
        out.member("responses") { $0.writeObject(writeResponses) }
    }

    private func writeResponses(_ out: inout ObjectWriter) {
        for response in endpoint.allResponses {
            out.member("\(response.status)") { writer in
                writer.writeObject { out in
                    out.field("description", response.meaning)
                    if let type = response.contentType { Self.writeContent(type, to: &out) }
                }
            }
        }
    }

    private static func writeContent(_ type: String, to out: inout ObjectWriter) {
        out.member("content") { content in
            content.writeObject { content in
                content.member(type) { media in
                    media.writeObject { media in
                        guard type == "application/problem+json" else { return }
                        media.member("schema") { SchemaJSON.write(.object(ProblemRendering.schema), to: &$0) }
                    }
                }
            }
        }
    }
}

extension RawEndpointDescription {
    /// Those declared and those that the policy and failures bring with them.
    var allResponses: [RawResponseDescription] {
        var implied: [ProblemType] = [.internalError, .unavailable]
        if !policy.isOpen { implied += policy.problems }
        if policy.limit.count != nil { implied.append(.rateLimited) }
        let declared = Set(responses.map(\.status))
        let added = implied.filter { !declared.contains($0.status) }.map {
            RawResponseDescription($0.status, $0.title, contentType: "application/problem+json")
        }
        return (responses + added).sorted { $0.status < $1.status }
    }
}
