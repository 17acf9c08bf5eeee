import Core
package import HTTPTypes
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
    /// Whom limits count.
    let client: ClientNetwork
    /// The path of the request as it may be shown, cut where it is longer than any of ours.
    let path: String
    let started: ContinuousClock.Instant
    var headers: HTTPFields = [:]
    /// Whether the caller showed a cookie: then the answer is for that browser alone.
    var isByCookie = false

    init(_ request: Request, _ context: APIRequestContext, trustedProxies: Int, logger: Logger) {
        var randomness = SystemRandomNumberGenerator()
        started = .now
        requestID = RequestIdentity.requestID(accepting: request.headers.text(.requestID), using: &randomness)
        trace = RequestIdentity.trace(continuing: request.headers.text(.traceparent), using: &randomness)
        (clientAddress, client) = Self.client(of: request, context, trustedProxies: trustedProxies)
        path = UTF8Text(request.uri.path).excerpt(Self.shownPathLength)
        var logger = logger
        logger[metadataKey: "request_id"] = .string(requestID)
        logger[metadataKey: "trace_id"] = .string(trace.traceID)
        self.logger = logger
        headers[.requestID] = requestID
    }

    private static let shownPathLength = 512

    private static func forwardedAddress(of request: Request, trustedProxies: Int) -> String? {
        request.headers.text(.forwardedFor).flatMap {
            HeaderGrammar.forwardedAddress(in: $0, trustedProxies: trustedProxies)
        }
    }

    private static func client(
        of request: Request, _ context: APIRequestContext, trustedProxies: Int
    ) -> (address: String, network: ClientNetwork) {
        guard let address = forwardedAddress(of: request, trustedProxies: trustedProxies) else {
            return (context.peerAddress, context.peer)
        }
        return (address, ClientNetwork(address))
    }

    /// Whom limits count, without making a text of an address that is not one yet.
    static func network(of request: Request, _ context: APIRequestContext, trustedProxies: Int) -> ClientNetwork {
        forwardedAddress(of: request, trustedProxies: trustedProxies).map(ClientNetwork.init) ?? context.peer
    }
}

extension HTTPField.Name {
    static let requestID = known("X-Request-Id")
    static let traceparent = known("traceparent")
    static let forwardedFor = known("X-Forwarded-For")
    static let idempotencyKey = known("Idempotency-Key")
    static let idempotentReplayed = known("Idempotent-Replayed")
    static let rateLimitLimit = known("RateLimit-Limit")
    static let rateLimitRemaining = known("RateLimit-Remaining")
    static let rateLimitReset = known("RateLimit-Reset")
    static let referrerPolicy = known("Referrer-Policy")

    /// A name that is a token of RFC 9110.
    package static func known(_ name: StaticString) -> Self {
        guard let name = Self(name.description) else { preconditionFailure("\(name) is no header name") }
        return name
    }
}
