import HTML

/// An error answer of Steadfast's API.
enum SteadfastError: Error, Sendable {
    /// Fields in their order, each with its messages.
    case invalid([(field: String, messages: [String])])
    case unauthenticated(String)
    case notFound(String)
    case tooManyRequests

    func answer(_ settings: SteadfastSettings) -> Answer {
        switch self {
        case .invalid(let fields): Self.validation(fields, settings)
        case .unauthenticated(let message): .json(["message": .string(message)], status: 401)
        case .notFound(let message): .json(["status": 404, "message": .string(message)], status: 404)
        case .tooManyRequests: Self.rateLimited(settings)
        }
    }

    private static func validation(
        _ fields: [(field: String, messages: [String])], _ settings: SteadfastSettings
    ) -> Answer {
        var body: JSON = ["status": 400, "message": "The given data was invalid."]
        if settings.bareErrors {
            body = ["status": 400, "message": .string(fields.first?.messages.first ?? "The given data was invalid.")]
        } else if case .object(var object) = body {
            object["errors"] = .object(
                JSONObject(members: fields.map { .init(name: $0.field, value: .array($0.messages.map(JSON.string))) }))
            body = .object(object)
        }
        return .json(body, status: settings.validationStatus)
    }

    /// UNCONFIRMED: the text of a 429, and whether it has a Retry-After header.
    static func rateLimited(_ settings: SteadfastSettings) -> Answer {
        var answer = Answer.json(["message": "Too Many Attempts."], status: 429)
        if settings.retryAfter > 0 { answer.headers.append(("Retry-After", "\(settings.retryAfter)")) }
        return answer
    }

    static func broken(_ settings: SteadfastSettings) -> Answer {
        switch settings.errorBody {
        case "html": .html("<html><body><h1>502 Bad Gateway</h1></body></html>", status: 502)
        case "empty": Answer(status: 500)
        default: .json(["message": "Server Error"], status: 500)
        }
    }
}
