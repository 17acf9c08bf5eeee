import Hummingbird

/// Discord's incoming webhooks: `/api/webhooks/{id}/{token}`, with or without a version before `webhooks`.
enum DiscordDialect: ChatDialect {
    static let name = "discord"
    static let title = "Discord"
    static let refusals = ["unknown_webhook", "invalid_token", "rate_limited", "broken"]
    static let routes: [(method: HTTPRequest.Method, path: String)] = [(.post, "api/**")]

    private static let longestContent = 2000
    private static let mostEmbeds = 10

    static func answer(_ call: ChatCall, _ log: inout ChatLog) -> Answer {
        // `/api/webhooks/…` or `/api/v10/webhooks/…`
        let parts = call.path.dropFirst().drop { $0.hasPrefix("v") && Int($0.dropFirst()) != nil }
        guard parts.count == 3, parts.first == "webhooks", let webhook = parts.dropFirst().first else {
            return failure(404, "404: Not Found", code: 0)
        }
        guard let body = call.body else { return failure(400, "The request body contains invalid JSON.", code: 50109) }
        if let refusal = log.takeRefusal(for: webhook) { return refuse(refusal, log) }
        let content = body["content"]?.looseText ?? ""
        let embeds = body["embeds"]?.elements ?? []
        guard !content.isEmpty || !embeds.isEmpty else {
            return failure(400, "Cannot send an empty message", code: 50006)
        }
        guard content.count <= longestContent else {
            return invalid("content", "Must be \(longestContent) or fewer in length.")
        }
        guard embeds.count <= mostEmbeds else { return invalid("embeds", "Must be \(mostEmbeds) or fewer in length.") }
        let text = content.isEmpty ? embeds.compactMap { $0["title"]?.stringValue }.joined(separator: ", ") : content
        let message = log.keep(webhook, text, body, now: call.now)
        // Without `wait`, the sender only learns that it was accepted.
        guard call.query["wait"] == "true" else { return Answer(status: 204, headers: limits(remaining: 4)) }
        var answer = Answer.json(json(message, content, embeds, webhook))
        answer.headers += limits(remaining: 4)
        return answer
    }

    private static func json(_ message: ChatMessage, _ content: String, _ embeds: [JSON], _ webhook: String) -> JSON {
        let time = CivilTime(unix: message.at, offset: 0)
        return [
            "id": .string("\(1_000_000_000_000_000_000 + message.number)"), "type": 0, "content": .string(content),
            "channel_id": "1000000000000000000",
            "author": ["id": .string(webhook), "username": message.request["username"] ?? "Haat sandbox", "bot": true],
            "embeds": .array(embeds), "timestamp": .string("\(time.date)T\(time.time).000000+00:00"),
            "webhook_id": .string(webhook),
        ]
    }

    private static func refuse(_ refusal: String, _ log: ChatLog) -> Answer {
        switch refusal {
        case "unknown_webhook": failure(404, "Unknown Webhook", code: 10015)
        case "invalid_token": failure(401, "Invalid Webhook Token", code: 50027)
        case "rate_limited": rateLimited(log)
        default: broken
        }
    }

    static func rateLimited(_ log: ChatLog) -> Answer {
        var answer = Answer.json(
            [
                "message": "You are being rate limited.", "retry_after": .number(Double(log.retryAfter)),
                "global": false,
            ],
            status: 429)
        answer.headers += [("Retry-After", "\(log.retryAfter)")] + limits(remaining: 0)
        return answer
    }

    /// The size of the bucket is the sandbox's own.
    private static func limits(remaining: Int) -> [(name: String, value: String)] {
        [
            ("X-RateLimit-Limit", "5"), ("X-RateLimit-Remaining", "\(remaining)"), ("X-RateLimit-Reset-After", "1"),
            ("X-RateLimit-Bucket", "haat-sandbox"),
        ]
    }

    static let broken = failure(500, "Internal Server Error", code: 0)

    private static func invalid(_ field: String, _ message: String) -> Answer {
        .json(
            [
                "message": "Invalid Form Body", "code": 50035,
                "errors": .object(
                    JSONObject(members: [
                        .init(
                            name: field,
                            value: ["_errors": [["code": "BASE_TYPE_MAX_LENGTH", "message": .string(message)]]])
                    ])),
            ], status: 400)
    }

    private static func failure(_ status: Int, _ message: String, code: Int) -> Answer {
        .json(["message": .string(message), "code": .int(code)], status: status)
    }
}
