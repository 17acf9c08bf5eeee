package import Core
import HTTPTypes
import Hummingbird
import Metrics
import NIOCore
import Values

/// Problem documents (RFC 9457).
enum ProblemRendering {
    static func answer(_ problem: Problem, path: String, requestID: String) -> Answer {
        Counter(label: "http_problems_total", dimensions: [("type", problem.type)]).increment()
        var writer = JSONWriter(reservingCapacity: 512)
        writer.writeObject { out in
            for (name, value) in problem.extensions.sorted(by: { $0.key < $1.key }) where !reserved.contains(name) {
                out.member(name) { value.append(to: &$0) }
            }
            out.field("type", ProblemType(problem).uri)
            out.field("title", problem.title)
            out.field("status", problem.status)
            out.field(ifPresent: "detail", problem.detail)
            out.field("instance", path)
            out.field("request_id", requestID)
            if !problem.fields.isEmpty {
                out.field("errors", problem.fields)
                out.field("error_count", problem.fieldCount)
            }
        }
        var answer = Answer(status: HTTPResponse.Status(code: problem.status))
        answer.headers[.contentType] = "application/problem+json"
        answer.headers[.cacheControl] = "no-store"
        if problem.status == 401 { answer.headers[.wwwAuthenticate] = "Bearer" }
        answer.body = ByteBuffer(bytes: writer.bytes)
        return answer
    }

    private static let reserved: Set<String> = [
        "type", "title", "status", "detail", "instance", "request_id", "errors", "error_count",
    ]

    /// The schema of every problem document.
    static let schema = ObjectSchema(
        name: "Problem",
        properties: [
            property(
                "type", .text(TextSchema(format: "uri")), "Names the kind of problem; stable",
                "\"urn:haat:problem:not-found\""),
            property("title", .text(TextSchema()), "The kind of problem in a few words", "\"Not found\""),
            property("status", .integer(minimum: 400, maximum: 599), "The HTTP status", "404"),
            property("detail", .text(TextSchema()), "What happened this time", nil, isRequired: false),
            property("instance", .text(TextSchema()), "The path that was called", "\"/api/v1/orders\""),
            property("request_id", .text(TextSchema()), "Quote it when you ask for help", "\"req_0123456789abcdef\""),
            property(
                "errors", .array(items: FieldProblem.schema, count: 1...FieldProblems.limit),
                "The fields that are wrong, the first \(FieldProblems.limit) of them", nil, isRequired: false),
            property(
                "error_count", .integer(minimum: 1, maximum: nil), "How many fields are wrong; beside `errors`", "1",
                isRequired: false),
        ], isClosed: false)

    private static func property(
        _ name: String, _ schema: Schema, _ description: String, _ example: String?, isRequired: Bool = true
    ) -> ObjectSchema.Property {
        ObjectSchema.Property(
            name: name, schema: schema, description: description, isRequired: isRequired, example: example)
    }
}

extension FieldProblem: APIOutput {
    package static var example: FieldProblem {
        FieldProblem(pointer: "/lines/0/quantity", code: "minimum", message: "must be at least 1")
    }

    package func write(to out: inout ObjectWriter) {
        out.field("pointer", pointer, "Where it is: a JSON Pointer into the body, or `/name` of a query parameter")
        out.field("code", code, "The kind of mistake; stable")
        out.field("message", message, "In words, continuing the field’s name")
    }
}
