import Core

/// What a piece of evidence means for a payment as it stands.
package enum Assessment: Sendable, Hashable {
    /// Known already or overtaken; nothing moves.
    case nothing
    case move(to: PaymentState)
    /// Pushed evidence that does not fit what we hold: the gateway has to be asked before anything is decided.
    case doubtful(reason: String)
    /// The gateway itself, when asked, says something that does not fit the payment.
    case conflict(reason: String)
}

extension Payment {
    /// Pure: weighs evidence against this row.
    package func assess(_ evidence: Evidence) -> Assessment {
        if isAboutAbandonedSession(evidence) { return .nothing }
        if let mismatch = mismatch(with: evidence) {
            return evidence.source.isAuthoritative ? .conflict(reason: mismatch) : .doubtful(reason: mismatch)
        }
        let target = state.joined(with: evidence.status.state)
        guard target != state else { return .nothing }
        if let doubt = doubt(about: evidence) { return .doubtful(reason: doubt) }
        return .move(to: target)
    }

    /// A crash may leave a session behind that nobody was sent to; its end says nothing about this payment.
    private func isAboutAbandonedSession(_ evidence: Evidence) -> Bool {
        guard let theirs = evidence.sessionReference, let ours = sessionReference, theirs != ours else { return false }
        return evidence.status != .captured && evidence.status != .authorised
    }

    private func mismatch(with evidence: Evidence) -> String? {
        if evidence.gateway != gateway { return "gateway \(evidence.gateway) instead of \(gateway)" }
        if let account = evidence.merchantAccount, account != merchantAccount {
            return "merchant account \(account) instead of \(merchantAccount)"
        }
        if let claimed = evidence.amount, claimed != amount {
            return "\(claimed.minorUnits) \(claimed.currency) instead of \(amount.minorUnits) \(amount.currency)"
        }
        if let theirs = evidence.reference, let ours = reference, theirs != ours {
            return "payment \(theirs) instead of \(ours)"
        }
        if let theirs = evidence.sessionReference, let ours = sessionReference, theirs != ours {
            return "session \(theirs) instead of \(ours)"
        }
        if evidence.status == .captured, evidence.amount == nil { return "a capture without an amount" }
        return nil
    }

    /// Pushed evidence may contradict an earlier statement of the same gateway. `failed` to `captured` is no contradiction: a
    /// declined or delayed attempt may well succeed later. Money on an expired or cancelled payment is one.
    private func doubt(about evidence: Evidence) -> String? {
        guard !evidence.source.isAuthoritative else { return nil }
        switch (state, evidence.status) {
        case (.conflicted, _): return "the payment is conflicted"
        case (.expired, .captured), (.cancelled, .captured): return "captured although \(state.rawValue)"
        default: return nil
        }
    }
}
