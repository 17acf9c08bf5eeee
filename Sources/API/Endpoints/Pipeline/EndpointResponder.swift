import Core
import HTTPTypes
import Hummingbird
import Identity
import Logging
import NIOCore
import Telemetry

/// Answers the requests of one endpoint: limits, policy, input, idempotency, work; each once, in this order.
struct EndpointResponder<Services: Sendable>: HTTPResponder {
    /// How the body is taken.
    private enum Work {
        case call(@Sendable (InboundCall) throws -> PreparedCall<Services>)
        case upload(UploadRules, @Sendable (InboundCall) throws -> PreparedUpload<Services>)
    }

    private let description: EndpointDescription
    private let work: Work
    let services: Services
    let core: APICore
    private let telemetry: RouteTelemetry
    private let bucket: String
    private let idempotencyEndpoint: String
    private let knownProblems: Set<String>
    private let bodyLimit: Int
    private let shared: SharedAnswers?

    init(_ endpoint: Endpoint<Services>, services: Services, core: APICore) {
        self.init(endpoint.description, .call(endpoint.prepare), services: services, core: core)
    }

    init(_ endpoint: UploadEndpoint<Services>, services: Services, core: APICore) {
        self.init(endpoint.description, .upload(endpoint.rules, endpoint.prepare), services: services, core: core)
    }

    private init(_ description: EndpointDescription, _ work: Work, services: Services, core: APICore) {
        self.description = description
        self.work = work
        self.services = services
        self.core = core
        let route = core.settings.prefix + description.path.description
        telemetry = RouteTelemetry(method: description.method.rawValue, route: route)
        bucket = description.operationID
        idempotencyEndpoint = "\(description.method) \(description.path)"
        knownProblems = Set(description.problems.map(\.slug))
        bodyLimit = description.bodyLimit ?? core.settings.bodyLimit
        shared = SharedAnswers(
            of: description, in: core.answers, compressionThreshold: core.settings.compressionThreshold)
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
        let name = shared?.name(of: request)
        do {
            if let name, let known = shared?.known(name) {
                // It costs no more than to refuse it: nobody is counted.
                answer = known
                if description.isLocalised { exchange.headers.addVary("Accept-Language") }
            } else {
                let ticket = shared?.begin()
                let made = try await self.answer(request, context, &exchange, &caller)
                answer = name.flatMap { shared?.share(made, to: request, as: $0, since: ticket) } ?? made
            }
        } catch {
            answer = try core.answer(error, &exchange)
        }
        let response = core.finishing.response(
            answer, to: request, exchange: exchange, isPrivate: description.policy.audience != .anyone)
        telemetry.record(response, exchange: exchange, caller: caller?.scope)
        return response
    }

    private func answer(
        _ request: Request, _ context: APIRequestContext, _ exchange: inout Exchange, _ caller: inout Principal?
    ) async throws -> Answer {
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
            caller: CallingProgram(request, exchange), expectedVersion: version,
            acceptedLanguages: request.headers.text(.acceptLanguage))
        if description.isLocalised { exchange.headers.addVary("Accept-Language") }
        let path = exchange.path
        let call = { (body: ByteBuffer) in
            InboundCall(pathSegments: segments, query: UTF8Text(request.uri.query ?? ""), body: .json(body))
        }
        switch work {
        case .call(let prepare):
            let perform = { (body: ByteBuffer) in
                let prepared = try prepare(call(body))
                let keyed = key.map {
                    KeyedRequest($0, request, body, principal: resolved, endpoint: idempotencyEndpoint)
                }
                return try await execute(prepared, keyed, path, callContext)
            }
            guard description.body != nil else { return try await perform(ByteBuffer()) }
            try RequestHeaders.checkBody(request, .json, limit: bodyLimit)
            return try await core.bodies.withBody(of: request, context, upTo: bodyLimit, perform)
        case .upload(let rules, let prepare):
            let prepared = try prepare(call(ByteBuffer()))
            let contentType = try RequestHeaders.checkUpload(request, rules)
            return try await core.bodies.withUpload(of: request, context, upTo: rules.limit) { body in
                let upload = InboundUpload(contentType: contentType, body: body)
                let received = try await prepared.receive(callContext, upload, services)
                let keyed = key.map {
                    KeyedRequest(
                        $0, request, contentType: contentType, digest: received.digest, principal: resolved,
                        endpoint: idempotencyEndpoint)
                }
                return try await settle(received) { try await execute(received.call, keyed, path, callContext) }
            }
        }
    }

    /// Tells what was put away what came of it. A refusal is an answer here; what is thrown leaves it open.
    private func settle(
        _ received: ReceivedCall<Services>, _ work: () async throws -> Answer
    ) async throws -> Answer {
        do {
            let answer = try await work()
            let isCommitted =
                answer.status.kind == .successful && answer.headers[.idempotentReplayed] == nil
            await received.settle(isCommitted ? .committed : .unused)
            return answer
        } catch let problem as any ProblemConvertible {
            await received.settle(.unused)
            throw problem
        } catch {
            await received.settle(.unknown)
            throw error
        }
    }

    private func execute(
        _ prepared: PreparedCall<Services>, _ keyed: KeyedRequest?, _ path: String, _ context: CallContext
    ) async throws -> Answer {
        try await CallExecution(services: services, core: core).run(prepared, keyed, context) { work in
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
