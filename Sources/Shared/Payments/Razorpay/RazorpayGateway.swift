package import Core
package import Foundation
import Outbound

/// Razorpay's API as a gateway: orders and their payments, refunds, disputes, settlements.
package struct RazorpayGateway: ReturnConfirmingGateway, PaymentFindingGateway, RepeatedlyPayableGateway {
    package let name: GatewayName
    /// An order stays payable at Razorpay; the end is ours, and what comes later is sent back.
    package let sessionLifetime: ClosedRange<TimeInterval> = 300...(24 * 3_600)

    package let lacking: [GatewayCapability: String] = [
        .listBalance: "There is no list of what moved the balance; a dispute says itself what was deducted",
        .closeCheckout: "An order at Razorpay can’t be cancelled; what is paid after its time goes back",
        .answerChallenge: "Razorpay does not ask whether an address is ours",
    ]

    let mapping: RazorpayMapping
    let settings: RazorpayProvider
    private let client: ProviderClient
    private let now: @Sendable () -> Date

    init(_ settings: RazorpayProvider, in context: GatewayContext) {
        self.settings = settings
        name = context.name
        let keyID = settings.keyID.reveal()
        mapping = RazorpayMapping(
            gateway: context.name,
            merchantAccount: RazorpayMapping.merchantAccount(keyID: keyID, accountID: settings.accountID))
        let credentials = Data("\(keyID):\(settings.keySecret.reveal())".utf8).base64EncodedString()
        client = context.client(
            ProviderProfile(
                name: context.name.rawValue, baseURL: settings.baseURL,
                // The scheme has to be spelled so.
                headers: [
                    OutboundHeader("Authorization", "Basic \(credentials)"),
                    OutboundHeader("Content-Type", "application/json"),
                ],
                idempotencyHeader: "X-Refund-Idempotency",
                mask: SecretMask(fields: ["email", "contact", "vpa", "card", "bank_account", "token_id", "customer_id"])
            ), callsPerSecond: settings.callsPerSecond)
        now = context.timing.now
    }

    package var merchantAccount: String { mapping.merchantAccount }

    package func objection(to amount: Money) -> String? { RazorpayMapping.objection(to: amount) }

    /// Orders know no idempotency key: one whose making went unanswered is looked for by its receipt.
    package func open(_ request: CheckoutRequest) async throws(GatewayError) -> CheckoutSession {
        if let objection = objection(to: request.amount) {
            throw .refused(code: "unsupported_amount", message: objection, evidence: nil)
        }
        if let found = try await order(for: request) { return found }
        let receipt = RazorpayMapping.receipt(request.paymentID, attempt: request.attempt)
        let order: JSONValue = [
            "amount": .integer(request.amount.minorUnits), "currency": .string(request.amount.currency.code),
            "receipt": .string(receipt), "payment_capture": true,
            "notes": ["payment_id": .string("\(request.paymentID)"), "order_id": .string("\(request.orderID)")],
        ]
        do {
            let answer = try await call(
                "orders.create", "POST", "/v1/orders", order, safety: .once, about: request.paymentID)
            return try checked(try object(answer, "order"), for: request, call: answer.evidence)
        } catch {
            guard case .unknown = error, let found = try await self.order(for: request) else { throw error }
            return found
        }
    }

    /// The order that was made for this attempt; of several, which two at once may have made, the first.
    private func order(for request: CheckoutRequest) async throws(GatewayError) -> CheckoutSession? {
        let receipt = RazorpayMapping.receipt(request.paymentID, attempt: request.attempt)
        let answer = try await call(
            "orders.find", "GET", "/v1/orders?receipt=\(PercentEncoding.escaped(receipt))&count=100", safety: .read,
            about: request.paymentID)
        let list = try object(answer, "orders")
        let found = try GatewayError.reading { () throws(MalformedEvent) in
            var first: (at: Date, order: ProviderObject)?
            for order in try list.objects("items") where try order.text("receipt") == UTF8Text(receipt) {
                let made = try order.moment("created_at")
                if first.map({ made <= $0.at }) ?? true { first = (made, order) }
            }
            return first?.order
        }
        guard let found else { return nil }
        return try checked(found, for: request, call: answer.evidence)
    }

    /// The order has to be the one that was asked for, down to the last unit.
    private func checked(
        _ order: ProviderObject, for request: CheckoutRequest, call: OutboundEvidence
    ) throws(GatewayError) -> CheckoutSession {
        try GatewayError.reading { () throws(MalformedEvent) in
            guard RazorpayMapping.paymentID(inReceiptOf: order) == request.paymentID else {
                throw MalformedEvent("order is for another payment")
            }
            guard try RazorpayMapping.money(order, "amount") == request.amount else {
                throw MalformedEvent("order is for another amount: \(try order.integer("amount"))")
            }
            return CheckoutSession(
                sessionReference: try order.id(), reference: nil, redirectURL: request.handoverURL, call: call)
        }
    }

    package func read(_ payment: Payment, for actor: AuditActor) async throws(GatewayError) -> Report? {
        if let reference = payment.reference {
            return try await report(reference, about: payment.id, for: actor)
        }
        guard let session = payment.sessionReference,
            let order = try await find(
                "orders.fetch", "/v1/orders/\(PercentEncoding.escaped(session))", "order", about: payment.id)
        else { return nil }
        let payments = try await payments(of: session, about: payment.id)
        let isOver = payment.sessionExpiresAt <= now()
        return try GatewayError.reading { () throws(MalformedEvent) in
            try mapping.report(of: order, payments: payments, isOver: isOver, source: .read(actor))
        }
    }

    /// What the browser brings is signed, but only for the order that it was signed for: ours comes from our own row. The signature
    /// proves the ids and nothing about money, so that Razorpay is asked either way.
    package func confirmReturn(
        of payment: Payment, fields: [String: String], for actor: AuditActor
    ) async throws(GatewayError) -> Report? {
        if let order = payment.sessionReference, let paid = fields["razorpay_payment_id"],
            let signature = fields["razorpay_signature"],
            RazorpaySignature.isCheckout(signature, order: order, payment: paid, keySecret: settings.keySecret),
            let report = try await report(paid, about: payment.id, for: actor), report.sessionReference == order
        {
            return report
        }
        return try await read(payment, for: actor)
    }

    private func report(
        _ reference: String, about payment: ID<Payment>, for actor: AuditActor
    ) async throws(GatewayError) -> Report? {
        let found = try await find(
            "payments.fetch", "/v1/payments/\(PercentEncoding.escaped(reference))", "payment", about: payment)
        guard let found else { return nil }
        return try GatewayError.reading { () throws(MalformedEvent) in
            try mapping.report(of: found, source: .read(actor))
        }
    }

    /// Every attempt of the customer, failed ones among them.
    func payments(
        of order: String, about payment: ID<Payment>?
    ) async throws(GatewayError) -> [ProviderObject] {
        let answer = try await call(
            "orders.payments", "GET", "/v1/orders/\(PercentEncoding.escaped(order))/payments", safety: .read,
            about: payment)
        let list = try object(answer, "payments")
        return try GatewayError.reading { () throws(MalformedEvent) in try list.objects("items") }
    }

    /// Of an order that two payments were captured for.
    package func furtherCaptures(
        of payment: Payment, for actor: AuditActor
    ) async throws(GatewayError) -> [Report] {
        guard let session = payment.sessionReference, let reference = payment.reference else { return [] }
        let payments = try await payments(of: session, about: payment.id)
        return try GatewayError.reading { () throws(MalformedEvent) in
            var reports: [Report] = []
            for capture in try RazorpayMapping.captures(among: payments) where try capture.id() != reference {
                reports.append(try mapping.report(of: capture, source: .read(actor)))
            }
            return reports
        }
    }

    /// By the receipt of its order: what stands in a payment's own notes comes from the browser.
    package func paymentID(of reference: String) async throws(GatewayError) -> ID<Payment>? {
        let path = "/v1/payments/\(PercentEncoding.escaped(reference))"
        guard let payment = try await find("payments.fetch", path, "payment") else { return nil }
        let order = try GatewayError.reading { () throws(MalformedEvent) in
            // What was never captured is no payment of ours.
            try RazorpayMapping.status(of: payment) == .captured ? try payment.optionalID("order_id") : nil
        }
        guard let order, let found = try await find("orders.fetch", "/v1/orders/\(order)", "order") else { return nil }
        return RazorpayMapping.paymentID(inReceiptOf: found)
    }

    package func interpret(_ push: GatewayPush) throws(MalformedEvent) -> PushMeaning {
        .authentic([try RazorpayEvents(mapping: mapping, accountID: settings.accountID).interpret(push)])
    }

    package func mentions(in push: GatewayPush) -> [PaymentPointer] {
        RazorpayEvents.mentions(in: push)
    }

    func find(
        _ operation: String, _ path: String, _ what: String, about payment: ID<Payment>? = nil
    ) async throws(GatewayError) -> ProviderObject? {
        do {
            return try object(try await call(operation, "GET", path, safety: .read, about: payment), what)
        } catch .refused(code: RazorpayRefusal.unknownID, _, _) {
            return nil
        }
    }

    func call(
        _ operation: String, _ method: String, _ path: String, _ body: JSONValue? = nil, safety: CallSafety,
        about payment: ID<Payment>? = nil
    ) async throws(GatewayError) -> OutboundAnswer {
        do {
            return try await client.call(
                OutboundRequest(
                    operation: operation, method: method, path: path, body: body?.canonicalBytes ?? [], safety: safety,
                    subject: payment?.description))
        } catch {
            throw GatewayError(error) { RazorpayRefusal.read($0.response) }
        }
    }

    func object(_ answer: OutboundAnswer, _ path: String) throws(GatewayError) -> ProviderObject {
        try GatewayError.reading { () throws(MalformedEvent) in
            try ProviderObject(parsing: answer.response.body, path: path)
        }
    }
}

/// How Razorpay says no: an object with a code, a bare text, or an object with nothing but a message.
enum RazorpayRefusal {
    /// Our word for an id that Razorpay does not know, of which its own code says no more than "bad request".
    static let unknownID = "unknown_id"

    static func read(_ response: OutboundResponse) -> (code: String?, message: String) {
        let status = "status \(response.status)"
        do {
            if let text = try JSONValue(parsing: response.body).textValue { return (nil, text.excerpt()) }
            let answer = try ProviderObject(parsing: response.body, path: "answer")
            if let message = answer.note("message") { return (nil, message) }
            let problem = try answer.object("error")
            guard let message = problem.note("description") else { return (problem.note("code"), status) }
            let isUnknown = UTF8Text(message) == "The id provided does not exist"
            return (isUnknown ? unknownID : problem.note("code"), message)
        } catch {
            return (nil, "\(status) without a readable body")
        }
    }
}
