package import HTTPTypes

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
///         ) { request, services in
///             PlacedOrder(try await services.orders.place(request.body.command, key: request.idempotencyKey))
///         }
///
///         static let read = Endpoint(
///             .get, "/orders/{order_id}", ID<Order>.self, tag: .orders, summary: "Read an order",
///             policy: .orderAccess, returns: .ok(OrderView.self)
///         ) { request, services in
///             OrderView(try await services.orders.find(request.path))
///         }
///
///         static let rename = Endpoint(
///             .patch, "/products/{product_id}", ID<Product>.self, tag: .catalog, summary: "Edit a product",
///             policy: .operator, edit: .ifMatch, body: EditProduct.self,
///             returns: .ok(ProductView.self, version: \.version)
///         ) { request, services in
///             let version = request.expectedVersion
///             return ProductView(try await services.catalog.edit(request.path, request.body, expecting: version))
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

    /// - Parameters:
    ///   - path: Below the API's prefix; parameters in braces: `/orders/{order_id}`.
    ///   - parameters: The type of each path parameter, in order.
    ///   - policy: Who may call it. There is no default.
    ///   - idempotency: Whether `Idempotency-Key` is read: `.required` wherever something is created or money moves.
    ///   - edit: Whether `If-Match` is demanded; the version goes to `request.expectedVersion`.
    ///   - problems: The problem types of its own that the handler may throw.
    ///   - bodyLimit: Bytes; nil for the API's limit.
    package init<each Parameter: PathParameter, Query: APIInput, Body: APIInput, Output: APIOutput>(
        _ method: HTTPRequest.Method, _ path: String, _ parameters: repeat (each Parameter).Type, tag: EndpointTag,
        summary: String, description: String = "", policy: Policy, idempotency: Idempotency = .none,
        edit: EditPrecondition = .none, query: Query.Type, body: Body.Type, returns: Returns<Output>,
        problems: [ProblemType] = [], bodyLimit: Int? = nil,
        handler:
            @escaping @Sendable (EndpointRequest<(repeat each Parameter), Query, Body>, Services) async throws -> Output
    ) {
        var pathParameters: [PathParameterDescription] = []
        repeat pathParameters.append(
            PathParameterDescription(schema: (each Parameter).schema, example: (each Parameter).exampleSegment))
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
            return PreparedCall { context, services in
                let request = EndpointRequest(path: path, query: query, body: body, context: context)
                return try returns.answer(with: try await handler(request, services))
            }
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
struct PreparedCall<Services: Sendable>: Sendable {
    let run: @Sendable (CallContext, Services) async throws -> Answer

    init(_ run: @escaping @Sendable (CallContext, Services) async throws -> Answer) {
        self.run = run
    }
}
