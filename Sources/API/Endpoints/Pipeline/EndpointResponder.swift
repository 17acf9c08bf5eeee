import Core
import HTTPTypes
import Hummingbird
import Identity
import Logging
import NIOCore
import Telemetry

/// Answers the requests of one endpoint: limits, policy, input, idempotency, work; each once, in this order.
struct EndpointResponder<Services: Sendable>: HTTPResponder {
    let endpoint: Endpoint<Services>
    let services: Services
    let core: APICore
    private let telemetry: RouteTelemetry
    private let bucket: String
    private let idempotencyEndpoint: String
    private let knownProblems: Set<String>
    private let bodyLimit: Int

    init(_ endpoint: Endpoint<Services>, services: Services, core: APICore) {
        let description = endpoint.description
        self.endpoint = endpoint
        self.services = services
        self.core = core
        let route = core.settings.prefix + description.path.description
        telemetry = RouteTelemetry(method: description.method.rawValue, route: route)
        bucket = description.operationID
        idempotencyEndpoint = "\(description.method) \(description.path)"
        knownProblems = Set(description.problems.map(\.slug))
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
            answer = try core.answer(error, &exchange)
        }
        let response = core.finishing.response(
            answer, to: request, exchange: exchange, isPrivate: endpoint.description.policy.audience != .anyone)
        telemetry.record(response, exchange: exchange, caller: caller?.scope)
        return response
    }

    private func answer(
        _ request: Request, _ context: APIRequestContext, _ exchange: inout Exchange, _ caller: inout Principal?
    ) async throws -> Answer {
        let description = endpoint.description
        let segments = try context.segments(of: description.path)
        let resolved = try await core.admit(
            request, &exchange, policy: description.policy, order: description.path.orderID(in: segments),
            bucket: bucket)
        caller = resolved
        let key = try RequestHeaders.idempotencyKey(
            request.headers.text(.idempotencyKey), description.idempotency)
        let version = try RequestHeaders.expectedVersion(request.headers.text(.ifMatch), description.edit)
        let callContext = CallContext(
            principal: resolved, requestID: exchange.requestID, trace: exchange.trace, logger: exchange.logger,
            expectedVersion: version, acceptedLanguages: request.headers.text(.acceptLanguage))
        if description.isLocalised { exchange.headers.addVary("Accept-Language") }
        let path = exchange.path
        guard description.body != nil else {
            return try await perform(request, path, segments, ByteBuffer(), key, callContext)
        }
        try RequestHeaders.checkBody(request, .json, limit: bodyLimit)
        return try await core.bodies.withBody(of: request, context, upTo: bodyLimit) { body in
            try await perform(request, path, segments, body, key, callContext)
        }
    }

    private func perform(
        _ request: Request, _ path: String, _ segments: [UTF8Text], _ body: ByteBuffer, _ key: String?,
        _ context: CallContext
    ) async throws -> Answer {
        let prepared = try endpoint.prepare(
            InboundCall(pathSegments: segments, query: UTF8Text(request.uri.query ?? ""), body: .json(body)))
        let keyed = key.map {
            KeyedRequest($0, request, body, principal: context.principal, endpoint: idempotencyEndpoint)
        }
        return try await CallExecution(services: services, core: core).run(prepared, keyed, context) { work in
            try await refusing(path, context, work)
        }
    }

    /// Refusals that the work throws are answers too, and as such remembered under a leased key, unless they ask to be repeated.
    private func refusing(
        _ path: String, _ context: CallContext, _ work: () async throws -> Answer
    ) async throws -> Answer {
        do {
            return try await work()
        } catch let error as any ProblemConvertible where error.problem.status < 500 {
            if !knownProblems.contains(error.problem.type) {
                context.logger.warning(
                    "The endpoint does not declare this problem",
                    metadata: ["problem": .string(error.problem.type), "endpoint": .string(idempotencyEndpoint)])
            }
            guard error.problem.retryAfter == nil else { throw error }
            return ProblemRendering.answer(error.problem, path: path, requestID: context.requestID)
        }
    }
}
