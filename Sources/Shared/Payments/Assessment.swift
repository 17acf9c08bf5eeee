import Core

/// What a report means for a payment as it stands.
package enum Assessment: Sendable, Hashable {
    /// Known already or overtaken; nothing moves.
    case nothing
    case move(to: PaymentState)
    /// A pushed report that does not fit what we hold: the gateway has to be asked before anything is decided.
    case doubtful(reason: String)
    /// The gateway itself, when asked, says something that does not fit the payment.
    case conflict(reason: String)
    /// The checkout of a payment that was captured has brought money once more.
    case capturedAgain
}

extension Payment {
    /// Pure: weighs a report against this row.
    package func assess(_ report: Report) -> Assessment {
        if isAboutAbandonedSession(report) { return .nothing }
        if let theirs = furtherCapture(in: report) {
            return report.source.isAuthoritative
                ? .capturedAgain : .doubtful(reason: "captured once more, as \(theirs)")
        }
        if let mismatch = mismatch(with: report) {
            return report.source.isAuthoritative ? .conflict(reason: mismatch) : .doubtful(reason: mismatch)
        }
        let target = state.joined(with: report.status.state)
        guard target != state else { return .nothing }
        if let doubt = doubt(about: report) { return .doubtful(reason: doubt) }
        return .move(to: target)
    }

    /// A crash may leave a session behind that nobody was sent to; its end says nothing about this payment.
    private func isAboutAbandonedSession(_ report: Report) -> Bool {
        guard let theirs = report.sessionReference, let ours = sessionReference, theirs != ours else { return false }
        return report.status != .captured && report.status != .authorised
    }

    /// What the gateway calls another capture of our very checkout; nil where the report is about none. A person may have said the same
    /// twice under two names, so that what they state is a contradiction.
    private func furtherCapture(in report: Report) -> String? {
        if case .stated = report.source { return nil }
        guard report.status == .captured, state.isCaptured, report.gateway == gateway,
            report.merchantAccount.map({ $0 == merchantAccount }) ?? true,
            let session = report.sessionReference, session == sessionReference,
            report.amount?.currency == amount.currency,
            let theirs = report.reference, let ours = reference, theirs != ours
        else { return nil }
        return theirs
    }

    private func mismatch(with report: Report) -> String? {
        if report.gateway != gateway { return "gateway \(report.gateway) instead of \(gateway)" }
        if let account = report.merchantAccount, account != merchantAccount {
            return "merchant account \(account) instead of \(merchantAccount)"
        }
        if let claimed = report.amount, claimed != amount {
            return "\(claimed.minorUnits) \(claimed.currency) instead of \(amount.minorUnits) \(amount.currency)"
        }
        if let theirs = report.reference, let ours = reference, theirs != ours {
            return "payment \(theirs) instead of \(ours)"
        }
        if let theirs = report.sessionReference, let ours = sessionReference, theirs != ours {
            return "session \(theirs) instead of \(ours)"
        }
        if report.status == .captured, report.amount == nil { return "a capture without an amount" }
        return nil
    }

    /// A pushed report may contradict an earlier statement of the same gateway. `failed` to `captured` is no contradiction: a
    /// declined or delayed attempt may well succeed later. Money on an expired or cancelled payment is one.
    private func doubt(about report: Report) -> String? {
        guard !report.source.isAuthoritative else { return nil }
        switch (state, report.status) {
        case (.conflicted, _): return "the payment is conflicted"
        case (.expired, .captured), (.cancelled, .captured): return "captured although \(state.rawValue)"
        default: return nil
        }
    }
}
