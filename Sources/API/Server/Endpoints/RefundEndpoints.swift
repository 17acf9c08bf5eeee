import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Orders
import Payments
import Postgres

extension ProblemType {
    static let paymentNotCaptured = ProblemType(
        "payment-not-captured", 409, "The payment is not captured", "There is no money to send back.")
    static let refundExceedsPayment = ProblemType(
        "refund-exceeds-payment", 409, "More than is left",
        "`refundable` says what was neither refunded nor lost in disputes and is not about to be refunded.")
    static let refundNotSupported = ProblemType(
        "refund-not-supported", 409, "The gateway can't refund by API",
        "Send the money back in the gateway's own panel.")
    static let gatewaySwitchedOff = ProblemType(
        "gateway-switched-off", 409, "The gateway is switched off", "Switch it on to ask it about its payments.")
}

/// What operators send back.
enum RefundEndpoints {
    static let all: [Endpoint] = [create, list, read]

    static let create = Endpoint(
        .post, "/payments/{payment_id}/refunds", ID<Payment>.self, tag: .payments, summary: "Refund a payment",
        description: """
            Whole or in part. The gateway is asked right afterwards; read the refund to see what came of it. One that the \
            gateway refuses is `failed`, says why, and can be created anew.
            """,
        policy: .require(.refundsCreate), idempotency: .required, body: RefundCreateInput.self,
        returns: .created(RefundView.self, location: { "/refunds/\($0.refund.id)" }),
        problems: [.paymentNotCaptured, .refundExceedsPayment, .refundNotSupported, .gatewaySwitchedOff]
    ) { request, work, services in
        let wish = NewRefund(paymentID: request.path, amount: request.body.amount, reason: request.body.reason)
        return RefundView(
            refund: try await services.commerce.createRefund(wish, by: request.principal.actor, in: work))
    }

    static let list = Endpoint(
        .get, "/payments/{payment_id}/refunds", ID<Payment>.self, tag: .payments,
        summary: "List a payment’s refunds, newest first",
        description: "Operators’, automatic ones, and those that were made in the gateway’s own dashboard.",
        policy: .require(.refundsRead), query: PageQuery.self, returns: .page(of: RefundView.self)
    ) { request, services in
        let payment = try await services.payment(request.path, for: request.principal)
        let refunds = try await RefundStore().refunds(
            of: payment.id, page: request.query.page, visibleTo: request.principal.visibility, in: services.postgres)
        return PageOutput(refunds.map(RefundView.init))
    }

    static let read = Endpoint(
        .get, "/refunds/{refund_id}", ID<Refund>.self, tag: .payments, summary: "Read a refund",
        policy: .require(.refundsRead),
        returns: .ok(RefundView.self)
    ) { request, services in
        let refund = try await RefundStore().refund(
            request.path, visibleTo: request.principal.visibility, in: services.postgres)
        guard let refund else { throw Problem.notFound("refund") }
        return RefundView(refund: refund)
    }
}

struct RefundCreateInput: APIInput {
    let amount: Money
    let reason: String

    init(_ fields: inout Fields) {
        amount = fields.required(
            "amount", .money(1...1_000_000_000_000), "How much, in the payment’s currency", example: .example)
        reason = fields.required(
            "reason", .text(NewRefund.reason), "For the record; customers don’t see it", example: "Arrived broken")
    }
}

struct RefundView: APIOutput {
    let refund: Refund

    static let example = RefundView(
        refund: Refund(
            id: .example, paymentID: .example, orderID: .example, origin: .operator, reason: "Arrived broken",
            amount: .example, state: .succeeded, reference: "re_3Nf2yA", createdAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("id", refund.id)
        out.field("payment_id", refund.paymentID)
        out.field("order_id", refund.orderID)
        out.field("order_refund_id", refund.orderRefund, "What the money is for; null where only its sum was said")
        out.field("origin", refund.origin, "Who began it")
        out.field("state", refund.state)
        out.field("amount", refund.amount)
        out.field("reason", refund.reason)
        out.field("failure_reason", refund.failureReason, "Why the gateway did not make it, in its words")
        out.field("reference", refund.reference, "The gateway’s name of it")
        out.field("created_at", refund.createdAt)
    }
}
