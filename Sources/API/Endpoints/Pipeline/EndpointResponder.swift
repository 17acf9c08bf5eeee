import Core
import HTTPTypes
import Hummingbird
import Jobs
import Logging
import NIOCore
import Telemetry

/// What all endpoints of an API share.
struct APICore: Sendable {
    let settings: APISettings
    let logger: Logger
    let rateLimiter: any RateLimiter
    let callers: CallerResolution
    let leased: LeasedExecution
    let effects: EffectExecution
    let finishing: ResponseFinishing
    let bodies: BodyBudget

    init(settings: APISettings, dependencies: APIDependencies) {
        self.settings = settings
        logger = dependencies.logger
        bodies = dependencies.bodies
        rateLimiter = dependencies.rateLimiter
        callers = CallerResolution(operatorToken: dependencies.operatorToken, orderAccess: dependencies.orderAccess)
        leased = LeasedExecution(store: dependencies.idempotency, settings: settings.idempotency)
        effects = EffectExecution(
            scope: dependencies.scope, store: dependencies.idempotency, settings: settings.idempotency)
        finishing = ResponseFinishing(
            prefix: settings.prefix, compressionThreshold: settings.compressionThreshold,
            crossOrigin: CrossOriginRules(origins: settings.allowedOrigins))
    }

    func exchange(_ request: Request, _ context: APIRequestContext) -> Exchange {
        Exchange(request, context, trustedProxies: settings.trustedProxies, logger: logger)
    }

    /// Takes a token of the client's bucket and notes the counts for the response.
    ///
    /// - Throws: 429.
    func admit(_ exchange: inout Exchange, limit: RateLimit, bucket: String) async throws {
        guard let count = limit.count else { return }
        let decision = await rateLimiter.take("\(bucket):\(exchange.clientAddress)", limit: limit)
        exchange.headers[.rateLimitLimit] = "\(count)"
        exchange.headers[.rateLimitRemaining] = "\(decision.remaining)"
        exchange.headers[.rateLimitReset] = "\(decision.reset.roundedUpSeconds)"
        guard !decision.isAllowed else { return }
        let seconds = max(1, decision.retryAfter.roundedUpSeconds)
        exchange.headers[.retryAfter] = "\(seconds)"
        throw ProblemType.rateLimited.problem("Come back in \(seconds) s")
    }

    /// The problem document for an error.
    ///
    /// - Throws: errors after which the connection can't be answered.
    func answer(_ error: any Error, _ exchange: inout Exchange) throws -> Answer {
        let problem = try ErrorTranslation.problem(for: error, logger: exchange.logger)
        if let pause = problem.retryAfter ?? (problem.status == 503 ? .seconds(1) : nil) {
            exchange.headers[.retryAfter] = "\(max(1, pause.roundedUpSeconds))"
        }
        return ProblemRendering.answer(problem, path: exchange.path, requestID: exchange.requestID)
    }
}

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
        var caller: Caller?
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
        _ request: Request, _ context: APIRequestContext, _ exchange: inout Exchange, _ caller: inout Caller?
    ) async throws -> Answer {
        let description = endpoint.description
        try await core.admit(&exchange, limit: description.policy.limit, bucket: bucket)
        let segments = try pathSegments(context)
        let resolved = try await core.callers.caller(
            request, policy: description.policy, orderID: orderID(segments), address: exchange.clientAddress)
        caller = resolved
        let key = try RequestHeaders.idempotencyKey(request, description.idempotency)
        let version = try RequestHeaders.expectedVersion(request, description.edit)
        let callContext = CallContext(
            caller: resolved, requestID: exchange.requestID, trace: exchange.trace, logger: exchange.logger,
            expectedVersion: version)
        let path = exchange.path
        guard description.body != nil else {
            return try await perform(request, path, segments, ByteBuffer(), key, callContext)
        }
        try RequestHeaders.checkBody(request, limit: bodyLimit)
        return try await core.bodies.withBody(of: request, context, upTo: bodyLimit) { body in
            try await perform(request, path, segments, body, key, callContext)
        }
    }

    /// Reads the input and does the work, once for each idempotency key.
    private func perform(
        _ request: Request, _ path: String, _ segments: [UTF8Text], _ body: ByteBuffer, _ key: String?,
        _ context: CallContext
    ) async throws -> Answer {
        let prepared = try endpoint.prepare(
            InboundCall(pathSegments: segments, query: UTF8Text(request.uri.query ?? ""), body: body))
        let fingerprint =
            key == nil
            ? [] : RequestFingerprint.of(path: request.uri.path, query: request.uri.query ?? "", body: body)
        let key = key.map { value in
            IdempotencyKey(
                scope: context.caller.idempotencyScope(of: fingerprint), endpoint: idempotencyEndpoint, value: value)
        }
        // Jobs that the work causes belong to the caller's trace.
        return try await JobTrace.$current.withValue(context.trace.traceparent) {
            switch prepared {
            case .handling(let handle):
                guard let key else { return try await refusing(path, context) { try await handle(context, services) } }
                return try await core.leased.run(key, fingerprint: fingerprint, logger: context.logger) {
                    try await refusing(path, context) { try await handle(context, services) }
                }
            case .effect(let effect):
                return try await refusing(path, context) {
                    try await core.effects.run(key, fingerprint: fingerprint) { work in
                        try await effect(context, work, services)
                    }
                }
            }
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

    private func pathSegments(_ context: APIRequestContext) throws -> [UTF8Text] {
        try endpoint.description.path.parameterNames.map { name in
            guard let raw = context.parameters.get(name),
                let segment = QueryString.decode(raw.utf8[...], plusIsSpace: false)
            else { throw ProblemType.notFound.problem("The path does not name anything") }
            return segment
        }
    }

    private func orderID(_ segments: [UTF8Text]) -> UTF8Text? {
        endpoint.description.path.parameterNames.firstIndex(of: "order_id").map { segments[$0] }
    }
}

extension Caller {
    /// Keeps apart the keys of different callers. Callers without credentials can't be told from one another: a key of theirs
    /// counts only with the very content of its request, so that nobody can guess another's key and use it up or be told its
    /// answer.
    fileprivate func idempotencyScope(of fingerprint: [UInt8]) -> String {
        if case .anyone = self { "\(scope):\(Base64URL.encode(fingerprint))" } else { scope }
    }
}
