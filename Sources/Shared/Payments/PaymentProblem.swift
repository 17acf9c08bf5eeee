package import Core

extension GatewayError: ProblemConvertible {
    package var problem: Problem {
        switch self {
        case .refused(_, let message, _):
            Problem(
                type: "payment-refused", title: "The payment provider refused", status: 422, detail: message)
        case .credentialsRefused, .unavailable, .unknown, .keySpent:
            Problem(
                type: "payment-provider-unavailable", title: "The payment provider does not answer", status: 503,
                detail: "Nothing is lost; repeat the request in a moment")
        case .integrity:
            Problem(
                type: "payment-provider-answer", title: "The payment provider's answer can't be right", status: 502,
                detail: "The payment is held for an operator to look at")
        }
    }
}
