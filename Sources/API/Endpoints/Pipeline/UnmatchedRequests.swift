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
    /// What `OPTIONS *` asks for.
    private let allMethods: [String]
    private let telemetry = RouteTelemetry(method: "*", route: "unmatched")

    init(core: APICore, routes: [(path: PathTemplate, method: HTTPRequest.Method)]) {
        self.core = core
        allMethods = Set(routes.map(\.method.rawValue) + ["HEAD", "OPTIONS"]).sorted()
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
            answer = try refusal(ProblemType.notFound.problem("Nothing answers at this path"), request, &exchange)
        } else if request.method == .options {
            answer = Answer(status: .noContent)
        } else {
            answer = try refusal(ProblemType.methodNotAllowed.problem(), request, &exchange)
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

    /// A page for those who look for one: browsers name HTML in `Accept`, programs that call the API don't.
    private func refusal(_ problem: Problem, _ request: Request, _ exchange: inout Exchange) throws -> Answer {
        exchange.headers.addVary("Accept")
        let wanted = request.headers.text(.accept)?.utf8.split(separator: UInt8(ascii: ",")) ?? []
        let wantsPage = wanted.contains { range in
            let type = range.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).first ?? range
            return type.trimmingBlanks().isEqualIgnoringCase(to: "text/html")
        }
        return wantsPage ? try core.page(for: problem, &exchange) : try core.answer(problem, &exchange)
    }

    private func allowedMethods(for path: UTF8Text) -> [String] {
        if path == "*" { return allMethods }
        let segments = path.utf8.split(separator: UInt8(ascii: "/"))
        let matching = routes.filter { $0.path.matches(segments) }
        return Set(matching.flatMap(\.methods)).sorted()
    }
}
