package import Core
package import Foundation
import Outbound

/// aamarPay's two calls: one that opens a page, one that tells what became of it.
package struct AamarPayGateway: PaymentGateway {
    package let name: GatewayName
    package let merchantAccount: String
    /// aamarPay is told no end; ours is kept by asking.
    package let sessionLifetime: ClosedRange<TimeInterval> = 300...86_400

    package let lacking: [GatewayCapability: String] = [
        .confirmReturn: "A payment is complete before the customer comes back",
        .captureAndVoid: "aamarPay takes money at once",
        .refund: "aamarPay has no API for refunds: they are made in its panel",
        .listRefunds: "aamarPay has no API for refunds: they are made in its panel",
        .listDisputes: "aamarPay has no API for disputes",
        .findPayment: "aamarPay finds payments by our own number only",
        .listRecords: "aamarPay publishes no lists",
        .listBalance: "aamarPay publishes no lists",
        .listSettlements: "aamarPay publishes no lists",
        .closeCheckout: "aamarPay closes no page before its time",
        .answerChallenge: "aamarPay does not ask whether an address is ours",
    ]

    private let client: ProviderClient
    private let provider: AamarPayProvider
    private let now: @Sendable () -> Date

    init(_ provider: AamarPayProvider, in context: GatewayContext) {
        name = context.name
        merchantAccount = AamarPayMapping.merchantAccount(provider.storeID, isLive: provider.isLive)
        self.provider = provider
        now = context.timing.now
        let profile = ProviderProfile(
            name: context.name.rawValue, baseURL: provider.baseURL,
            headers: [OutboundHeader("Content-Type", "application/json")],
            mask: SecretMask(fields: AamarPayMapping.secretFields))
        client = context.client(profile, callsPerSecond: provider.callsPerSecond)
    }

    package func objection(to amount: Money) -> String? {
        AamarPayMapping.takes(amount.currency) ? nil : "aamarPay can't charge \(amount.currency)"
    }

    /// A number is taken once: where an answer was lost, aamarPay only repeats that it knows the number, and the page is opened anew
    /// under the next one.
    package func open(_ request: CheckoutRequest) async throws(GatewayError) -> CheckoutSession {
        let number = try AttemptNumber(request.paymentID, attempt: request.attempt).text
        let order = try AamarPayMapping.order(request, number: number, at: provider)
        let answer = try await call(
            "payments.create", "POST", "/jsonpost.php", body: order.canonicalBytes, safety: .once,
            about: request.paymentID)
        guard let page = AamarPayMapping.page(answer.response.body) else {
            throw AamarPayRefusal(answer).error(opening: true)
        }
        let url = try GatewayError.reading { () throws(MalformedEvent) in
            try PaymentPage.url(page, at: provider.baseURL)
        }
        return CheckoutSession(sessionReference: number, reference: nil, redirectURL: url, call: answer.evidence)
    }

    package func read(_ payment: Payment, for actor: AuditActor) async throws(GatewayError) -> Report? {
        guard let number = payment.sessionReference else { return nil }
        let query = PercentEncoding.form([
            ("request_id", number), ("store_id", provider.storeID), ("signature_key", provider.signatureKey.reveal()),
            ("type", "json"),
        ])
        let answer = try await call(
            "payments.search", "GET", "/api/v1/trxcheck/request.php?\(query)", safety: .read, about: payment.id)
        switch AamarPayMapping.search(answer.response.body) {
        case .nothing: return nil
        case .refusal: throw AamarPayRefusal(answer).error(opening: false)
        case .found(let rows):
            let time = now()
            return try GatewayError.reading { () throws(MalformedEvent) in
                let row = try AamarPayMapping.row(of: number, among: rows)
                return try AamarPayMapping.report(
                    row, of: payment, gateway: name, isLive: provider.isLive, at: time, source: .read(actor))
            }
        }
    }

    package func interpret(_ push: GatewayPush) throws(MalformedEvent) -> PushMeaning {
        try UnsignedPush.trigger(push, field: AamarPayMapping.number)
    }

    package func mentions(in push: GatewayPush) -> [PaymentPointer] { AttemptNumber.pointers(in: push) }

    package func isGivenUp(_ fields: [String: String]) -> Bool {
        fields["pay_status"].map { !AamarPayMapping.isSuccess($0, code: fields["status_code"]) } ?? false
    }

    private func call(
        _ operation: String, _ method: String, _ path: String, body: [UInt8] = [], safety: CallSafety,
        about payment: ID<Payment>
    ) async throws(GatewayError) -> OutboundAnswer {
        do {
            return try await client.call(
                OutboundRequest(
                    operation: operation, method: method, path: path, body: body, safety: safety, subject: "\(payment)")
            )
        } catch {
            throw GatewayError(error)
        }
    }
}
