import HTML

/// What holds for all endpoints, told once.
enum DocumentationConventions {
    static var html: HTML {
        let rows = HTML.rows(all.map { ($0.key, $0.value) })
        return "<section id=\"conventions\"><h2 class=\"tag\">Conventions</h2><dl>\(rows)</dl></section>"
    }

    private static let all: KeyValuePairs = [
        "Format":
            "JSON in UTF-8 with snake_case names. Times are RFC 3339 in UTC; money is a whole number of minor units "
            + "with an ISO 4217 currency; ids carry their type, such as ord_01j….",
        "Growth":
            "Later versions add members to answers and values to enumerations that end in “…” (x-extensible-enum): ignore "
            + "what you don’t know. Nothing is renamed or taken away.",
        "Credentials":
            "Authorization: Bearer, with the token of a session, an API key, or the token that came with an order or a guest’s cart. A browser "
            + "that has signed in shows its session in a cookie instead, which counts only for what this site’s own pages send. "
            + "What you may do, and how far you reach, GET /me tells.",
        "Errors":
            "application/problem+json (RFC 9457). The type is stable; errors lists the wrong fields at once, the "
            + "first 50 of error_count, each with a JSON Pointer. Quote request_id when you ask for help.",
        "Repeating safely":
            "Send Idempotency-Key with a fresh UUID and repeat the request with the same key until you get an "
            + "answer: the work is done once, and repetitions get the first answer with Idempotent-Replayed: true. "
            + "Answers are kept for 24 hours. A key of a caller with credentials can’t be used for another request (422).",
        "Versions":
            "Where an answer carries an ETag, If-None-Match saves the transfer (304). Edits name the version that they "
            + "change in If-Match: 428 without it, 412 when someone else was first.",
        "Listings": "Pages of limit entries. Pass next_cursor as cursor to go on; it is null on the last page.",
        "Limits":
            "RateLimit-Limit, RateLimit-Remaining and RateLimit-Reset tell where you stand; beyond that, 429 "
            + "with Retry-After. A body may have 16 KiB unless an endpoint needs more (413), an object 1,000 members and a "
            + "name 128 bytes (400), a query 8 KiB and 100 parameters (422).",
        "Tracing": "X-Request-Id is taken over and returned; W3C traceparent continues your trace.",
    ]
}
