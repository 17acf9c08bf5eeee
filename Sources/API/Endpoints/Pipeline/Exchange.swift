import HTTPTypes
import Hummingbird
import Logging
import Telemetry

/// One request while it is answered: who, when, under which ids, and headers that the answer will carry however it
/// ends.
struct Exchange: Sendable {
    let requestID: String
    let trace: TraceContext
    let logger: Logger
    let clientAddress: String
    let started: ContinuousClock.Instant
    var headers: HTTPFields = [:]

    init(_ request: Request, _ context: APIRequestContext, trustedProxies: Int, logger: Logger) {
        var randomness = SystemRandomNumberGenerator()
        started = .now
        requestID = RequestIdentity.requestID(accepting: request.headers[.requestID], using: &randomness)
        trace = RequestIdentity.trace(continuing: request.headers[.traceparent], using: &randomness)
        clientAddress = Self.clientAddress(of: request, context, trustedProxies: trustedProxies)
        var logger = logger
        logger[metadataKey: "request_id"] = .string(requestID)
        logger[metadataKey: "trace_id"] = .string(trace.traceID)
        self.logger = logger
        headers[.requestID] = requestID
    }

    /// The entry of `X-Forwarded-For` that our outermost proxy wrote; everything left of it is the client's own claim.
    static func clientAddress(of request: Request, _ context: APIRequestContext, trustedProxies: Int) -> String {
        guard trustedProxies > 0 else { return context.peerAddress }
        let hops = request.headers[values: .forwardedFor].joined(separator: ",").split(separator: ",")
        guard hops.count >= trustedProxies else { return context.peerAddress }
        return hops[hops.count - trustedProxies].filter { !$0.isWhitespace }
    }
}

extension HTTPField.Name {
    static let requestID = named("X-Request-Id")
    static let traceparent = named("traceparent")
    static let forwardedFor = named("X-Forwarded-For")
    static let idempotencyKey = named("Idempotency-Key")
    static let idempotentReplayed = named("Idempotent-Replayed")
    static let rateLimitLimit = named("RateLimit-Limit")
    static let rateLimitRemaining = named("RateLimit-Remaining")
    static let rateLimitReset = named("RateLimit-Reset")
    static let referrerPolicy = named("Referrer-Policy")

    /// A name that is a token of RFC 9110, as all above are.
    private static func named(_ name: StaticString) -> Self {
        guard let name = Self(name.description) else { preconditionFailure("\(name) is no header name") }
        return name
    }
}
