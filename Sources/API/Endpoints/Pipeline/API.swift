import Core
import HTTPTypes
package import Hummingbird
import Logging

/// Endpoints put together: a router that answers their requests, and the documents that describe them.
package struct API<Services: Sendable>: Sendable {
    package let endpoints: [Endpoint<Services>]
    package let uploads: [UploadEndpoint<Services>]
    package let rawEndpoints: [RawEndpoint<Services>]
    package let pages: [PageEndpoint<Services>]
    package let settings: APISettings

    /// Adds `openapi.json` below the prefix to the raw endpoints given, and the page at `/docs` and the style sheet to the
    /// pages.
    ///
    /// - Throws: `APIDeclarationError` naming every declaration that contradicts itself or another.
    package init(
        endpoints: [Endpoint<Services>], uploads: [UploadEndpoint<Services>] = [], raw: [RawEndpoint<Services>] = [],
        pages: [PageEndpoint<Services>] = [], settings: APISettings
    ) throws(APIDeclarationError) {
        let operations = endpoints.map(\.description) + uploads.map(\.description)
        let documents = APIDocuments<Services>(settings: settings, operations: operations, raw: raw)
        self.endpoints = endpoints
        self.uploads = uploads
        rawEndpoints = raw + [documents.openAPI]
        self.pages = pages + [documents.page, documents.styleSheet]
        self.settings = settings
        let failures = DeclarationCheck.failures(
            operations, rawEndpoints.map(\.description), self.pages.map(\.description),
            prefix: settings.prefix)
        guard failures.isEmpty else { throw APIDeclarationError(failures: failures) }
    }

    /// What stands below the prefix: the endpoints, and after them those that take in files.
    package var operations: [EndpointDescription] { endpoints.map(\.description) + uploads.map(\.description) }

    /// The OpenAPI 3.1 document, as JSON.
    package var openAPI: [UInt8] {
        OpenAPIDocument(
            endpoints: operations, raw: rawEndpoints.map(\.description), settings: settings
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
        for upload in uploads {
            let responder = EndpointResponder(upload, services: services, core: core)
            register(
                responder, upload.description.method, settings.prefix + upload.description.path.description, router)
        }
        for endpoint in rawEndpoints {
            let responder = RawResponder(endpoint, services: services, core: core)
            register(responder, endpoint.description.method, endpoint.description.path.description, router)
        }
        for page in pages {
            let responder = PageResponder(page, services: services, core: core)
            register(responder, page.description.method, page.description.path.description, router)
        }
        router.add(middleware: UnmatchedRequests(core: core, routes: routes))
        return router
    }

    private var routes: [(path: PathTemplate, method: HTTPRequest.Method)] {
        operations.map { ($0.path.prefixed(by: settings.prefix), $0.method) }
            + rawEndpoints.map { ($0.description.path, $0.description.method) }
            + pages.map { ($0.description.path, $0.description.method) }
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
        _ endpoints: [EndpointDescription], _ raw: [RawEndpointDescription], _ pages: [PageDescription], prefix: String
    ) -> [String] {
        var failures = endpoints.flatMap(failures(of:)) + pages.flatMap(failures(of:))
        var seen: Set<String> = []
        let routes =
            endpoints.map { "\($0.method) \(prefix)\(shape($0.path))" } + raw.map { "\($0.method) \(shape($0.path))" }
            + pages.map { "\($0.method) \(shape($0.path))" }
        for route in routes where !seen.insert(route).inserted {
            failures.append("\(route) is declared twice")
        }
        failures += SchemaCatalog(endpoints).conflicts
        return failures
    }

    private static func failures(of endpoint: EndpointDescription) -> [String] {
        let name = "\(endpoint.method) \(endpoint.path)"
        var failures = failures(of: endpoint.path, endpoint.pathParameters.count, called: name)
        if endpoint.method == .get, endpoint.body != nil || endpoint.idempotency != .none {
            failures.append("\(name) is a GET with a body or an idempotency key")
        }
        if endpoint.answer.setsCookies, endpoint.idempotency != .none {
            failures.append("\(name) sets cookies, which an answer kept under an idempotency key is without")
        }
        return failures + endpoint.query.unfit.map { "\(name): the query parameter \($0) can't be an object" }
    }

    private static func failures(of page: PageDescription) -> [String] {
        let name = "\(page.method) \(page.path)"
        return failures(of: page.path, page.pathParameters.count, called: name)
            + (page.query?.unfit ?? []).map { "\(name): the query parameter \($0) can't be an object" }
            + (page.form?.unfit ?? []).map { "\(name): the field \($0) can't be an object" }
    }

    private static func failures(
        of path: PathTemplate, _ typed: Int, called name: String
    ) -> [String] {
        guard path.parameterNames.count != typed else { return [] }
        return ["\(name) names \(path.parameterNames.count) path parameters but types \(typed)"]
    }

    /// The path with its parameters' names taken out.
    private static func shape(_ path: PathTemplate) -> String {
        path.description.split(separator: "/").map { $0.hasPrefix("{") ? "/{}" : "/\($0)" }.joined()
    }
}

extension ObjectSchema {
    /// The names of what neither a query nor a form can carry.
    fileprivate var unfit: [String] { properties.filter { !$0.schema.fitsQuery }.map(\.name) }
}

extension Schema {
    /// Whether a query parameter or a field of a form can carry it.
    fileprivate var fitsQuery: Bool {
        switch self {
        case .object, .map, .any, .reference: false
        case .array(let items, _): items.fitsQuery
        case .nullable(let schema): schema.fitsQuery
        case .text, .integer, .number, .boolean: true
        }
    }
}
