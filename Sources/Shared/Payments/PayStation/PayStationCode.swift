import Core
import Outbound

/// PayStation's own codes, as integrators have seen them; the HTTP status is 200 whatever they say.
enum PayStationCode: Hashable {
    case ok
    case wrongCredentials
    /// A number is taken once.
    case duplicate
    /// There is no such transaction, or no such merchant: it says the same of both.
    case unknown
    case other(String)
    /// It does not stand there, or is none.
    case missing

    init(of answer: ProviderObject) {
        guard let code = answer.code("status_code"), (1...16).contains(code.utf8.count) else {
            self = .missing
            return
        }
        switch code {
        case "200": self = .ok
        case "1001": self = .wrongCredentials
        case "1008": self = .duplicate
        case "1006", "2001": self = .unknown
        default: self = .other(code)
        }
    }

    /// Why an answer is not the one that was asked for.
    static func refusal(of answer: ProviderObject, call: OutboundEvidence) -> GatewayError {
        let message = message(of: answer)
        switch PayStationCode(of: answer) {
        case .wrongCredentials: return .credentialsRefused(message)
        case .duplicate: return .keySpent(message)
        case .unknown: return .refused(code: "unknown", message: message, evidence: call)
        case .other(let code): return .refused(code: code, message: message, evidence: call)
        case .ok, .missing: return .integrity("an answer without a code: \(message)")
        }
    }

    static func message(of answer: ProviderObject) -> String {
        UTF8Text(answer.note("message") ?? "without a message").excerpt(200)
    }
}
