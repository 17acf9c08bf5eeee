import Outbound

extension GatewayError {
    /// What a call without success means for a gateway that keeps nothing of failures.
    /// - Parameter refusal: the gateway's own word for a refusal, and its message; by default the status says it all.
    init(
        _ error: OutboundError,
        refusal: (OutboundAnswer) -> (code: String?, message: String) = { (nil, "status \($0.response.status)") }
    ) {
        switch error {
        case .refused(let answer):
            let (code, message) = refusal(answer)
            self = .refused(code: code, message: message, evidence: answer.evidence)
        case .credentialsRefused(let answer): self = .credentialsRefused("status \(answer.response.status)")
        case .unavailable(let reason, _): self = .unavailable(reason)
        case .unknown(let reason, _): self = .unknown(reason)
        }
    }

    /// What can't be read in an answer is an answer that can't be right.
    static func reading<Value>(_ body: () throws(MalformedEvent) -> Value) throws(GatewayError) -> Value {
        do {
            return try body()
        } catch {
            throw .integrity(error.description)
        }
    }
}
