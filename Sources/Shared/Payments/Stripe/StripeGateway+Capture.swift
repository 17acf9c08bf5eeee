package import Core
import Outbound

extension StripeGateway: CapturingGateway {
    /// Stripe refuses to capture twice; what was captured before is then read as it stands.
    package func capture(_ payment: Payment, for actor: AuditActor) async throws(GatewayError) -> Report {
        try await settle(payment, "capture", for: actor)
    }

    /// Likewise for what was let go before.
    package func void(_ payment: Payment, for actor: AuditActor) async throws(GatewayError) -> Report {
        try await settle(payment, "cancel", for: actor)
    }

    private func settle(
        _ payment: Payment, _ action: String, for actor: AuditActor
    ) async throws(GatewayError) -> Report {
        guard let reference = payment.reference else {
            throw .refused(code: nil, message: "the payment has no payment intent to \(action)", evidence: nil)
        }
        do {
            // To do either twice does no harm, so that a repeat needs no key (and no key can keep a failure).
            let answer = try await call(
                "payment_intents.\(action)", "POST",
                "/v1/payment_intents/\(PercentEncoding.escaped(reference))/\(action)",
                safety: .read, about: payment.id)
            let intent = try object(answer, "payment_intent")
            let report = try GatewayError.reading { () throws(MalformedEvent) in
                try StripeMapping.report(of: name, session: nil, intent: intent, source: .read(actor))
            }
            if let report { return report }
        } catch .refused(code: "payment_intent_unexpected_state", let message, let call) {
            let standing = try await read(payment, for: actor)
            let wanted: ReportStatus = action == "capture" ? .captured : .cancelled
            if let standing, standing.status == wanted { return standing }
            throw .refused(code: "payment_intent_unexpected_state", message: message, evidence: call)
        }
        throw .integrity("\(action) of \(reference) was answered without a payment intent")
    }
}
