import Core

/// Razorpay's event envelope and the types that matter to us. A payload shows its objects as they were when the event was made, and
/// what they say counts, not the type: an authorisation may show its payment captured already.
struct RazorpayEvents {
    let mapping: RazorpayMapping
    /// Our account there; nil where it is not compared.
    let accountID: String?

    static func handles(_ type: String) -> Bool { Kind(type) != nil }

    private enum Kind {
        case payment, refund, dispute, settlement

        init?(_ type: String) {
            switch type {
            case "payment.authorized", "payment.captured", "payment.failed", "order.paid": self = .payment
            case "refund.created", "refund.processed", "refund.failed", "refund.speed_changed": self = .refund
            case "settlement.processed": self = .settlement
            case let type where type.hasPrefix("payment.dispute."): self = .dispute
            default: return nil
            }
        }
    }

    /// - Throws: where an event of a type that we handle lacks what the type promises.
    func interpret(_ push: GatewayPush) throws(MalformedEvent) -> GatewayFact {
        let event = try ProviderObject(parsing: push.body, path: "event")
        let type = try event.word("event")
        guard let kind = Kind(type) else { return .irrelevant(type: type) }
        let (payload, source) = (try event.object("payload"), ReportSource.webhook(eventID: push.id))
        switch kind {
        case .payment:
            return .payment(try mapping(of: event).report(of: try entity("payment", in: payload), source: source))
        case .refund:
            // What was never captured was never ours, and no matter for the ledger when it goes back.
            guard try entity("payment", in: payload).bool("captured") else { return .irrelevant(type: type) }
            return .refund(try mapping.refundReport(of: try entity("refund", in: payload), source: source))
        case .settlement: return .settled(reference: try entity("settlement", in: payload).id())
        case .dispute:
            return .dispute(
                try mapping.disputeReport(
                    of: try entity("dispute", in: payload), source: source, statedAt: try event.moment("created_at")))
        }
    }

    private func entity(_ name: UTF8Text, in payload: ProviderObject) throws(MalformedEvent) -> ProviderObject {
        try payload.object(name).object("entity")
    }

    /// In the name of the account that the event names, where we know which is ours.
    private func mapping(of event: ProviderObject) throws(MalformedEvent) -> RazorpayMapping {
        guard let accountID, let theirs = try event.optionalID("account_id"), theirs != accountID else {
            return mapping
        }
        return RazorpayMapping(gateway: mapping.gateway, merchantAccount: theirs)
    }

    /// The payments that an event may be about which makes no sense. Payments are called `pay_…` there as here.
    static func mentions(in push: GatewayPush) -> [PaymentPointer] {
        PushMentions.words(in: push.body, startingWith: ["order_", "pay_"]).map { word in
            if word.hasPrefix("order_") { return PaymentPointer(paymentID: nil, sessionReference: word) }
            return ID(word).map { PaymentPointer(paymentID: $0) } ?? PaymentPointer(paymentID: nil, reference: word)
        }
    }
}
