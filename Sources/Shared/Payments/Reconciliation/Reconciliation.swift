package import Core

/// A place where a gateway's record and ours part.
package struct Discrepancy: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
        /// The gateway took money for a payment that we know and do not count as captured.
        case captureMissedHere = "capture_missed_here"
        /// We count a payment as captured that the gateway does not.
        case captureUnknownThere = "capture_unknown_there"
        /// The gateway took money that belongs to no payment of ours.
        case paymentUnknownHere = "payment_unknown_here"
        /// A checkout has brought money twice, and we know of one capture.
        case capturedAgain = "captured_again"
        case refundMissedHere = "refund_missed_here"
        case refundUnknownThere = "refund_unknown_there"
        case refundOfUnknownPayment = "refund_of_unknown_payment"
        case disputeMissedHere = "dispute_missed_here"
        case disputeOfUnknownPayment = "dispute_of_unknown_payment"
        case amountDiffers = "amount_differs"
        /// What the gateway's balance has for a dispute is not what our ledger has.
        case disputeBalanceDiffers = "dispute_balance_differs"
        /// Our ledger has another sum at the gateway for a payment than payment, refunds and disputes come to.
        case ledgerDiffers = "ledger_differs"
        /// The time of a payment is over, and the gateway knows nothing of it.
        case paymentUnknownThere = "payment_unknown_there"
        /// The gateway knows how a payment ended that we still wait for.
        case endMissedHere = "end_missed_here"
        /// The gateway has pushed something about a payment of ours that never reached us.
        case eventMissedHere = "event_missed_here"
        /// An entry of the gateway's record that we can't make sense of.
        case recordUnreadable = "record_unreadable"
    }

    package let kind: Kind
    /// What it is about: our id where there is one, else the gateway's.
    package let subject: String
    /// Both sides, for people.
    package let detail: String
    /// The payment that has to be asked for to mend it; nil where only a person can.
    package let repair: ID<Payment>?

    package init(_ kind: Kind, _ subject: String, _ detail: String, repair: ID<Payment>? = nil) {
        self.kind = kind
        self.subject = subject
        self.detail = detail
        self.repair = repair
    }
}

/// What a reconciliation compared and found.
package struct ReconciliationReport: Sendable {
    package let gateway: GatewayName
    package let period: GatewayPeriod
    /// How many entries of the gateway's record were looked at.
    package var payments = 0
    package var refunds = 0
    package var disputes = 0
    package var events = 0
    /// How many of those that say something never arrived, whether it is known by other ways or not.
    package var missedEvents = 0
    /// How many of our payments the gateway was asked about one by one.
    package var asked = 0
    package var discrepancies: [Discrepancy] = []
    /// Payments with a dispute or a refund that began before the period and has no end yet.
    package var undecided: [ID<Payment>] = []

    /// The payments that a question to the gateway may put right.
    package var repairs: [ID<Payment>] { Set(discrepancies.compactMap(\.repair)).sorted() }
}

extension Payment {
    /// The first way in which the gateway's entry for this payment differs; nil where both agree. Pure.
    func discrepancy(to theirs: Report) -> Discrepancy? {
        let said = "\(theirs.gateway) says \(theirs.status.rawValue) (\(theirs.statement))"
        guard theirs.status == .captured else {
            guard state.isCaptured else { return nil }
            return Discrepancy(.captureUnknownThere, "\(id)", "here \(state.rawValue); \(said)")
        }
        guard state.isCaptured else {
            return Discrepancy(.captureMissedHere, "\(id)", "here \(state.rawValue); \(said)", repair: id)
        }
        if let ours = reference, let reference = theirs.reference, reference != ours {
            return Discrepancy(.capturedAgain, reference, "here as \(ours); \(said)", repair: id)
        }
        guard theirs.amount == amount else {
            let sum = theirs.amount.map { "\($0.minorUnits) \($0.currency)" } ?? "no amount"
            return Discrepancy(
                .amountDiffers, "\(id)", "here \(amount.minorUnits) \(amount.currency); \(theirs.gateway) says \(sum)")
        }
        return nil
    }
}

extension Refund {
    /// Likewise for a refund.
    func discrepancy(to theirs: RefundReport) -> Discrepancy? {
        guard theirs.amount == amount else {
            return Discrepancy(
                .amountDiffers, "\(id)",
                "here \(amount.minorUnits) \(amount.currency); there \(theirs.amount.minorUnits) \(theirs.amount.currency)"
            )
        }
        let detail = "here \(state.rawValue); \(theirs.gateway) says \(theirs.status.rawValue)"
        if state.joined(with: theirs.status) != state {
            return Discrepancy(.refundMissedHere, "\(id)", detail, repair: paymentID)
        }
        let isOurs = state == .succeeded && theirs.status != .succeeded
        return isOurs ? Discrepancy(.refundUnknownThere, "\(id)", detail) : nil
    }
}

extension Dispute {
    /// Likewise for a dispute.
    func discrepancy(to theirs: DisputeReport) -> Discrepancy? {
        guard theirs.amount == amount else {
            return Discrepancy(
                .amountDiffers, "\(id)", "here \(amount.minorUnits); \(theirs.gateway) says \(theirs.amount.minorUnits)"
            )
        }
        let after = following(theirs)
        guard after.status != status || after.funds != funds else { return nil }
        return Discrepancy(
            .disputeMissedHere, "\(id)",
            "here \(status), \(funds); \(theirs.gateway) says \(theirs.status), \(theirs.funds)",
            repair: paymentID)
    }
}
