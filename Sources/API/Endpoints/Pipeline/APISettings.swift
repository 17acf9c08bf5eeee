package import Core
package import Jobs
package import Logging

/// How the API presents itself and what it allows.
package struct APISettings: Sendable {
    package var title = "Haat"
    package var version = "1.0.0"
    package var summary = "Commerce for marketplaces of many vendors."
    /// Where callers reach it, without a final slash.
    package var publicURL: String
    /// Stands before the path of every endpoint; raw endpoints stand where they say.
    package var prefix = "/api/v1"
    /// Bytes of a request's body, unless an endpoint says otherwise. Holds an order of 100 lines with its address.
    package var bodyLimit = 16 << 10
    /// Responses of at least so many bytes are compressed for those who accept gzip.
    package var compressionThreshold = 1024
    /// Origins whose pages may call (`https://shop.example`); `*` for every origin, none by default.
    package var allowedOrigins: [String] = []
    /// How many proxies of ours stand in front; so many last entries of `X-Forwarded-For` are believed. 0: the peer's
    /// address counts.
    package var trustedProxies = 0
    /// By operation: calls of a network without credentials, where fewer than the endpoint's policy says.
    package var anonymousLimits: [String: RateLimit] = [:]
    package var idempotency = IdempotencySettings()
    /// How long a second factor counts as fresh.
    package var secondFactorTime: Duration = .seconds(900)

    package init(publicURL: String) {
        self.publicURL = publicURL
    }
}

/// How repeated requests are recognized.
package struct IdempotencySettings: Sendable {
    /// A process that dies holds a key for so long; a living one renews its hold in time.
    package var lease: Duration = .seconds(15)
    /// How long a repetition waits for the first request before it is told 409.
    package var patience: Duration = .seconds(25)
    /// How long answers are kept.
    package var retention: Duration = .seconds(24 * 3600)

    package init() {}
}

/// What the API needs from outside.
package struct APIDependencies: Sendable {
    package var principals: any PrincipalResolver
    package var idempotency: any IdempotencyStore
    /// Where effects are committed.
    package var scope: any WorkScope
    package var rateLimiter: any RateLimiter
    package var bodies: BodyBudget
    package var clock: any WallClock = SystemClock()
    /// What was answered to whoever shows no credentials.
    package var answers = AnswerCache()
    package var logger: Logger

    package init(
        principals: any PrincipalResolver, idempotency: any IdempotencyStore,
        scope: any WorkScope, rateLimiter: any RateLimiter, bodies: BodyBudget, logger: Logger
    ) {
        self.principals = principals
        self.idempotency = idempotency
        self.scope = scope
        self.rateLimiter = rateLimiter
        self.bodies = bodies
        self.logger = logger
    }
}
