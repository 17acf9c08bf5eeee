package import HTTPTypes
package import Jobs

/// One operation of the API as a value. The router, the policy check, validation, the OpenAPI document and the
/// documentation
/// page all come from it, so none can drift from another.
///
/// A module that declares endpoints names its services once and then writes:
///
///     typealias Endpoint = Endpoints.Endpoint<CommerceServices>
///
///     enum OrderEndpoints {
///         static let create = Endpoint(
///             .post, "/orders", tag: .orders, summary: "Place an order",
///             policy: .anyone(.perClient(60, per: .minute)), idempotency: .required,
///             body: PlaceOrder.self, returns: .created(PlacedOrder.self),
///             problems: [.insufficientStock, .unknownVariant]
///         ) { request, work, services in
///             PlacedOrder(try await services.orders.place(request.body.order, in: work))
///         }
///
///         static let read = Endpoint(
///             .get, "/orders/{order_id}", ID<Order>.self, tag: .orders, summary: "Read an order",
///             policy: .require(.ordersRead, on: .order), returns: .ok(OrderView.self)
///         ) { request, services in
///             OrderView(try await services.orders.find(request.path))
///         }
///
///         static let rename = Endpoint(
///             .patch, "/products/{product_id}", ID<Product>.self, tag: .catalog, summary: "Edit a product",
///             policy: .require(.productsUpdate, on: .product), edit: .ifMatch, body: EditProduct.self,
///             returns: .ok(ProductView.self, version: \.version)
///         ) { request, work, services in
///             let version = request.expectedVersion
///             return ProductView(
///                 try await services.catalog.edit(request.path, request.body, expecting: version, in: work))
///         }
///     }
///
/// Path parameters are typed by the types after the path, in the order of the braces: `request.path` is the one value,
/// or the
/// tuple of several. `query:` and `body:` are `APIInput`s (`request.query`, `request.body`), the answer is an
/// `APIOutput`.
/// Errors that are `ProblemConvertible` become problem details; list their types in `problems` so that they are
/// documented.
/// What every endpoint may answer (401, 404 for a malformed path, 413, 415, 422, 429, 503 …) is added by itself.
package struct Endpoint<Services: Sendable>: Sendable {
    /// Everything that can be told about it.
    package let description: EndpointDescription

    /// Reads the input; the closure that it returns does the work.
    let prepare: @Sendable (InboundCall) throws -> PreparedCall<Services>

    /// An endpoint that reads, or whose work can be repeated without a key.
    ///
    /// - Parameters:
    ///   - path: Below the API's prefix; parameters in braces: `/orders/{order_id}`.
    ///   - parameters: The type of each path parameter, in order.
    ///   - policy: Who may call it. There is no default.
    ///   - edit: Whether `If-Match` is demanded; the version goes to `request.expectedVersion`.
    ///   - problems: The problem types of its own that the handler may throw.
    ///   - bodyLimit: Bytes; nil for the API's limit.
    package init<each Parameter: PathParameter, Query: APIInput, Body: APIInput, Output: APIOutput>(
        _ method: HTTPRequest.Method, _ path: String, _ parameters: repeat (each Parameter).Type, tag: EndpointTag,
        summary: String, description: String = "", policy: Policy,
        edit: EditPrecondition = .none, query: Query.Type, body: Body.Type, returns: Returns<Output>,
        problems: [ProblemType] = [], bodyLimit: Int? = nil,
        handler:
            @escaping @Sendable (EndpointRequest<(repeat each Parameter), Query, Body>, Services) async throws -> Output
    ) {
        self.init(
            method, path, repeat each parameters, tag: tag, summary: summary, description: description, policy: policy,
            idempotency: .none, edit: edit, query: query, body: body, returns: returns, problems: problems,
            bodyLimit: bodyLimit
        ) { makeRequest in
            .handling { context, services in
                try returns.answer(with: try await handler(makeRequest(context), services))
            }
        }
    }

    /// An endpoint that asks a provider between the transactions of its work. Its key is leased: the first transaction takes it,
    /// and the one that finishes gives it its answer. What lies between has to bear being done again after a crash.
    ///
    /// - Parameters:
    ///   - idempotency: Whether `Idempotency-Key` is read.
    ///   - handler: Commits with `claim.withUnitOfWork`, the last time with `claim.finish`; where it first asks a provider,
    ///     `claim.hold()` comes before.
    package init<each Parameter: PathParameter, Query: APIInput, Body: APIInput, Output: APIOutput>(
        _ method: HTTPRequest.Method, _ path: String, _ parameters: repeat (each Parameter).Type, tag: EndpointTag,
        summary: String, description: String = "", policy: Policy, lease idempotency: Idempotency,
        edit: EditPrecondition = .none, query: Query.Type, body: Body.Type, returns: Returns<Output>,
        problems: [ProblemType] = [], bodyLimit: Int? = nil,
        handler:
            @escaping @Sendable (
                EndpointRequest<(repeat each Parameter), Query, Body>, RequestClaim<Output>, Services
            ) async throws -> Output
    ) {
        self.init(
            method, path, repeat each parameters, tag: tag, summary: summary, description: description, policy: policy,
            idempotency: idempotency, edit: edit, query: query, body: body, returns: returns, problems: problems,
            bodyLimit: bodyLimit
        ) { makeRequest in
            .leased { context, lease, services in
                let claim = RequestClaim<Output>(lease: lease) { try returns.answer(with: $0) }
                return try claim.render(try await handler(makeRequest(context), claim, services))
            }
        }
    }

    /// An endpoint whose effect is one unit of work: what the handler writes, the jobs that it causes and the answer under an
    /// idempotency key are committed together. The handler may run again after a serialization failure.
    ///
    /// - Parameter idempotency: `.required` wherever something is created or money moves.
    package init<each Parameter: PathParameter, Query: APIInput, Body: APIInput, Output: APIOutput>(
        _ method: HTTPRequest.Method, _ path: String, _ parameters: repeat (each Parameter).Type, tag: EndpointTag,
        summary: String, description: String = "", policy: Policy, idempotency: Idempotency = .none,
        edit: EditPrecondition = .none, query: Query.Type, body: Body.Type, returns: Returns<Output>,
        problems: [ProblemType] = [], bodyLimit: Int? = nil,
        effect:
            @escaping @Sendable (
                EndpointRequest<(repeat each Parameter), Query, Body>, UnitOfWork, Services
            ) async throws -> Output
    ) {
        self.init(
            method, path, repeat each parameters, tag: tag, summary: summary, description: description, policy: policy,
            idempotency: idempotency, edit: edit, query: query, body: body, returns: returns, problems: problems,
            bodyLimit: bodyLimit
        ) { makeRequest in
            .effect { context, work, services in
                try returns.answer(with: try await effect(makeRequest(context), work, services))
            }
        }
    }

    private init<each Parameter: PathParameter, Query: APIInput, Body: APIInput, Output: APIOutput>(
        _ method: HTTPRequest.Method, _ path: String, _ parameters: repeat (each Parameter).Type, tag: EndpointTag,
        summary: String, description: String, policy: Policy, idempotency: Idempotency, edit: EditPrecondition,
        query: Query.Type, body: Body.Type, returns: Returns<Output>, problems: [ProblemType], bodyLimit: Int?,
        prepared:
            @escaping @Sendable (
                @escaping @Sendable (CallContext) -> EndpointRequest<(repeat each Parameter), Query, Body>
            ) -> PreparedCall<Services>
    ) {
        let pathParameters = PathParameterDescription.all(repeat each parameters)
        let takesBody = body != NoInput.self
        self.description = EndpointDescription(
            method: method, path: PathTemplate(path), pathParameters: pathParameters, tag: tag, summary: summary,
            details: description, policy: policy, idempotency: idempotency, edit: edit,
            query: query.objectSchema, body: takesBody ? body.objectSchema : nil,
            answer: AnswerDescription(returns), declaredProblems: problems, bodyLimit: bodyLimit)
        prepare = { call in
            var segments = call.pathSegments.makeIterator()
            let path = (repeat try PathParameterReading.next((each Parameter).self, from: &segments))
            let (query, body) = try call.input(query, body, readsBody: takesBody)
            return prepared { context in EndpointRequest(path: path, query: query, body: body, context: context) }
        }
    }
}

/// Whether an endpoint reads `Idempotency-Key`.
package enum Idempotency: Sendable {
    case none
    case optional
    case required
}

/// Whether an edit must name the version that it edits.
package enum EditPrecondition: Sendable {
    case none
    /// `If-Match` is required (428 without it).
    case ifMatch
}

/// A call whose input has been read and found valid.
enum PreparedCall<Services: Sendable>: Sendable {
    /// Commits what it commits by itself.
    case handling(@Sendable (CallContext, Services) async throws -> Answer)
    /// Commits step by step, the last step with its answer.
    case leased(@Sendable (CallContext, RequestLease, Services) async throws -> Answer)
    /// Is committed with its answer.
    case effect(@Sendable (CallContext, UnitOfWork, Services) async throws -> Answer)

    /// The same call with another answer where it succeeds.
    func answering(_ change: @escaping @Sendable (Answer) -> Answer) -> PreparedCall {
        switch self {
        case .handling(let handle): .handling { context, services in change(try await handle(context, services)) }
        case .leased(let handle):
            .leased { context, lease, services in
                lease.answer(with: change)
                return change(try await handle(context, lease, services))
            }
        case .effect(let effect):
            .effect { context, work, services in change(try await effect(context, work, services)) }
        }
    }
}
