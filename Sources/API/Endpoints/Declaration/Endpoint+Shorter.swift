package import HTTPTypes
package import Jobs

// A generic parameter that the handler mentions can't have a default, hence one initializer per combination of inputs.

extension Endpoint {
    /// An endpoint with neither query nor body; see the full initializer.
    package init<each Parameter: PathParameter, Output: APIOutput>(
        _ method: HTTPRequest.Method, _ path: String, _ parameters: repeat (each Parameter).Type, tag: EndpointTag,
        summary: String, description: String = "", policy: Policy,
        edit: EditPrecondition = .none, returns: Returns<Output>,
        problems: [ProblemType] = [], bodyLimit: Int? = nil,
        handler:
            @escaping @Sendable (EndpointRequest<(repeat each Parameter), NoInput, NoInput>, Services) async throws ->
            Output
    ) {
        self.init(
            method, path, repeat each parameters, tag: tag, summary: summary, description: description, policy: policy,
            edit: edit, query: NoInput.self, body: NoInput.self, returns: returns,
            problems: problems, bodyLimit: bodyLimit, handler: handler)
    }

    /// An endpoint without a body; see the full initializer.
    package init<each Parameter: PathParameter, Query: APIInput, Output: APIOutput>(
        _ method: HTTPRequest.Method, _ path: String, _ parameters: repeat (each Parameter).Type, tag: EndpointTag,
        summary: String, description: String = "", policy: Policy,
        edit: EditPrecondition = .none, query: Query.Type, returns: Returns<Output>,
        problems: [ProblemType] = [], bodyLimit: Int? = nil,
        handler:
            @escaping @Sendable (EndpointRequest<(repeat each Parameter), Query, NoInput>, Services) async throws ->
            Output
    ) {
        self.init(
            method, path, repeat each parameters, tag: tag, summary: summary, description: description, policy: policy,
            edit: edit, query: Query.self, body: NoInput.self, returns: returns,
            problems: problems, bodyLimit: bodyLimit, handler: handler)
    }

    /// An endpoint without a query; see the full initializer.
    package init<each Parameter: PathParameter, Body: APIInput, Output: APIOutput>(
        _ method: HTTPRequest.Method, _ path: String, _ parameters: repeat (each Parameter).Type, tag: EndpointTag,
        summary: String, description: String = "", policy: Policy,
        edit: EditPrecondition = .none, body: Body.Type, returns: Returns<Output>,
        problems: [ProblemType] = [], bodyLimit: Int? = nil,
        handler:
            @escaping @Sendable (EndpointRequest<(repeat each Parameter), NoInput, Body>, Services) async throws ->
            Output
    ) {
        self.init(
            method, path, repeat each parameters, tag: tag, summary: summary, description: description, policy: policy,
            edit: edit, query: NoInput.self, body: Body.self, returns: returns,
            problems: problems, bodyLimit: bodyLimit, handler: handler)
    }

    /// An endpoint under a lease, without a query; see the full initializer.
    package init<each Parameter: PathParameter, Body: APIInput, Output: APIOutput>(
        _ method: HTTPRequest.Method, _ path: String, _ parameters: repeat (each Parameter).Type, tag: EndpointTag,
        summary: String, description: String = "", policy: Policy, lease idempotency: Idempotency,
        edit: EditPrecondition = .none, body: Body.Type, returns: Returns<Output>,
        problems: [ProblemType] = [], bodyLimit: Int? = nil,
        handler:
            @escaping @Sendable (
                EndpointRequest<(repeat each Parameter), NoInput, Body>, RequestClaim<Output>, Services
            ) async throws -> Output
    ) {
        self.init(
            method, path, repeat each parameters, tag: tag, summary: summary, description: description, policy: policy,
            lease: idempotency, edit: edit, query: NoInput.self, body: Body.self, returns: returns,
            problems: problems, bodyLimit: bodyLimit, handler: handler)
    }

    /// An endpoint under a lease, with neither query nor body; see the full initializer.
    package init<each Parameter: PathParameter, Output: APIOutput>(
        _ method: HTTPRequest.Method, _ path: String, _ parameters: repeat (each Parameter).Type, tag: EndpointTag,
        summary: String, description: String = "", policy: Policy, lease idempotency: Idempotency,
        edit: EditPrecondition = .none, returns: Returns<Output>,
        problems: [ProblemType] = [], bodyLimit: Int? = nil,
        handler:
            @escaping @Sendable (
                EndpointRequest<(repeat each Parameter), NoInput, NoInput>, RequestClaim<Output>, Services
            ) async throws -> Output
    ) {
        self.init(
            method, path, repeat each parameters, tag: tag, summary: summary, description: description, policy: policy,
            lease: idempotency, edit: edit, query: NoInput.self, body: NoInput.self, returns: returns,
            problems: problems, bodyLimit: bodyLimit, handler: handler)
    }

    /// An effect with neither query nor body; see the full initializer.
    package init<each Parameter: PathParameter, Output: APIOutput>(
        _ method: HTTPRequest.Method, _ path: String, _ parameters: repeat (each Parameter).Type, tag: EndpointTag,
        summary: String, description: String = "", policy: Policy, idempotency: Idempotency = .none,
        edit: EditPrecondition = .none, returns: Returns<Output>,
        problems: [ProblemType] = [], bodyLimit: Int? = nil,
        effect:
            @escaping @Sendable (
                EndpointRequest<(repeat each Parameter), NoInput, NoInput>, UnitOfWork, Services
            ) async throws -> Output
    ) {
        self.init(
            method, path, repeat each parameters, tag: tag, summary: summary, description: description, policy: policy,
            idempotency: idempotency, edit: edit, query: NoInput.self, body: NoInput.self, returns: returns,
            problems: problems, bodyLimit: bodyLimit, effect: effect)
    }

    /// An effect without a query; see the full initializer.
    package init<each Parameter: PathParameter, Body: APIInput, Output: APIOutput>(
        _ method: HTTPRequest.Method, _ path: String, _ parameters: repeat (each Parameter).Type, tag: EndpointTag,
        summary: String, description: String = "", policy: Policy, idempotency: Idempotency = .none,
        edit: EditPrecondition = .none, body: Body.Type, returns: Returns<Output>,
        problems: [ProblemType] = [], bodyLimit: Int? = nil,
        effect:
            @escaping @Sendable (
                EndpointRequest<(repeat each Parameter), NoInput, Body>, UnitOfWork, Services
            ) async throws -> Output
    ) {
        self.init(
            method, path, repeat each parameters, tag: tag, summary: summary, description: description, policy: policy,
            idempotency: idempotency, edit: edit, query: NoInput.self, body: Body.self, returns: returns,
            problems: problems, bodyLimit: bodyLimit, effect: effect)
    }
}
