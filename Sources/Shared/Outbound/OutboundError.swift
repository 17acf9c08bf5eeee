/// Why a call to a provider has no success to show. The cases differ in what the caller may conclude about the other side.
package enum OutboundError: Error, Sendable, Equatable {
    /// The provider understood and said no (4xx with a body). Nothing changed there.
    case refused(OutboundAnswer)
    /// The provider does not accept our credentials. Nothing changed there, and nothing was said about what was asked.
    case credentialsRefused(OutboundAnswer)
    /// Nothing happened there for sure: never sent, turned away by a limit, or a read without an answer.
    case unavailable(reason: String, evidence: OutboundEvidence?)
    /// A call that may have changed something got no trustworthy answer. It is neither done nor failed until the provider is asked.
    case unknown(reason: String, evidence: OutboundEvidence?)

    package var evidence: OutboundEvidence? {
        switch self {
        case .refused(let answer), .credentialsRefused(let answer): answer.evidence
        case .unavailable(_, let evidence), .unknown(_, let evidence): evidence
        }
    }
}

extension OutboundError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .refused(let answer):
            "\(answer.evidence.provider) refused \(answer.evidence.operation) with status \(answer.response.status)"
        case .credentialsRefused(let answer):
            "\(answer.evidence.provider) refused our credentials with status \(answer.response.status)"
        case .unavailable(let reason, _): "provider unavailable, nothing happened: \(reason)"
        case .unknown(let reason, _): "outcome unknown: \(reason)"
        }
    }
}
