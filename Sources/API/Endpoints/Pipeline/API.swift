import Core
import HTTPTypes
package import Hummingbird
import Logging

/// Endpoints put together: a router that answers their requests, and the documents that describe them.
package struct API<Services: Sendable>: Sendable {
    package let endpoints: [Endpoint<Services>]
    package let rawEndpoints: [RawEndpoint<Services>]
    package let settings: APISettings

    /// Adds `openapi.json` below the prefix and the page at `/docs` to the raw endpoints given.
    ///
    /// - Throws: `APIDeclarationError` naming every declaration that contradicts itself or another.
    package init(
        endpoints: [Endpoint<Services>], raw: [RawEndpoint<Services>] = [], settings: APISettings
    ) throws(APIDeclarationError) {
        let documents = APIDocuments<Services>.endpoints(settings: settings, endpoints: endpoints, raw: raw)
        self.endpoints = endpoints
        rawEndpoints = raw + documents
        self.settings = settings
        let failures = DeclarationCheck.failures(
            endpoints.map(\.description), rawEndpoints.map(\.description), prefix: settings.prefix)
        guard failures.isEmpty else { throw APIDeclarationError(failures: failures) }
    }

    /// The OpenAPI 3.1 document, as JSON.
    package var openAPI: [UInt8] {
        OpenAPIDocument(
            endpoints: endpoints.map(\.description), raw: rawEndpoints.map(\.description), settings: settings
        ).json
    }

    /// The router to run in a Hummingbird application.
    package func router(services: Services, dependencies: APIDependencies) -> Router<APIRequestContext> {
        let core = APICore(settings: settings, dependencies: dependencies)
        let router = Router(context: APIRequestContext.self)
        for endpoint in endpoints {
            let responder = EndpointResponder(endpoint, services: services, core: core)
            register(
                responder, endpoint.description.method, settings.prefix + endpoint.description.path.description, router)
        }
        for endpoint in rawEndpoints {
            let responder = RawResponder(endpoint, services: services, core: core)
            register(responder, endpoint.description.method, endpoint.description.path.description, router)
        }
        router.add(middleware: UnmatchedRequests(core: core, routes: routes))
        return router
    }

    private var routes: [(path: PathTemplate, method: HTTPRequest.Method)] {
        endpoints.map { ($0.description.path.prefixed(by: settings.prefix), $0.description.method) }
            + rawEndpoints.map { ($0.description.path, $0.description.method) }
    }

    private func register(
        _ responder: some HTTPResponder<APIRequestContext>, _ method: HTTPRequest.Method, _ path: String,
        _ router: Router<APIRequestContext>
    ) {
        router.on(RouterPath(path), method: method, responder: responder)
        if method == .get { router.on(RouterPath(path), method: .head, responder: responder) }
    }
}

/// Declarations that can't be served, found at start-up.
package struct APIDeclarationError: Error, Equatable, CustomStringConvertible {
    package let failures: [String]

    package var description: String { "endpoint declarations: " + failures.joined(separator: "; ") }
}

/// What the compiler can't check of the declarations.
enum DeclarationCheck {
    static func failures(
        _ endpoints: [EndpointDescription], _ raw: [RawEndpointDescription], prefix: String
    ) -> [String] {
        var failures = endpoints.flatMap(failures(of:))
        var seen: Set<String> = []
        let routes =
            endpoints.map { "\($0.method) \(prefix)\(shape($0.path))" } + raw.map { "\($0.method) \(shape($0.path))" }
        for route in routes where !seen.insert(route).inserted {
            failures.append("\(route) is declared twice")
        }
        failures += SchemaCatalog(endpoints).conflicts
        return failures
    }

    private static func failures(of endpoint: EndpointDescription) -> [String] {
        let name = "\(endpoint.method) \(endpoint.path)"
        var failures: [String] = []
        if endpoint.path.parameterNames.count != endpoint.pathParameters.count {
            let (named, typed) = (endpoint.path.parameterNames.count, endpoint.pathParameters.count)
            failures.append("\(name) names \(named) path parameters but types \(typed)")
        }
        if endpoint.policy.audience == .orderHolder, !endpoint.path.parameterNames.contains("order_id") {
            failures.append("\(name) asks for an order's token, but its path has no {order_id}")
        }
        if endpoint.method == .get, endpoint.body != nil || endpoint.idempotency != .none {
            failures.append("\(name) is a GET with a body or an idempotency key")
        }
        for property in endpoint.query.properties where !property.schema.fitsQuery {
            failures.append("\(name): the query parameter \(property.name) can't be an object")
        }
        return failures
    }

    /// The path with its parameters' names taken out.
    private static func shape(_ path: PathTemplate) -> String {
        path.description.split(separator: "/").map { $0.hasPrefix("{") ? "/{}" : "/\($0)" }.joined()
    }
}

extension Schema {
    /// Whether a query parameter can carry it.
    fileprivate var fitsQuery: Bool {
        switch self {
        case .object, .map, .any, .reference: false
        case .array(let items, _): items.fitsQuery
        case .nullable(let schema): schema.fitsQuery
        case .text, .integer, .number, .boolean: true
        }
    }
}
