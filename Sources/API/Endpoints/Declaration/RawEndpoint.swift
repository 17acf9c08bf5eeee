package import HTTPTypes
package import Hummingbird
package import Identity
import Logging

/// An operation that reads and writes HTTP by itself, such as webhooks. Nothing stands between it and the socket but the
/// policy, and a policy of `.anyone(.unlimited)` costs nothing: no request id, no log line, no compression.
///
///     static let robots = RawEndpoint(
///         .get, "/robots.txt", tag: .pages, summary: "What crawlers may read", policy: .anyone(.unlimited),
///         responses: [.init(200, "The rules", contentType: "text/plain")]
///     ) { _, _, _ in Response(status: .ok, body: .init(byteBuffer: ByteBuffer(string: "User-agent: *"))) }
package struct RawEndpoint<Services: Sendable>: Sendable {
    package typealias Handler = @Sendable (Request, APIRequestContext, Services) async throws -> Response

    /// The same for a handler that wants to know who calls.
    package typealias AdmittedHandler =
        @Sendable (Request, APIRequestContext, Principal, Services) async throws -> Response

    package let description: RawEndpointDescription
    /// Who calls is known where the policy looks at it.
    let handler: @Sendable (Request, APIRequestContext, Principal?, Services) async throws -> Response

    /// - Parameters:
    ///   - path: From the root; the API's prefix is not put before it.
    ///   - request: The content type of the body it takes, if any.
    ///   - handler: Errors that it throws become problem documents, as everywhere.
    package init(
        _ method: HTTPRequest.Method, _ path: String, tag: EndpointTag, summary: String, description: String = "",
        policy: Policy, request: String? = nil, responses: [RawResponseDescription], handler: @escaping Handler
    ) {
        self.description = RawEndpointDescription(
            method: method, path: PathTemplate(path), tag: tag, summary: summary, details: description, policy: policy,
            requestContentType: request, responses: responses)
        self.handler = { request, context, _, services in try await handler(request, context, services) }
    }

    /// The same with whoever was let in; the policy has to have a limit, or nobody asks who it is.
    package init(
        _ method: HTTPRequest.Method, _ path: String, tag: EndpointTag, summary: String, description: String = "",
        policy: Policy, responses: [RawResponseDescription], admitting handler: @escaping AdmittedHandler
    ) {
        self.description = RawEndpointDescription(
            method: method, path: PathTemplate(path), tag: tag, summary: summary, details: description, policy: policy,
            requestContentType: nil, responses: responses)
        self.handler = { request, context, principal, services in
            guard let principal else { throw ProblemType.unauthorized.problem() }
            return try await handler(request, context, principal, services)
        }
    }

    init(_ description: RawEndpointDescription, handler: @escaping Handler) {
        self.description = description
        self.handler = { request, context, _, services in try await handler(request, context, services) }
    }
}

/// All that is known of a raw endpoint without running it.
package struct RawEndpointDescription: Sendable {
    package let method: HTTPRequest.Method
    package let path: PathTemplate
    package let tag: EndpointTag
    package let summary: String
    package let details: String
    package let policy: Policy
    let requestContentType: String?
    let responses: [RawResponseDescription]
}

/// One status that a raw endpoint answers with.
package struct RawResponseDescription: Sendable {
    package let status: Int
    package let meaning: String
    /// Nil for no body.
    package let contentType: String?

    package init(_ status: Int, _ meaning: String, contentType: String? = nil) {
        self.status = status
        self.meaning = meaning
        self.contentType = contentType
    }
}
