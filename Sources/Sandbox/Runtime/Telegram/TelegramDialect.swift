import Hummingbird

/// The part of Telegram's Bot API that sends texts: `/bot{token}/sendMessage`, with parameters as JSON, form or query.
enum TelegramDialect: ChatDialect {
    static let name = "telegram"
    static let title = "Telegram"
    static let refusals = ["blocked", "chat_not_found", "unauthorized", "rate_limited", "broken"]
    static let routes: [(method: HTTPRequest.Method, path: String)] = [(.post, ":bot/:method"), (.get, ":bot/:method")]

    /// The longest text, in UTF-16 units after the entities are taken out.
    private static let longestText = 4096

    static func answer(_ call: ChatCall, _ log: inout ChatLog) -> Answer {
        guard call.path.count == 2, call.path[0].hasPrefix("bot"), let bot = bot(call.path[0]) else {
            return failure(404, "Not Found")
        }
        switch call.path[1].lowercased() {
        case "getme": return success(bot)
        case "sendmessage": return send(call, bot, &log)
        default: return failure(404, "Not Found")
        }
    }

    /// `bot{number}:{secret}`; any secret will do.
    private static func bot(_ part: String) -> JSON? {
        let token = part.dropFirst("bot".count).split(separator: ":", maxSplits: 1)
        guard token.count == 2, let id = Int(token[0]) else { return nil }
        return ["id": .int(id), "is_bot": true, "first_name": "Haat sandbox", "username": "haat_sandbox_bot"]
    }

    private static func send(_ call: ChatCall, _ bot: JSON, _ log: inout ChatLog) -> Answer {
        guard let body = call.body else { return failure(400, "Bad Request: can't parse the request") }
        func parameter(_ name: String) -> String { body[name]?.looseText ?? call.query[name] ?? "" }
        let chat = parameter("chat_id")
        let text = parameter("text")
        guard !chat.isEmpty else { return failure(400, "Bad Request: chat_id is empty") }
        guard text.contains(where: { !$0.isWhitespace }) else {
            return failure(400, "Bad Request: message text is empty")
        }
        guard text.utf16.count <= longestText else { return failure(400, "Bad Request: message is too long") }
        if let refusal = log.takeRefusal(for: chat) { return refuse(refusal, log) }
        let request = body.members.isEmpty ? JSON(form: call.query.root) : body
        let message = log.keep(chat, text, request, now: call.now)
        return success([
            "message_id": .int(message.number), "from": bot, "chat": self.chat(chat), "date": .int(call.now),
            "text": .string(text),
        ])
    }

    /// Groups have negative numbers, channels a name.
    private static func chat(_ id: String) -> JSON {
        guard let number = Int(id) else {
            return ["id": -1_000_000_000_001, "type": "channel", "username": .string(id)]
        }
        return ["id": .int(number), "type": number < 0 ? "supergroup" : "private"]
    }

    private static func refuse(_ refusal: String, _ log: ChatLog) -> Answer {
        switch refusal {
        case "blocked": failure(403, "Forbidden: bot was blocked by the user")
        case "chat_not_found": failure(400, "Bad Request: chat not found")
        case "unauthorized": failure(401, "Unauthorized")
        case "rate_limited": rateLimited(log)
        default: broken
        }
    }

    static func rateLimited(_ log: ChatLog) -> Answer {
        let description = "Too Many Requests: retry after \(log.retryAfter)"
        var answer = Answer.json(
            [
                "ok": false, "error_code": 429, "description": .string(description),
                "parameters": ["retry_after": .int(log.retryAfter)],
            ], status: 429)
        answer.headers.append(("Retry-After", "\(log.retryAfter)"))
        return answer
    }

    static let broken = failure(502, "Bad Gateway")

    private static func success(_ result: JSON) -> Answer { .json(["ok": true, "result": result]) }

    private static func failure(_ code: Int, _ description: String) -> Answer {
        .json(["ok": false, "error_code": .int(code), "description": .string(description)], status: code)
    }
}
