import Core
import HTML
import HTTPTypes
import Hummingbird
import Identity
import Logging

/// What all endpoints of an API share.
struct APICore: Sendable {
    let settings: APISettings
    let logger: Logger
    let rateLimiter: any RateLimiter
    private let principals: PrincipalResolution
    let leased: LeasedExecution
    let effects: EffectExecution
    let finishing: ResponseFinishing
    let pageFinishing: ResponseFinishing
    let forgery: ForgeryProtection
    private let frame: PageFrame
    let bodies: BodyBudget
    let answers: AnswerCache

    init(settings: APISettings, dependencies: APIDependencies) {
        self.settings = settings
        logger = dependencies.logger
        bodies = dependencies.bodies
        answers = dependencies.answers
        rateLimiter = dependencies.rateLimiter
        principals = PrincipalResolution(
            resolver: dependencies.principals,
            guesses: GuessLimits(limiter: dependencies.rateLimiter, logger: dependencies.logger),
            secondFactorTime: settings.secondFactorTime, clock: dependencies.clock)
        leased = LeasedExecution(
            scope: dependencies.scope, store: dependencies.idempotency, settings: settings.idempotency)
        effects = EffectExecution(
            scope: dependencies.scope, store: dependencies.idempotency, settings: settings.idempotency)
        finishing = ResponseFinishing(
            prefix: settings.prefix, compressionThreshold: settings.compressionThreshold,
            crossOrigin: CrossOriginRules(origins: settings.allowedOrigins))
        // Pages are for this site's visitors alone.
        pageFinishing = ResponseFinishing(
            prefix: "", compressionThreshold: settings.compressionThreshold, crossOrigin: CrossOriginRules(origins: []))
        forgery = ForgeryProtection(publicURL: settings.publicURL)
        frame = PageFrame(
            brand: settings.title, home: DocumentationPage.path,
            places: [.init("Documentation", path: DocumentationPage.path)])
    }

    func exchange(_ request: Request, _ context: APIRequestContext) -> Exchange {
        Exchange(request, context, trustedProxies: settings.trustedProxies, logger: logger)
    }

    /// Who calls, let in by the policy and within its limit. Whoever shows credentials is counted by them; before they are looked
    /// at, the network is, with room for ten of them. Wrong ones count for what they were tried on, too.
    ///
    /// What a browser's cookie proves counts only for what this site's own pages have made it send.
    ///
    /// - Throws: 401, 403, 429.
    func admit(
        _ request: Request, _ exchange: inout Exchange, policy: Policy, order: UTF8Text?, bucket: String
    ) async throws -> Principal {
        let credentials = ShownCredentials(of: request)
        let network = RateBucket.name(bucket, exchange.client.key)
        let anonymousLimit = settings.anonymousLimits[bucket] ?? policy.limit
        try await take(from: network, credentials.areShown ? policy.limit.times(10) : anonymousLimit, &exchange)
        let principal = try await principals.principal(of: credentials, order: order, by: exchange)
        if credentials.areByCookie {
            exchange.isByCookie = true
            if principal.isNobody {
                try await take(from: network, anonymousLimit, &exchange)
            } else {
                try forgery.check(request)
            }
        }
        if !principal.isNobody {
            try await take(from: RateBucket.name(bucket, principal.scope), policy.limit, &exchange)
        }
        try principals.check(principal, against: policy, method: request.method)
        return principal
    }

    /// Takes a token of a bucket and notes the counts for the response.
    ///
    /// - Throws: 429.
    private func take(from bucket: String, _ limit: RateLimit, _ exchange: inout Exchange) async throws {
        guard let count = limit.count else { return }
        let decision = await rateLimiter.take(bucket, limit: limit)
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
        ProblemRendering.answer(
            try problem(for: error, &exchange), path: exchange.path, requestID: exchange.requestID)
    }

    /// The same as a page.
    ///
    /// - Throws: errors after which the connection can't be answered.
    func page(for error: any Error, _ exchange: inout Exchange) throws -> Answer {
        ErrorPage(problem: try problem(for: error, &exchange), requestID: exchange.requestID, frame: frame).answer
    }

    private func problem(for error: any Error, _ exchange: inout Exchange) throws -> Problem {
        let problem = try ErrorTranslation.problem(for: error, logger: exchange.logger)
        if let pause = problem.retryAfter ?? (problem.status == 503 ? .seconds(1) : nil) {
            exchange.headers[.retryAfter] = "\(max(1, pause.roundedUpSeconds))"
        }
        // Of bodies that are compressed, too (RFC 9110 section 15.5.16).
        if problem.status == 415 { exchange.headers[.acceptEncoding] = "identity" }
        return problem
    }
}
