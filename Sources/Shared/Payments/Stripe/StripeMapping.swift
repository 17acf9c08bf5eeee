import Core
import Foundation
import Orders

/// Stripe's objects and events in our words. Pure; the calls are in ``StripeGateway``.
enum StripeMapping {
    static func merchantAccount(livemode: Bool, account: String? = nil) -> String {
        let mode = livemode ? "live" : "test"
        return account.map { "\($0)/\(mode)" } ?? mode
    }

    static func checkoutForm(_ request: CheckoutRequest) throws(StripeAmount.Unsupported) -> FormValue {
        let metadata: FormValue = [
            "order_id": "\(request.orderID)", "payment_id": "\(request.paymentID)",
        ]
        var lines: [FormValue] = []
        for line in request.lines {
            lines.append([
                "price_data": [
                    "currency": .text(line.unitPrice.currency.code.lowercased()),
                    "unit_amount": .integer(try StripeAmount.units(of: line.unitPrice)),
                    "product_data": ["name": .text(line.name)],
                ],
                "quantity": .integer(line.quantity),
            ])
        }
        return [
            "mode": "payment",
            "client_reference_id": "\(request.orderID)",
            "customer_email": .text(request.customer.email.rawValue),
            "line_items": .list(lines),
            "metadata": metadata,
            "payment_intent_data": ["metadata": metadata],
            "success_url": .text(request.successURL),
            "cancel_url": .text(request.cancelURL),
            "expires_at": .integer(request.expiresAt.secondsSince1970),
        ]
    }

    static func refundForm(_ refund: Refund, reference: String) throws(StripeAmount.Unsupported) -> FormValue {
        [
            "payment_intent": .text(reference),
            "amount": .integer(try StripeAmount.units(of: refund.amount)),
            "metadata": ["refund_id": "\(refund.id)", "payment_id": "\(refund.paymentID)"],
        ]
    }

    /// What a session and, where there is one yet, its payment intent say together.
    static func report(
        of gateway: GatewayName, session: ProviderObject?, intent: ProviderObject?, source: ReportSource
    ) throws(MalformedEvent) -> Report? {
        guard let subject = intent ?? session else { return nil }
        let (status, amount) = try standing(session: session, intent: intent)
        let reference: String? = if let intent { try intent.id() } else { try session?.optionalID("payment_intent") }
        return Report(
            gateway: gateway, paymentID: subject.metadataID("payment_id"), sessionReference: try session?.id(),
            reference: reference, status: status, amount: amount,
            merchantAccount: merchantAccount(livemode: try subject.bool("livemode")), source: source,
            statement: try statement(session: session, intent: intent))
    }

    private static func standing(
        session: ProviderObject?, intent: ProviderObject?
    ) throws(MalformedEvent) -> (ReportStatus, Money?) {
        switch try intent?.word("status") {
        case "succeeded": return (.captured, try intent?.money("amount_received"))
        case "requires_capture": return (.authorised, try intent?.money("amount_capturable"))
        case "canceled": return (.cancelled, try intent?.money("amount"))
        case "processing": return (.pending, try intent?.money("amount"))
        default: break
        }
        guard let session else { return (.pending, try intent?.money("amount")) }
        let amount = try session.optionalMoney("amount_total")
        switch (try session.word("status"), try session.word("payment_status")) {
        case ("complete", "paid"), ("complete", "no_payment_required"): return (.captured, amount)
        case ("expired", _): return (.expired, amount)
        // A delayed method that was tried and declined leaves its intent waiting for another method.
        case ("complete", "unpaid") where intent != nil: return (.failed, amount)
        default: return (.pending, amount)
        }
    }

    private static func statement(session: ProviderObject?, intent: ProviderObject?) throws(MalformedEvent) -> String {
        var parts: [String] = []
        if let session {
            parts.append("session \(try session.word("status")), \(try session.word("payment_status"))")
        }
        if let intent { parts.append("payment intent \(try intent.word("status"))") }
        return parts.joined(separator: "; ")
    }

    /// - Returns: `nil` for a refund of a charge that belongs to no payment intent, which none of ours does.
    static func refundReport(
        _ refund: ProviderObject, of gateway: GatewayName, source: ReportSource
    ) throws(MalformedEvent) -> RefundReport? {
        guard let intent = try refund.optionalID("payment_intent") else { return nil }
        let status = try refund.word("status")
        return RefundReport(
            gateway: gateway, refundID: refund.metadataID("refund_id"), reference: try refund.id(),
            paymentReference: intent, status: try refundState(status, path: refund.path),
            amount: try refund.money("amount"), source: source, statement: "refund \(status)")
    }

    private static func refundState(_ status: String, path: String) throws(MalformedEvent) -> RefundState {
        switch status {
        case "pending", "requires_action": .pending
        case "succeeded": .succeeded
        case "failed": .failed
        case "canceled": .cancelled
        default: throw MalformedEvent("\(path).status '\(status)' is unknown")
        }
    }
}
