import Core

/// Stripe's event envelope and the types that matter to us.
enum StripeEvents {
    static func handles(_ type: String) -> Bool { Kind(type) != nil }

    /// - Throws: where an event of a type that we handle lacks what the type promises.
    static func interpret(
        _ push: GatewayPush, for gateway: GatewayName
    ) throws(MalformedEvent) -> GatewayFact {
        let event = try ProviderObject(parsing: push.body, path: "event")
        let type = try event.word("type")
        guard let kind = Kind(type) else { return .irrelevant(type: type) }
        let object = try event.object("data").object("object")
        let context = Context(
            gateway: gateway, eventID: push.id, type: type, event: event,
            merchantAccount: StripeMapping.merchantAccount(
                livemode: try event.bool("livemode"), account: try event.optionalID("account")))
        switch kind {
        case .session(let moment): return try session(object, moment, context)
        case .intent(let status): return .payment(try intent(object, status, context))
        case .refund:
            let report = try StripeMapping.refundReport(
                object, of: gateway, source: .webhook(eventID: context.eventID))
            return report.map(GatewayFact.refund) ?? .irrelevant(type: type)
        case .chargeRefunded:
            guard let reference = try object.optionalID("payment_intent") else { return .irrelevant(type: type) }
            return .refundsChanged(reference: reference, eventID: context.eventID)
        case .dispute: return try dispute(object, context)
        }
    }

    /// The payments that an event may be about which makes no sense.
    static func mentions(in push: GatewayPush) -> [PaymentPointer] {
        let ours = "\(Payment.typePrefix)_"
        return PushMentions.words(in: push.body, startingWith: [ours, "cs_", "pi_"]).compactMap { word in
            if word.hasPrefix("cs_") { return PaymentPointer(paymentID: nil, sessionReference: word) }
            if word.hasPrefix("pi_") { return PaymentPointer(paymentID: nil, reference: intent(in: word)) }
            return ID(word).map { PaymentPointer(paymentID: $0) }
        }
    }

    /// The secret of an intent begins with its id: `pi_…_secret_…`.
    private static func intent(in word: String) -> String {
        word.split(separator: "_secret_", maxSplits: 1).first.map { String($0) } ?? word
    }

    private struct Context {
        let gateway: GatewayName
        let eventID: String
        let type: String
        let event: ProviderObject
        let merchantAccount: String
    }

    private enum SessionMoment {
        case completed, paidLater, failedLater, expired
    }

    private enum Kind {
        case session(SessionMoment)
        case intent(ReportStatus)
        case refund, chargeRefunded, dispute

        init?(_ type: String) {
            switch type {
            case "checkout.session.completed": self = .session(.completed)
            case "checkout.session.async_payment_succeeded": self = .session(.paidLater)
            case "checkout.session.async_payment_failed": self = .session(.failedLater)
            case "checkout.session.expired": self = .session(.expired)
            case "payment_intent.succeeded": self = .intent(.captured)
            case "payment_intent.amount_capturable_updated": self = .intent(.authorised)
            case "payment_intent.processing": self = .intent(.pending)
            // Not the end: the same intent may be tried again with another card.
            case "payment_intent.payment_failed": self = .intent(.pending)
            case "payment_intent.canceled": self = .intent(.cancelled)
            case "charge.refunded": self = .chargeRefunded
            case "refund.created", "refund.updated", "refund.failed", "charge.refund.updated": self = .refund
            case let type where type.hasPrefix("charge.dispute."): self = .dispute
            default: return nil
            }
        }
    }

    private static func session(
        _ session: ProviderObject, _ moment: SessionMoment, _ context: Context
    ) throws(MalformedEvent) -> GatewayFact {
        guard try session.word("mode") == "payment" else { return .irrelevant(type: context.type) }
        let paymentStatus = try session.word("payment_status")
        let status: ReportStatus =
            switch moment {
            case .completed: paymentStatus == "unpaid" ? .pending : .captured
            case .paidLater: .captured
            case .failedLater: .failed
            case .expired: .expired
            }
        return .payment(
            Report(
                gateway: context.gateway, paymentID: session.metadataID("payment_id"),
                sessionReference: try session.id(),
                reference: try session.optionalID("payment_intent"), status: status,
                amount: try session.optionalMoney("amount_total"), merchantAccount: context.merchantAccount,
                source: .webhook(eventID: context.eventID), statement: "\(context.type), \(paymentStatus)"))
    }

    private static func intent(
        _ intent: ProviderObject, _ status: ReportStatus, _ context: Context
    ) throws(MalformedEvent) -> Report {
        let amount: Money =
            switch status {
            case .captured: try intent.money("amount_received")
            case .authorised: try intent.money("amount_capturable")
            case .pending, .failed, .expired, .cancelled: try intent.money("amount")
            }
        let decline =
            intent.note("decline_code", in: "last_payment_error") ?? intent.note("code", in: "last_payment_error")
        return Report(
            gateway: context.gateway, paymentID: intent.metadataID("payment_id"), sessionReference: nil,
            reference: try intent.id(), status: status, amount: amount, merchantAccount: context.merchantAccount,
            source: .webhook(eventID: context.eventID),
            statement: decline.map { "\(context.type), \($0)" } ?? context.type)
    }

    private static func dispute(_ dispute: ProviderObject, _ context: Context) throws(MalformedEvent) -> GatewayFact {
        let news: DisputeNews =
            switch context.type {
            case "charge.dispute.funds_withdrawn": .withdrawn
            case "charge.dispute.funds_reinstated": .reinstated
            default: .none
            }
        let report = try StripeMapping.disputeReport(
            dispute, of: context.gateway, source: .webhook(eventID: context.eventID),
            statedAt: try context.event.moment("created"), news: news)
        return report.map(GatewayFact.dispute) ?? .irrelevant(type: context.type)
    }
}
