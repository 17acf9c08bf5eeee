/// An error answer in Stripe's form.
struct StripeError: Error, Sendable {
    enum Kind: String, Sendable {
        case api = "api_error"
        case card = "card_error"
        case idempotency = "idempotency_error"
        case invalidRequest = "invalid_request_error"
    }

    let status: Int
    let kind: Kind
    var code: String?
    var declineCode: String?
    let message: String
    var param: String?
    var charge: String?
    var paymentIntent: PaymentIntent?
    /// Whether the operation had begun: such answers are kept for the idempotency key, refusals of the parameters are
    /// not.
    var executed = false

    static func invalid(_ message: String, code: String? = nil, param: String? = nil) -> StripeError {
        StripeError(status: 400, kind: .invalidRequest, code: code, message: message, param: param)
    }

    static func missing(_ param: String) -> StripeError {
        invalid("Missing required param: \(param).", code: "parameter_missing", param: param)
    }

    static func noSuch(_ kind: String, _ id: String, param: String) -> StripeError {
        StripeError(
            status: 404, kind: .invalidRequest, code: "resource_missing", message: "No such \(kind): '\(id)'",
            param: param)
    }

    static func unexpectedState(_ intent: PaymentIntent, action: String, allowed: [PaymentIntent.Status]) -> StripeError
    {
        let names = allowed.map(\.rawValue).joined(separator: ", ")
        var error = invalid(
            "This PaymentIntent could not be \(action) because it has a status of \(intent.status.rawValue). "
                + "Only a PaymentIntent with one of the following statuses may be \(action): \(names).",
            code: "payment_intent_unexpected_state", param: nil)
        error.paymentIntent = intent
        error.executed = true
        return error
    }

    static func declined(_ decline: CardDecline, intent: PaymentIntent) -> StripeError {
        StripeError(
            status: 402, kind: .card, code: decline.code, declineCode: decline.declineCode, message: decline.message,
            charge: decline.charge, paymentIntent: intent, executed: true)
    }

    static func unauthorized(_ key: String?) -> StripeError {
        guard let key, !key.isEmpty else {
            return StripeError(
                status: 401, kind: .invalidRequest,
                message:
                    "You did not provide an API key. You need to provide your API key in the Authorization header, "
                    + "using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See "
                    + "https://stripe.com/docs/api#authentication for details, or we can help at "
                    + "https://support.stripe.com/.")
        }
        let shown =
            key.count > 12 ? "\(key.prefix(8))\(String(repeating: "*", count: key.count - 12))\(key.suffix(4))" : "****"
        return StripeError(status: 401, kind: .invalidRequest, message: "Invalid API Key provided: \(shown)")
    }

    static func unknownRoute(_ method: String, _ path: String) -> StripeError {
        StripeError(
            status: 404, kind: .invalidRequest,
            message:
                "Unrecognized request URL (\(method): \(path)). Please see https://stripe.com/docs or we can help at "
                + "https://support.stripe.com/.")
    }

    static let serverError = StripeError(
        status: 500, kind: .api,
        message: "Sorry! There was an error while talking to the sandbox. It was ordered by a fault plan.",
        executed: true)

    static let rateLimited = StripeError(
        status: 429, kind: .invalidRequest, code: "rate_limit",
        message: "Request rate limit exceeded. Learn more about rate limits at https://stripe.com/docs/rate-limits.")
}

extension StripeError {
    func json(requestID: String) -> JSON {
        var members = JSONObject()
        if let charge { members["charge"] = .string(charge) }
        if let code { members["code"] = .string(code) }
        if let declineCode { members["decline_code"] = .string(declineCode) }
        if let code {
            members["doc_url"] = .string("https://stripe.com/docs/error-codes/\(code.replacing("_", with: "-"))")
        }
        members["message"] = .string(message)
        if let param { members["param"] = .string(param) }
        if let paymentIntent { members["payment_intent"] = StripeRendering().json(paymentIntent) }
        members["request_log_url"] = .string("https://dashboard.stripe.com/test/logs/\(requestID)")
        members["type"] = .string(kind.rawValue)
        return ["error": .object(members)]
    }
}
