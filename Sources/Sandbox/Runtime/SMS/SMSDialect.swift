import Hummingbird

/// An SMS gateway of no provider in particular: `send` takes `to`, `text`, `sender` and `id` as JSON, form or query.
enum SMSDialect: ChatDialect {
    static let name = "sms"
    static let title = "SMS"
    static let refusals = ["invalid_number", "unauthorized", "not_accepted", "rate_limited", "broken"]
    static let routes: [(method: HTTPRequest.Method, path: String)] = [(.post, "send"), (.get, "send")]

    /// Ten texts in one, as gateways have it.
    private static let longestText = 1530

    static func answer(_ call: ChatCall, _ log: inout ChatLog) -> Answer {
        guard let body = call.body else { return failure(400, "malformed_request") }
        func parameter(_ name: String) -> String { body[name]?.looseText ?? call.query[name] ?? "" }
        let to = parameter("to")
        let digits = to.first == "+" ? to.dropFirst() : to[...]
        guard (8...15).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return failure(400, "invalid_number")
        }
        let text = parameter("text")
        guard text.contains(where: { !$0.isWhitespace }), text.unicodeScalars.count <= longestText else {
            return failure(400, "invalid_text")
        }
        if let refusal = log.takeRefusal(for: String(digits)) { return refuse(refusal, log) }
        let request = body.members.isEmpty ? JSON(form: call.query.root) : body
        let message = log.keep(String(digits), text, request, now: call.now)
        return .json(["status": "accepted", "message_id": .int(message.number)])
    }

    private static func refuse(_ refusal: String, _ log: ChatLog) -> Answer {
        switch refusal {
        case "invalid_number": failure(400, refusal)
        case "unauthorized": failure(401, refusal)
        // Many gateways say no with the status of success.
        case "not_accepted": failure(200, "insufficient_balance")
        case "rate_limited": rateLimited(log)
        default: broken
        }
    }

    static func rateLimited(_ log: ChatLog) -> Answer {
        var answer = failure(429, "rate_limited")
        answer.headers.append(("Retry-After", "\(log.retryAfter)"))
        return answer
    }

    static let broken = failure(500, "internal_error")

    private static func failure(_ status: Int, _ code: String) -> Answer {
        .json(["status": "error", "code": .string(code)], status: status)
    }
}
