package import Core
package import HTML
package import HTTPTypes
package import Jobs

/// One page of HTML, or one form of a page, as a value. Everything that is true of an endpoint is true of it: a policy, typed
/// and validated input, limits, one line in the log, metrics. What goes wrong is told as a page.
///
/// A page reads; a form writes and leads on to a page with 303, so that going back and reloading repeat nothing:
///
///     enum VendorPages {
///         static let show = PageEndpoint(
///             "/vendors/{vendor_id}", ID<Vendor>.self, summary: "A vendor", policy: .require(.vendorsRead, on: .vendor)
///         ) { request, services in
///             VendorPage(try await services.vendors.find(request.path)).html
///         }
///
///         static let rename = PageEndpoint(
///             form: VendorRename.self, "/vendors/{vendor_id}/name", ID<Vendor>.self, summary: "Rename a vendor",
///             policy: .require(.vendorsRead, on: .vendor)
///         ) { request, work, services in
///             try await services.vendors.rename(request.path, request.body, in: work)
///             return "/vendors/\(request.path)"
///         } refused: { form, services in
///             VendorPage(try await services.vendors.find(form.path), refused: form).html
///         }
///     }
///
/// A form whose work is an endpoint's already submits that endpoint: `PageEndpoint(submitting: VendorEndpoints.create, …)`.
package struct PageEndpoint<Services: Sendable>: Sendable {
    typealias Redrawing = @Sendable (InboundCall, Problem, CallContext, Services) async throws -> HTML

    /// All that can be told about it.
    package let description: PageDescription

    /// Reads the input; the closure that it returns does the work.
    let prepare: @Sendable (InboundCall) throws -> PreparedCall<Services>
    /// Shows a refused form again; nil for what has no fields.
    let redraw: Redrawing?

    init(
        _ description: PageDescription, redraw: Redrawing? = nil,
        prepare: @escaping @Sendable (InboundCall) throws -> PreparedCall<Services>
    ) {
        self.description = description
        self.redraw = redraw
        self.prepare = prepare
    }

    /// A page.
    ///
    /// - Parameters:
    ///   - path: From the root, with parameters in braces.
    ///   - parameters: The type of each path parameter, in order.
    ///   - policy: Who may see it. What not anyone may see is not kept by caches.
    package init<each Parameter: PathParameter, Query: APIInput>(
        _ path: String, _ parameters: repeat (each Parameter).Type, summary: String, policy: Policy, query: Query.Type,
        page:
            @escaping @Sendable (EndpointRequest<(repeat each Parameter), Query, NoInput>, Services) async throws ->
            HTML
    ) {
        let description = PageDescription(
            .get, path, repeat each parameters, summary: summary, policy: policy, query: query.objectSchema)
        self.init(description) { call in
            var segments = call.pathSegments.makeIterator()
            let path = (repeat try PathParameterReading.next((each Parameter).self, from: &segments))
            let (query, body) = try call.input(query, NoInput.self, readsBody: false)
            return .handling { context, services in
                Answer(
                    page: try await page(
                        EndpointRequest(path: path, query: query, body: body, context: context), services))
            }
        }
    }

    /// A page without a query.
    package init<each Parameter: PathParameter>(
        _ path: String, _ parameters: repeat (each Parameter).Type, summary: String, policy: Policy,
        page:
            @escaping @Sendable (EndpointRequest<(repeat each Parameter), NoInput, NoInput>, Services) async throws ->
            HTML
    ) {
        self.init(
            path, repeat each parameters, summary: summary, policy: policy, query: NoInput.self, page: page)
    }

    /// A form whose effect is one unit of work; see ``Endpoint``.
    ///
    /// - Parameters:
    ///   - form: Its fields. An empty one counts as missing, since browsers send all fields.
    ///   - idempotency: Whether the field `idempotency_key` is read; see `HTML.idempotencyKey(_:)`.
    ///   - edit: Whether the field `if_match` is demanded; see `HTML.editedVersion(_:)`.
    ///   - bodyLimit: Bytes; nil for the API's limit.
    ///   - effect: Answers the path where the browser goes on.
    ///   - refused: The page with the form, for when its input or its effect is refused; nil: a page that only says so.
    package init<each Parameter: PathParameter, Form: APIInput>(
        form: Form.Type, _ path: String, _ parameters: repeat (each Parameter).Type, summary: String, policy: Policy,
        idempotency: Idempotency = .none, edit: EditPrecondition = .none, bodyLimit: Int? = nil,
        effect:
            @escaping @Sendable (
                EndpointRequest<(repeat each Parameter), NoInput, Form>, UnitOfWork, Services
            ) async throws -> String,
        refused: (@Sendable (RefusedForm<(repeat each Parameter)>, Services) async throws -> HTML)? = nil
    ) {
        let description = PageDescription(
            .post, path, repeat each parameters, summary: summary, policy: policy, idempotency: idempotency,
            edit: edit, form: form.objectSchema, bodyLimit: bodyLimit)
        self.init(description, redraw: refused.map { Self.redrawing(repeat each parameters, with: $0) }) { call in
            var segments = call.pathSegments.makeIterator()
            let path = (repeat try PathParameterReading.next((each Parameter).self, from: &segments))
            let (query, body) = try call.input(NoInput.self, form, readsBody: true)
            return .effect { context, work, services in
                let request = EndpointRequest(path: path, query: query, body: body, context: context)
                return Answer(seeOther: try await effect(request, work, services))
            }
        }
    }

    /// A form that does what an endpoint does: the same input, policy, idempotency and work, in process.
    ///
    /// - Parameters:
    ///   - path: Of the form, with the endpoint's path parameters in the same order.
    ///   - next: Answers the path where the browser goes on.
    ///   - refused: The page with the form, for when its input or its work is refused; nil: a page that only says so.
    package init<each Parameter: PathParameter>(
        submitting endpoint: Endpoint<Services>, _ path: String, _ parameters: repeat (each Parameter).Type,
        next: @escaping @Sendable (AcceptedForm<(repeat each Parameter)>) -> String,
        refused: (@Sendable (RefusedForm<(repeat each Parameter)>, Services) async throws -> HTML)? = nil
    ) {
        let submitted = endpoint.description
        let description = PageDescription(
            .post, path, repeat each parameters, summary: submitted.summary, policy: submitted.policy,
            idempotency: submitted.idempotency, edit: submitted.edit, form: submitted.body,
            bodyLimit: submitted.bodyLimit)
        self.init(description, redraw: refused.map { Self.redrawing(repeat each parameters, with: $0) }) { call in
            var segments = call.pathSegments.makeIterator()
            let path = (repeat try PathParameterReading.next((each Parameter).self, from: &segments))
            return try endpoint.prepare(call).answering { answer in
                let accepted = AcceptedForm(
                    path: path, location: answer.location, nextPage: call.body.entries.nextPage.flatMap(PagePath.init))
                var next = Answer(seeOther: next(accepted))
                next.cookies = answer.cookies
                return next
            }
        }
    }

    private static func redrawing<each Parameter: PathParameter>(
        _ parameters: repeat (each Parameter).Type,
        with refused: @escaping @Sendable (RefusedForm<(repeat each Parameter)>, Services) async throws -> HTML
    ) -> Redrawing {
        { call, problem, context, services in
            var segments = call.pathSegments.makeIterator()
            let path = (repeat try PathParameterReading.next((each Parameter).self, from: &segments))
            return try await refused(
                RefusedForm(path: path, problem: problem, entries: call.body.entries, context: context), services)
        }
    }
}

/// All that is known of a page without running it.
package struct PageDescription: Sendable {
    package let method: HTTPRequest.Method
    package let path: PathTemplate
    /// In the order of the path's braces.
    let pathParameters: [PathParameterDescription]
    package let summary: String
    package let policy: Policy
    package let idempotency: Idempotency
    package let edit: EditPrecondition
    let query: ObjectSchema?
    /// Nil for a page, and for a form without fields.
    let form: ObjectSchema?
    let bodyLimit: Int?

    init<each Parameter: PathParameter>(
        _ method: HTTPRequest.Method, _ path: String, _ parameters: repeat (each Parameter).Type, summary: String,
        policy: Policy, idempotency: Idempotency = .none, edit: EditPrecondition = .none, query: ObjectSchema? = nil,
        form: ObjectSchema? = nil, bodyLimit: Int? = nil
    ) {
        let pathParameters = PathParameterDescription.all(repeat each parameters)
        self.method = method
        self.path = PathTemplate(path)
        self.pathParameters = pathParameters
        self.summary = summary
        self.policy = policy
        self.idempotency = idempotency
        self.edit = edit
        self.query = query
        self.form = form
        self.bodyLimit = bodyLimit
    }
}
