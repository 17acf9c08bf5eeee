package import Core
package import Foundation
import Logging
import Outbound

/// Stripe's API as a gateway: Checkout Sessions, payment intents, refunds, events.
package struct StripeGateway: RefundingGateway, RefundListingGateway, PaymentFindingGateway {
    /// The version whose objects the mapping understands.
    private static let apiVersion = "2026-10-28.endive"

    package let name: GatewayName
    package let merchantAccount: String
    /// Stripe accepts 30 minutes to 24 hours from its own clock; a margin on both ends for the time the call takes.
    package let sessionLifetime: ClosedRange<TimeInterval> = (31 * 60)...(23 * 3_600)

    package let lacking: [GatewayCapability: String] = [
        .confirmReturn: "A payment is complete before the customer comes back",
        .answerChallenge: "Stripe does not ask whether an address is ours",
    ]

    private let client: ProviderClient
    private let livemode: Bool

    /// - Parameter calls: where the evidence of each call is kept; `nil` for nowhere.
    init(
        name: GatewayName = .stripe, baseURL: String, secretKey: Secret, transport: any OutboundTransport,
        bucket: TokenBucket = .usual(), timing: OutboundTiming,
        calls: GatewayCallLog? = nil, logger: Logger
    ) {
        self.name = name
        let key = secretKey.reveal()
        // The key alone chooses the mode: sk_live_…, rk_live_… or their test twins.
        livemode = key.hasPrefix("sk_live_") || key.hasPrefix("rk_live_")
        merchantAccount = StripeMapping.merchantAccount(livemode: livemode)
        let profile = ProviderProfile(
            name: name.rawValue, baseURL: baseURL,
            headers: [
                OutboundHeader("Authorization", "Bearer \(key)"), OutboundHeader("Stripe-Version", Self.apiVersion),
                OutboundHeader("Content-Type", "application/x-www-form-urlencoded"),
            ],
            retry: RetryRules(adviceHeader: "Stripe-Should-Retry", replayHeader: "Idempotent-Replayed"),
            mask: SecretMask(fields: ["client_secret", "customer_email", "customer_details", "receipt_email", "email"]))
        client = ProviderClient(
            profile: profile, transport: transport, bucket: bucket, timing: timing,
            record: { evidence, subject in await calls?.record(evidence, subject: subject) }, logger: logger)
    }

    package func objection(to amount: Money) -> String? {
        do {
            _ = try StripeAmount.units(of: amount)
            return nil
        } catch {
            return error.description
        }
    }

    package func open(_ request: CheckoutRequest) async throws(GatewayError) -> CheckoutSession {
        let form: FormValue
        do {
            form = try StripeMapping.checkoutForm(request)
        } catch {
            throw .refused(code: "unsupported_amount", message: error.description, evidence: nil)
        }
        let answer = try await call(
            "checkout_sessions.create", "POST", "/v1/checkout/sessions", form: form,
            safety: .keyed("\(request.paymentID)/\(request.attempt)"), about: request.paymentID)
        return try checked(try object(answer, "session"), for: request, call: answer.evidence)
    }

    /// The session has to be the one that was asked for, down to the last unit.
    private func checked(
        _ session: ProviderObject, for request: CheckoutRequest, call: OutboundEvidence
    ) throws(GatewayError) -> CheckoutSession {
        try GatewayError.reading { () throws(MalformedEvent) in
            guard try session.text("client_reference_id") == "\(request.orderID)",
                session.metadataID("payment_id") == request.paymentID
            else { throw MalformedEvent("session is for another payment") }
            guard try session.money("amount_total") == request.amount else {
                throw MalformedEvent("session is for another amount: \(try session.integer("amount_total"))")
            }
            guard try session.bool("livemode") == livemode else { throw MalformedEvent("session is in another mode") }
            return CheckoutSession(
                sessionReference: try session.id(), reference: try session.optionalID("payment_intent"),
                redirectURL: try session.webAddress("url"), call: call)
        }
    }

    package func read(_ payment: Payment, for actor: AuditActor) async throws(GatewayError) -> Report? {
        var session: ProviderObject?
        var reference = payment.reference
        if let sessionReference = payment.sessionReference {
            session = try await find(
                "checkout_sessions.retrieve", "/v1/checkout/sessions/\(sessionReference)", "session", about: payment.id)
            if let found = session {
                let current = try GatewayError.reading { () throws(MalformedEvent) in
                    try found.optionalID("payment_intent")
                }
                reference = current ?? reference
            }
        }
        var intent: ProviderObject?
        if let reference {
            intent = try await find(
                "payment_intents.retrieve", "/v1/payment_intents/\(reference)", "payment_intent", about: payment.id)
        }
        return try GatewayError.reading { [session, intent] () throws(MalformedEvent) in
            try StripeMapping.report(of: name, session: session, intent: intent, source: .read(actor))
        }
    }

    package func paymentID(of reference: String) async throws(GatewayError) -> ID<Payment>? {
        try await find(
            "payment_intents.retrieve", "/v1/payment_intents/\(PercentEncoding.escaped(reference))", "payment_intent")?
            .metadataID("payment_id")
    }

    package func refund(_ refund: Refund, of payment: Payment) async throws(GatewayError) -> RefundReport {
        guard let reference = payment.reference else {
            throw .refused(code: nil, message: "the payment has no payment intent to refund", evidence: nil)
        }
        let form: FormValue
        do {
            form = try StripeMapping.refundForm(refund, reference: reference)
        } catch {
            throw .refused(code: "unsupported_amount", message: error.description, evidence: nil)
        }
        let answer = try await call(
            "refunds.create", "POST", "/v1/refunds", form: form, safety: .keyed(refund.requestKey), about: payment.id)
        let object = try object(answer, "refund")
        return try GatewayError.reading { () throws(MalformedEvent) in
            guard let report = try StripeMapping.refundReport(object, of: name, source: .read(.system)),
                report.paymentReference == reference, report.amount == refund.amount,
                report.refundID == refund.id
            else { throw MalformedEvent("refund is not the one that was asked for") }
            return report
        }
    }

    package func refunds(of payment: Payment, for actor: AuditActor) async throws(GatewayError) -> [RefundReport] {
        guard let reference = payment.reference else { return [] }
        let answer = try await call(
            "refunds.list", "GET", "/v1/refunds?payment_intent=\(PercentEncoding.escaped(reference))&limit=100",
            safety: .read
        )
        let list = try object(answer, "refunds")
        return try GatewayError.reading { () throws(MalformedEvent) in
            var result: [RefundReport] = []
            for refund in try list.objects("data") {
                if let report = try StripeMapping.refundReport(refund, of: name, source: .read(actor)) {
                    result.append(report)
                }
            }
            return result
        }
    }

    package func interpret(_ push: GatewayPush) throws(MalformedEvent) -> PushMeaning {
        .authentic([try StripeEvents.interpret(push, for: name)])
    }

    package func mentions(in push: GatewayPush) -> [PaymentPointer] {
        StripeEvents.mentions(in: push)
    }

    private func find(
        _ operation: String, _ path: String, _ what: String, about payment: ID<Payment>? = nil
    ) async throws(GatewayError) -> ProviderObject? {
        do {
            return try object(try await call(operation, "GET", path, safety: .read, about: payment), what)
        } catch .refused(code: "resource_missing", _, _) {
            return nil
        }
    }

    func call(
        _ operation: String, _ method: String, _ path: String, form: FormValue? = nil, safety: CallSafety,
        about payment: ID<Payment>? = nil
    ) async throws(GatewayError) -> OutboundAnswer {
        do {
            return try await client.call(
                OutboundRequest(
                    operation: operation, method: method, path: path, body: form.map { Array($0.encoded().utf8) } ?? [],
                    safety: safety, subject: payment?.description))
        } catch {
            throw Self.gatewayError(error)
        }
    }

    func object(_ answer: OutboundAnswer, _ path: String) throws(GatewayError) -> ProviderObject {
        try GatewayError.reading { () throws(MalformedEvent) in
            try ProviderObject(parsing: answer.response.body, path: path)
        }
    }

    private static func gatewayError(_ error: OutboundError) -> GatewayError {
        switch error {
        case .refused(let answer):
            return refusal(answer)
        case .credentialsRefused(let answer): return .credentialsRefused("status \(answer.response.status)")
        case .unavailable(let reason, _): return .unavailable(reason)
        case .unknown(let reason, let evidence):
            // Stripe keeps a 500 under the key and repeats it. Any other 5xx comes from what stands before its API (a proxy
            // that is overloaded or waited too long), which keeps nothing: the call may be running or done.
            return evidence?.status == 500 ? .keySpent(reason) : .unknown(reason)
        }
    }

    private static func refusal(_ answer: OutboundAnswer) -> GatewayError {
        do {
            let problem = try ProviderObject(parsing: answer.response.body, path: "answer").object("error")
            return .refused(
                code: problem.note("code") ?? problem.note("type"),
                message: problem.note("message") ?? "status \(answer.response.status)", evidence: answer.evidence)
        } catch {
            return .refused(
                code: nil, message: "status \(answer.response.status) without a readable body",
                evidence: answer.evidence)
        }
    }
}
