import Core
import HTTPTypes
import Hummingbird

/// Cross-Origin Resource Sharing (the Fetch standard): which sites' pages may call. No cookies are used, so no
/// credentials are
/// allowed.
struct CrossOriginRules: Sendable {
    private let origins: Set<UTF8Text>
    private let allowsEvery: Bool

    init(origins: [String]) {
        self.origins = Set(origins.map { UTF8Text($0) })
        allowsEvery = origins.contains("*")
    }

    func allow(_ request: Request, _ headers: inout HTTPFields) {
        guard allowsEvery || !origins.isEmpty else { return }
        if !allowsEvery { headers.addVary("Origin") }
        guard let origin = request.headers.text(.origin), allowsEvery || origins.contains(origin) else { return }
        headers[.accessControlAllowOrigin] = allowsEvery ? "*" : origin.string
        headers[.accessControlExposeHeaders] =
            "ETag, Location, Retry-After, X-Request-Id, Idempotent-Replayed, "
            + "RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset"
    }

    /// The further headers of the answer to a preflight.
    func preflight(_ request: Request, methods: String, _ headers: inout HTTPFields) {
        guard headers.contains(.accessControlAllowOrigin), request.headers.contains(.accessControlRequestMethod) else {
            return
        }
        headers[.accessControlExposeHeaders] = nil
        headers[.accessControlAllowMethods] = methods
        headers[.accessControlAllowHeaders] =
            "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-Id, traceparent"
        headers[.accessControlMaxAge] = "600"
    }
}
