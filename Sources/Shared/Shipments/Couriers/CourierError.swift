package import Outbound
package import Payments

/// Why a courier gave no usable answer.
package enum CourierError: Error, Sendable, Hashable {
    /// It said no to what was asked, and will again. `code` is its own stable word, where it has one.
    case refused(code: String?, message: String)
    /// It does not go there, or not with this.
    case notServiceable(String)
    /// Our account there has too little money: an operator has to pay in, and then the same call succeeds.
    case fundsLacking(String)
    /// It does not accept our credentials (any more). Nothing happened there: an operator has to put them right, and then the same call
    /// succeeds.
    case credentialsRefused(String)
    /// Nothing happened there: it was not reached, turned us away for now, or it is not our turn.
    case unavailable(String)
    /// It was not asked: as many of our calls as it takes are before this one.
    case notOurTurn(String)
    /// It may have happened: it has to be looked up before it is asked for again.
    case unknown(String)
    /// All that it has under our reference is cancelled: another one has to be taken.
    case referenceSpent(String)
    /// It answered, and the answer is not what was asked for or can't be read. For what changes something: it may have happened.
    case integrity(String)
}

extension CourierError {
    /// What a call without success means.
    /// - Parameter refusal: the courier's own word for a refusal, and its message; by default the status says it all.
    package init(
        _ error: OutboundError,
        refusal: (OutboundAnswer) -> CourierError = { .refused(code: nil, message: "status \($0.response.status)") }
    ) {
        switch error {
        case .refused(let answer): self = refusal(answer)
        case .credentialsRefused(let answer): self = .credentialsRefused("status \(answer.response.status)")
        case .unavailable(let reason, _): self = .unavailable(reason)
        case .unknown(let reason, _): self = .unknown(reason)
        }
    }

    /// The same of what the processes share of providers, such as a token.
    package init(_ error: GatewayError) {
        switch error {
        case .refused(let code, let message, _): self = .refused(code: code, message: message)
        case .credentialsRefused(let reason): self = .credentialsRefused(reason)
        case .unavailable(let reason): self = .unavailable(reason)
        case .unknown(let reason), .keySpent(let reason): self = .unknown(reason)
        case .integrity(let reason): self = .integrity(reason)
        }
    }

    /// What can't be read in an answer is an answer that can't be right.
    package static func reading<Value>(_ body: () throws(MalformedEvent) -> Value) throws(CourierError) -> Value {
        do {
            return try body()
        } catch {
            throw .integrity(error.description)
        }
    }

    /// Whether what was asked for may have happened.
    package var leavesDoubt: Bool {
        switch self {
        case .unknown, .integrity: true
        case .refused, .notServiceable, .fundsLacking, .credentialsRefused, .unavailable, .notOurTurn, .referenceSpent:
            false
        }
    }

    /// Whether asking again may help without anybody's doing; credentials are put right, accounts filled up.
    package var isPassing: Bool {
        switch self {
        case .fundsLacking, .credentialsRefused, .unavailable, .notOurTurn, .unknown, .integrity: true
        case .refused, .notServiceable, .referenceSpent: false
        }
    }
}

extension CourierError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .refused(let code, let message): "refused (\(code ?? "no code")): \(message)"
        case .notServiceable(let reason): "not serviceable: \(reason)"
        case .fundsLacking(let reason): "the account lacks funds: \(reason)"
        case .credentialsRefused(let reason): "our credentials are refused: \(reason)"
        case .unavailable(let reason): "unavailable: \(reason)"
        case .notOurTurn(let reason): "not our turn: \(reason)"
        case .unknown(let reason): "outcome unknown: \(reason)"
        case .referenceSpent(let reason): "the reference is spent: \(reason)"
        case .integrity(let reason): "an answer that can't be right: \(reason)"
        }
    }
}
