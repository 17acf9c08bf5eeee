package import Jobs
package import Outbound

/// Why a gateway gave no usable answer.
package enum GatewayError: Error, Sendable {
    /// It said no. `code` is its own stable word, where it has one.
    case refused(code: String?, message: String, evidence: OutboundEvidence?)
    /// It does not accept our credentials (any more). Nothing happened there, and nothing was said about the payment: an operator
    /// has to put the key right, and then the same call succeeds.
    case credentialsRefused(String)
    /// Nothing happened there.
    case unavailable(String)
    /// It may have happened. Asked again under the same idempotency key, the gateway says what came of it.
    case unknown(String)
    /// It may have happened, and the gateway has kept its failure under this idempotency key: it can only repeat that. Look
    /// whether it happened, then ask under a new key.
    case keySpent(String)
    /// It answered, and the answer is not what was asked for or can't be read.
    case integrity(String)
}

extension GatewayError {
    /// Nothing was heard: what is the case there has to be asked again later.
    var isSilence: Bool {
        switch self {
        case .credentialsRefused, .unavailable, .unknown, .keySpent: true
        case .refused, .integrity: false
        }
    }
}

extension GatewayError: PostponingError {
    /// Credentials are wrong until somebody puts them right: no number of attempts is too high for that.
    package var postponement: RetryLater? {
        guard case .credentialsRefused = self else { return nil }
        return RetryLater(after: .seconds(300), reason: description)
    }
}

extension GatewayError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .refused(let code, let message, _): "refused (\(code ?? "no code")): \(message)"
        case .credentialsRefused(let reason): "our credentials are refused: \(reason)"
        case .unavailable(let reason): "unavailable: \(reason)"
        case .unknown(let reason): "outcome unknown: \(reason)"
        case .keySpent(let reason): "outcome unknown, and the key is spent: \(reason)"
        case .integrity(let reason): "an answer that can't be right: \(reason)"
        }
    }
}
