package import HTTPTypes
import Values

/// All that is known of an endpoint without running it.
package struct EndpointDescription: Sendable {
    package let method: HTTPRequest.Method
    package let path: PathTemplate
    /// In the order of the path's braces.
    let pathParameters: [PathParameterDescription]
    package let tag: EndpointTag
    package let summary: String
    package let details: String
    package let policy: Policy
    package let idempotency: Idempotency
    package let edit: EditPrecondition
    let query: ObjectSchema
    let body: ObjectSchema?
    /// What is taken in as a file; never beside a body of fields.
    var upload: UploadRules?
    let answer: AnswerDescription
    let declaredProblems: [ProblemType]
    let bodyLimit: Int?

    /// Every problem it can answer with: its own and those that come with what it declares.
    var problems: [ProblemType] {
        var types: [ProblemType] = declaredProblems + policy.problems
        if ![.get, .head].contains(method) { types += [.crossSiteRequest, .readOnlySession] }
        if idempotency == .required { types.append(.idempotencyKeyMissing) }
        if takesBody || idempotency != .none || edit != .none { types.append(.malformedRequest) }
        if query.properties.contains(where: { $0.name == "cursor" }) { types.append(.invalidCursor) }
        if !path.parameterNames.isEmpty { types.append(.notFound) }
        if idempotency != .none { types += [.idempotencyInProgress, .idempotencyKeyReused] }
        if edit == .ifMatch { types += [.versionMismatch, .preconditionRequired] }
        if takesBody { types += [.bodyTooLarge, .unsupportedMediaType] }
        types.append(.invalidInput)
        if policy.limit.count != nil { types.append(.rateLimited) }
        types += [.internalError, .unavailable, .outcomeUnknown]
        return Set(types).sorted { left, right in (left.status, left.slug) < (right.status, right.slug) }
    }

    /// Whether anything is read besides path, query and headers.
    var takesBody: Bool { body != nil || upload != nil }

    /// Whether what it answers depends on the languages that the caller wants.
    var isLocalised: Bool { query.properties.contains { $0.name == "locale" } }

    /// `post_orders_order_id_cancel`
    package var operationID: String {
        let segments = path.description.split(separator: "/")
        let words = segments.map { segment in segment.filter { $0 != "{" && $0 != "}" } }
        return ([method.rawValue.lowercased()] + words).joined(separator: "_")
    }
}

/// The successful answer.
struct AnswerDescription: Sendable {
    let status: HTTPResponse.Status
    /// Nil for no body.
    let schema: Schema?
    /// JSON text.
    let example: String?
    let isVersioned: Bool
    let hasLocation: Bool
    let setsCookies: Bool
    /// Whether caches may keep it.
    let isShared: Bool

    init<Output: APIOutput>(_ returns: Returns<Output>) {
        status = returns.status
        let hasBody = Output.self != NoContent.self
        schema = hasBody ? Output.schema : nil
        example = hasBody ? JSONWriter.text { Output.example.append(to: &$0) } : nil
        isVersioned = returns.version != nil
        hasLocation = returns.location != nil
        setsCookies = returns.cookies != nil
        isShared = returns.keys != nil
    }
}

/// A chapter of the documentation.
package struct EndpointTag: Sendable, Hashable {
    package let name: String
    package let description: String

    package init(_ name: String, _ description: String = "") {
        self.name = name
        self.description = description
    }
}
