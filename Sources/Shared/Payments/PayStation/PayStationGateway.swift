package import Core
package import Foundation
import Outbound

/// PayStation's API in its present form. Its refusals have status 200 and a code of their own.
package struct PayStationGateway: RefundListingGateway, PaymentFindingGateway {
    package let name: GatewayName
    package let merchantAccount: String
    /// PayStation is told no end; ours is kept by asking.
    package let sessionLifetime: ClosedRange<TimeInterval> = 300...86_400

    package let lacking: [GatewayCapability: String] = [
        .confirmReturn: "A payment is complete before the customer comes back",
        .captureAndVoid: "PayStation takes money at once",
        .refund: "PayStation has no API for refunds: they are made in its panel",
        .listDisputes: "PayStation has no API for disputes",
        .listRecords: "PayStation publishes no lists",
        .listBalance: "PayStation publishes no lists",
        .listSettlements: "PayStation publishes no lists",
        .closeCheckout: "PayStation closes no page before its time",
        .answerChallenge: "PayStation does not ask whether an address is ours",
    ]

    private let client: ProviderClient
    private let provider: PayStationProvider
    private let now: @Sendable () -> Date

    init(_ provider: PayStationProvider, in context: GatewayContext) {
        name = context.name
        merchantAccount = "\(provider.merchantID)/\(provider.isLive ? "live" : "test")"
        self.provider = provider
        now = context.timing.now
        let profile = ProviderProfile(
            name: context.name.rawValue, baseURL: provider.baseURL,
            mask: SecretMask(headers: ["password"], fields: PayStationMapping.secretFields))
        client = context.client(profile, callsPerSecond: provider.callsPerSecond)
    }

    package func objection(to amount: Money) -> String? {
        amount.currency == .bdt ? nil : "PayStation can't charge \(amount.currency)"
    }

    /// A number is taken once: where an answer was lost, PayStation only repeats that it knows the number, and the page is opened anew
    /// under the next one.
    package func open(_ request: CheckoutRequest) async throws(GatewayError) -> CheckoutSession {
        let number = try AttemptNumber(request.paymentID, attempt: request.attempt).text
        let form = PercentEncoding.form(try PayStationMapping.order(request, number: number, at: provider))
        let (answer, call) = try await ask(
            "payments.create", "/initiate-payment", form, safety: .once, about: request.paymentID)
        guard PayStationCode(of: answer) == .ok else { throw PayStationCode.refusal(of: answer, call: call) }
        return try GatewayError.reading { () throws(MalformedEvent) in
            guard try answer.word("invoice_number") == number else {
                throw MalformedEvent("the page is for another invoice")
            }
            if let amount = try answer.optionalDecimal("payment_amount", in: .bdt), !provider.payerBearsCharge,
                amount != request.amount
            {
                throw MalformedEvent("the page is for another amount: \(amount)")
            }
            let page = try PaymentPage.url(try answer.text("payment_url"), at: provider.baseURL)
            return CheckoutSession(sessionReference: number, reference: nil, redirectURL: page, call: call)
        }
    }

    package func read(_ payment: Payment, for actor: AuditActor) async throws(GatewayError) -> Report? {
        guard let number = payment.sessionReference, let found = try await status(of: number, about: payment.id) else {
            return nil
        }
        let time = now()
        return try GatewayError.reading { () throws(MalformedEvent) in
            let status = PayStationMapping.status(of: found)
            return Report(
                gateway: name, paymentID: nil, sessionReference: try found.word("invoice_number"),
                reference: status == .captured ? try found.word("trx_id") : nil,
                status: status.ended(with: payment, at: time), amount: try found.decimal("request_amount", in: .bdt),
                // The answer names none: it is about the merchant whom we asked for.
                merchantAccount: merchantAccount, source: .read(actor),
                statement: UTF8Text(found.note("trx_status") ?? "").excerpt(100))
        }
    }

    /// A refund in the panel shows in the status alone, without an amount: where none of ours explains it, all of the payment went back.
    package func refunds(of payment: Payment, for actor: AuditActor) async throws(GatewayError) -> [RefundReport] {
        guard let number = payment.sessionReference, let reference = payment.reference, payment.refunded.isZero,
            let found = try await status(of: number, about: payment.id), PayStationMapping.isRefunded(found)
        else { return [] }
        return try GatewayError.reading { () throws(MalformedEvent) in
            [
                RefundReport(
                    gateway: name, refundID: nil, reference: "\(reference)_refund",
                    paymentReference: try found.word("trx_id"), status: .succeeded,
                    amount: try found.decimal("request_amount", in: .bdt), source: .read(actor), statement: "refund")
            ]
        }
    }

    package func paymentID(of reference: String) async throws(GatewayError) -> ID<Payment>? {
        let question: JSONValue = ["trxId": .string(reference)]
        let (answer, _) = try await ask(
            "payments.find", "/v2/transaction-status", type: "application/json", question.canonicalText,
            headers: [OutboundHeader("merchantId", provider.merchantID)], safety: .read)
        guard PayStationCode(of: answer) == .ok else { return nil }
        return try GatewayError.reading { () throws(MalformedEvent) in
            AttemptNumber(try answer.object("data").word("invoice_number"))?.paymentID
        }
    }

    package func interpret(_ push: GatewayPush) throws(MalformedEvent) -> PushMeaning {
        try UnsignedPush.trigger(push, field: PayStationMapping.number)
    }

    package func mentions(in push: GatewayPush) -> [PaymentPointer] { AttemptNumber.pointers(in: push) }

    package func isGivenUp(_ fields: [String: String]) -> Bool {
        fields["status"].map { !PayStationMapping.isSuccess(UTF8Text($0)) } ?? false
    }

    private func status(
        of number: String, about payment: ID<Payment>
    ) async throws(GatewayError) -> ProviderObject? {
        let (answer, call) = try await ask(
            "payments.status", "/transaction-status", PercentEncoding.form([("invoice_number", number)]),
            headers: [OutboundHeader("merchantId", provider.merchantID)], safety: .read, about: payment)
        switch PayStationCode(of: answer) {
        case .ok:
            return try GatewayError.reading { () throws(MalformedEvent) in
                let found = try answer.object("data")
                guard try found.word("invoice_number") == number else {
                    throw MalformedEvent("the status is of another invoice")
                }
                return found
            }
        case .unknown:
            // Said of a wrong merchant, too: only who is let in may believe it.
            try await checkCredentials()
            return nil
        case .wrongCredentials, .duplicate, .other, .missing: throw PayStationCode.refusal(of: answer, call: call)
        }
    }

    /// - Throws: ``GatewayError/credentialsRefused(_:)``, or silence where PayStation does not tell.
    private func checkCredentials() async throws(GatewayError) {
        let (answer, _) = try await ask(
            "credentials.check", "/grant-token", "",
            headers: [
                OutboundHeader("merchantId", provider.merchantID),
                OutboundHeader("password", provider.password.reveal()),
            ], safety: .read)
        switch PayStationCode(of: answer) {
        case .ok: return
        case .wrongCredentials: throw .credentialsRefused(PayStationCode.message(of: answer))
        case .duplicate, .unknown, .other, .missing:
            throw .unavailable("PayStation knows no such transaction, and does not say whether it knows us")
        }
    }

    private func ask(
        _ operation: String, _ path: String, type: String = "application/x-www-form-urlencoded", _ body: String,
        headers: [OutboundHeader] = [], safety: CallSafety, about payment: ID<Payment>? = nil
    ) async throws(GatewayError) -> (ProviderObject, OutboundEvidence) {
        let answer: OutboundAnswer
        do {
            answer = try await client.call(
                OutboundRequest(
                    operation: operation, method: "POST", path: path,
                    headers: [OutboundHeader("Content-Type", type)] + headers, body: Array(body.utf8), safety: safety,
                    subject: payment?.description))
        } catch {
            throw GatewayError(error)
        }
        do {
            return (try ProviderObject(parsing: answer.response.body, path: "answer"), answer.evidence)
        } catch {
            // A page of the machinery before PayStation: what was asked for may have happened.
            throw safety == .read ? .unavailable(error.description) : .unknown(error.description)
        }
    }
}
