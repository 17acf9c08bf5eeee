package import HTTPTypes
package import Jobs

/// An endpoint that takes in a file: a body of any size up to its limit, which is put away as it arrives and never held in memory
/// as a whole. Everything that is true of an endpoint is true of it: policy, typed query, idempotency keys, limits, documentation.
///
///     static let upload = UploadEndpoint(
///         .post, "/media", tag: .media, summary: "Upload a file", policy: .require(.mediaUpload, on: .media),
///         idempotency: .required, query: MediaUploadQuery.self,
///         upload: UploadRules(contentTypes: ["image/png"], limit: 1 << 20), returns: .created(MediaView.self)
///     ) { request, upload, services in
///         try await services.media.stage(upload.body, as: upload.contentType)
///     } effect: { request, staged, work, services in
///         MediaView(try await services.media.add(staged, by: request.principal, in: work))
///     }
///
/// `receive` runs before anything is committed and once for each request, also for one whose key was used before; `effect` is one unit
/// of work, as an endpoint's is. What was received is told at the end what came of it.
package struct UploadEndpoint<Services: Sendable>: Sendable {
    /// Everything that can be told about it.
    package let description: EndpointDescription
    let rules: UploadRules

    /// Reads the input but for the body; what it returns takes that.
    let prepare: @Sendable (InboundCall) throws -> PreparedUpload<Services>

    /// - Parameters:
    ///   - path: Below the API's prefix; parameters in braces.
    ///   - parameters: The type of each path parameter, in order.
    ///   - policy: Who may call it. There is no default.
    ///   - idempotency: `.required` wherever something is created.
    ///   - upload: What may be sent.
    ///   - problems: The problem types of its own that either closure may throw.
    ///   - receive: Puts the body away.
    ///   - effect: What is committed; may run again after a serialization failure.
    package init<each Parameter: PathParameter, Query: APIInput, Received: ReceivedUpload, Output: APIOutput>(
        _ method: HTTPRequest.Method, _ path: String, _ parameters: repeat (each Parameter).Type, tag: EndpointTag,
        summary: String, description: String = "", policy: Policy, idempotency: Idempotency = .none,
        query: Query.Type, upload rules: UploadRules, returns: Returns<Output>, problems: [ProblemType] = [],
        receive:
            @escaping @Sendable (
                EndpointRequest<(repeat each Parameter), Query, NoInput>, InboundUpload, Services
            ) async throws -> Received,
        effect:
            @escaping @Sendable (
                EndpointRequest<(repeat each Parameter), Query, NoInput>, Received, UnitOfWork, Services
            ) async throws -> Output
    ) {
        let pathParameters = PathParameterDescription.all(repeat each parameters)
        self.rules = rules
        self.description = EndpointDescription(
            method: method, path: PathTemplate(path), pathParameters: pathParameters, tag: tag, summary: summary,
            details: description, policy: policy, idempotency: idempotency, edit: .none, query: query.objectSchema,
            body: nil, upload: rules, answer: AnswerDescription(returns), declaredProblems: problems,
            bodyLimit: rules.limit)
        prepare = { call in
            var segments = call.pathSegments.makeIterator()
            let path = (repeat try PathParameterReading.next((each Parameter).self, from: &segments))
            let (query, none) = try call.input(query, NoInput.self, readsBody: false)
            return PreparedUpload { context, upload, services in
                let request = EndpointRequest(path: path, query: query, body: none, context: context)
                let received = try await receive(request, upload, services)
                return ReceivedCall(
                    digest: received.digest, settle: received.settle,
                    call: .effect { _, work, services in
                        try returns.answer(with: try await effect(request, received, work, services))
                    })
            }
        }
    }
}

/// What may be sent to an endpoint that takes in a file.
package struct UploadRules: Sendable, Hashable {
    /// Media types in lower case, without parameters.
    package let contentTypes: [String]
    /// Bytes at most.
    package let limit: Int

    package init(contentTypes: [String], limit: Int) {
        self.contentTypes = contentTypes
        self.limit = limit
    }
}

/// What became of a body that was put away.
package protocol ReceivedUpload: Sendable {
    /// Tells its content from any other: a repetition with other content is another request.
    var digest: [UInt8] { get }

    /// Called once, when the request has been answered for.
    func settle(_ outcome: UploadOutcome) async
}

/// What came of a request with a body that was put away.
package enum UploadOutcome: Sendable, Equatable {
    /// The effect is committed.
    case committed
    /// There was none: the request was refused, or is a repetition of one that was answered.
    case unused
    /// The effect may be committed or not.
    case unknown
}

/// An upload whose input is read, but for the body.
struct PreparedUpload<Services: Sendable>: Sendable {
    let receive: @Sendable (CallContext, InboundUpload, Services) async throws -> ReceivedCall<Services>
}

/// An upload whose body is put away.
struct ReceivedCall<Services: Sendable>: Sendable {
    let digest: [UInt8]
    let settle: @Sendable (UploadOutcome) async -> Void
    let call: PreparedCall<Services>
}
