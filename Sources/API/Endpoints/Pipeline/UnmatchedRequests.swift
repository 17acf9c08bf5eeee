import Core
import HTTPTypes
import Hummingbird

/// Answers what no endpoint takes: `OPTIONS`, 405 with `Allow`, 404. Added to the router after all endpoints, so that
/// it stands
/// before the router's own "not found" and before nothing else.
struct UnmatchedRequests: RouterMiddleware {
    typealias Context = APIRequestContext

    let core: APICore
    private let routes: [(path: PathTemplate, methods: [String])]
    private let telemetry = RouteTelemetry(method: "*", route: "unmatched")

    init(core: APICore, routes: [(path: PathTemplate, method: HTTPRequest.Method)]) {
        self.core = core
        self.routes = Dictionary(grouping: routes, by: \.path).map { path, routes in
            let own = Set(routes.map(\.method.rawValue))
            return (path, (own.contains("GET") ? own.union(["HEAD", "OPTIONS"]) : own.union(["OPTIONS"])).sorted())
        }
    }

    func handle(
        _ request: Request, context: APIRequestContext, next: (Request, APIRequestContext) async throws -> Response
    ) async throws -> Response {
        var exchange = core.exchange(request, context)
        let methods = allowedMethods(for: UTF8Text(request.uri.path))
        var answer: Answer
        if methods.isEmpty {
            answer = try core.answer(ProblemType.notFound.problem("Nothing answers at this path"), &exchange)
        } else if request.method == .options {
            answer = Answer(status: .noContent)
        } else {
            answer = try core.answer(ProblemType.methodNotAllowed.problem(), &exchange)
        }
        let allowed = methods.joined(separator: ", ")
        if !methods.isEmpty { answer.headers[.allow] = allowed }
        var response = core.finishing.response(answer, to: request, exchange: exchange, isPrivate: false)
        if request.method == .options {
            core.finishing.crossOrigin.preflight(request, methods: allowed, &response.headers)
        }
        telemetry.record(response, exchange: exchange, caller: nil)
        return response
    }

    private func allowedMethods(for path: UTF8Text) -> [String] {
        let segments = path.utf8.split(separator: UInt8(ascii: "/"))
        let matching = routes.filter { $0.path.matches(segments) }
        return Set(matching.flatMap(\.methods)).sorted()
    }
}
