import Core
import HTTPTypes
import Hummingbird
import Identity
import NIOCore
import Telemetry

/// Answers the requests of one page: forged requests, limits, policy, input, idempotency, work; each once, in this order.
struct PageResponder<Services: Sendable>: HTTPResponder {
    let page: PageEndpoint<Services>
    let services: Services
    let core: APICore
    private let telemetry: RouteTelemetry
    private let name: String
    private let bodyLimit: Int

    init(_ page: PageEndpoint<Services>, services: Services, core: APICore) {
        let description = page.description
        self.page = page
        self.services = services
        self.core = core
        telemetry = RouteTelemetry(method: description.method.rawValue, route: description.path.description)
        name = "\(description.method) \(description.path)"
        bodyLimit = description.bodyLimit ?? core.settings.bodyLimit
    }

    func respond(to request: Request, context: APIRequestContext) async throws -> Response {
        let exchange = core.exchange(request, context)
        return try await TraceContext.$current.withValue(exchange.trace) {
            try await respond(to: request, context: context, exchange)
        }
    }

    private func respond(
        to request: Request, context: APIRequestContext, _ begun: Exchange
    ) async throws -> Response {
        var exchange = begun
        var caller: Principal?
        let answer: Answer
        do {
            answer = try await self.answer(request, context, &exchange, &caller)
        } catch {
            answer = try core.page(for: error, &exchange)
        }
        let response = core.pageFinishing.response(
            answer, to: request, exchange: exchange, isPrivate: page.description.policy.audience != .anyone)
        telemetry.record(response, exchange: exchange, caller: caller?.scope)
        return response
    }

    private func answer(
        _ request: Request, _ context: APIRequestContext, _ exchange: inout Exchange, _ caller: inout Principal?
    ) async throws -> Answer {
        let description = page.description
        try core.forgery.check(request)
        let segments = try context.segments(of: description.path)
        let resolved = try await core.admit(
            request, &exchange, policy: description.policy, order: description.path.orderID(in: segments), bucket: name)
        caller = resolved
        let callContext = CallContext(
            principal: resolved, requestID: exchange.requestID, trace: exchange.trace, logger: exchange.logger,
            caller: CallingProgram(request, exchange))
        guard description.method == .post else {
            return try await perform(request, segments, ByteBuffer(), .none, callContext)
        }
        try RequestHeaders.checkBody(request, .form, limit: bodyLimit)
        return try await core.bodies.withBody(of: request, context, upTo: bodyLimit) { body in
            try await perform(request, segments, body, try FormEntries(body), callContext)
        }
    }

    private func perform(
        _ request: Request, _ segments: [UTF8Text], _ body: ByteBuffer, _ entries: FormEntries, _ context: CallContext
    ) async throws -> Answer {
        let call = InboundCall(
            pathSegments: segments, query: UTF8Text(request.uri.query ?? ""), body: .form(entries))
        do {
            var context = context
            context.expectedVersion = try RequestHeaders.expectedVersion(
                entries.expectedVersion, page.description.edit)
            let key = try RequestHeaders.idempotencyKey(entries.idempotencyKey, page.description.idempotency)
            let keyed = key.map { KeyedRequest($0, request, body, principal: context.principal, endpoint: name) }
            let prepared = try page.prepare(call)
            return try await CallExecution(services: services, core: core).run(prepared, keyed, context) { work in
                try await work()
            }
        } catch let error as any ProblemConvertible where Self.isCorrectable(error.problem) {
            guard let redraw = page.redraw else { throw error }
            let problem = error.problem
            let html = try await redraw(call, problem, context, services)
            return Answer(page: html, status: HTTPResponse.Status(code: problem.status))
        }
    }

    /// Whether whoever filled in the form can do something about it there.
    private static func isCorrectable(_ problem: Problem) -> Bool {
        problem.status < 500 && ![401, 403, 404].contains(problem.status)
    }
}
