package import Core

/// A kind of error that an endpoint can answer with (RFC 9457). Declared beside the endpoints that use it:
///
///     extension ProblemType {
///         static let insufficientStock = ProblemType(
///             "insufficient-stock", 409, "Insufficient stock", "Fewer are left than ordered.")
///     }
package struct ProblemType: Sendable, Hashable {
    /// The stable slug in the `type` URI.
    package let slug: String
    package let status: Int
    package let title: String
    /// When it happens and what to do, for the documentation.
    package let meaning: String

    package init(_ slug: String, _ status: Int, _ title: String, _ meaning: String = "") {
        self.slug = slug
        self.status = status
        self.title = title
        self.meaning = meaning
    }

    /// The type of a problem that a domain throws.
    package init(_ problem: Problem, _ meaning: String = "") {
        self.init(problem.type, problem.status, problem.title, meaning.isEmpty ? problem.detail ?? "" : meaning)
    }

    /// The `type` member of the problem document: a name, not a page.
    package var uri: String { "urn:haat:problem:\(slug)" }

    /// One occurrence.
    package func problem(
        _ detail: String? = nil, fields: [FieldProblem] = [], extensions: [String: JSONValue] = [:],
        retryAfter: Duration? = nil
    ) -> Problem {
        Problem(
            type: slug, title: title, status: status, detail: detail, fields: fields, extensions: extensions,
            retryAfter: retryAfter)
    }
}

extension ProblemType {
    package static let malformedRequest = ProblemType(
        "malformed-request", 400, "Malformed request", "The body is not JSON, or a header can't be read.")
    package static let idempotencyKeyMissing = ProblemType(
        "idempotency-key-missing", 400, "Idempotency-Key is missing",
        "Send a fresh UUID for each new intention and the same one when you repeat it.")
    package static let invalidCursor = ProblemType(.invalidCursor)
    package static let unauthorized = ProblemType(
        "unauthorized", 401, "Not authorized", "The bearer token is missing or not accepted here.")
    package static let forbidden = ProblemType(
        "forbidden", 403, "Forbidden", "The token is good, but not for this.")
    package static let secondFactorRequired = ProblemType(
        "second-factor-required", 403, "A second factor is required",
        "Show a code of the authenticator at POST /me/second_factor; where `is_fresh` is true it has to be a recent one. Staff and "
            + "vendors’ owners need an authenticator: POST /me/totp."
    )
    package static let readOnlySession = ProblemType(
        "read-only-session", 403, "This session may but look",
        "Whoever acts in another’s place changes nothing, unless the session says so.")
    package static let crossSiteRequest = ProblemType(
        "cross-site-request", 403, "This did not come from here", "Another site's page made the browser send a form.")
    package static let notFound = ProblemType("not-found", 404, "Not found", "There is nothing of that name.")
    package static let methodNotAllowed = ProblemType(
        "method-not-allowed", 405, "Method not allowed", "The Allow header lists what the path answers to.")
    package static let idempotencyInProgress = ProblemType(
        "idempotency-in-progress", 409, "Still in progress",
        "The first request with this Idempotency-Key has not finished; ask again after Retry-After.")
    package static let versionMismatch = ProblemType(
        "version-mismatch", 412, "Changed by someone else", "Read it again and repeat the change.")
    package static let bodyTooLarge = ProblemType("body-too-large", 413, "The body is too large")
    package static let unsupportedMediaType = ProblemType(
        "unsupported-media-type", 415, "Unsupported media type", "Send application/json.")
    package static let invalidInput = ProblemType(
        "invalid-input", 422, "The input is not valid",
        "`errors` lists the fields that are wrong, the first 50 of `error_count`.")
    package static let idempotencyKeyReused = ProblemType(
        "idempotency-key-reused", 422, "Idempotency-Key was used for another request",
        "The key belongs to a request with other content; use a fresh one.")
    package static let preconditionRequired = ProblemType(
        "precondition-required", 428, "If-Match is required", "Send the ETag of the version that you edit.")
    package static let rateLimited = ProblemType(
        "rate-limited", 429, "Too many requests", "Wait for the seconds in Retry-After.")
    package static let internalError = ProblemType(
        "internal-error", 500, "Internal error", "Our fault; quote the request id when you report it.")
    package static let unavailable = ProblemType(
        "unavailable", 503, "Temporarily unavailable", "Nothing was done; repeat after Retry-After.")
    package static let outcomeUnknown = ProblemType(
        "outcome-unknown", 503, "The outcome is unknown",
        "The connection broke during the work; repeat the request with the same Idempotency-Key, or look first."
    )
}
