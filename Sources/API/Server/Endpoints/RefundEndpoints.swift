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
    static let refundNotAwaited = ProblemType(
        "refund-not-awaiting-transfer", 409, "No transfer is awaited",
        "It is not one to be made by hand, or that has ended.")
    static let secondPersonRequired = ProblemType(
        "second-person-required", 409, "Another person has to confirm it",
        "Whoever asked for a refund does not say themselves that the money was sent.")
    static let gatewaySwitchedOff = ProblemType(
        "gateway-switched-off", 409, "The gateway is switched off", "Switch it on to ask it about its payments.")
}

/// What operators send back.
enum RefundEndpoints {
    static let all: [Endpoint] = [create, list, read, awaited, confirm, reject]

    static let create = Endpoint(
        .post, "/payments/{payment_id}/refunds", ID<Payment>.self, tag: .payments, summary: "Refund a payment",
        description: """
            Whole or in part. The gateway is asked right afterwards; read the refund to see what came of it. One that the \
            gateway refuses is `failed`, says why, and can be created anew. Where a gateway has no refund by API it is \
            `awaiting_transfer`: somebody sends the money back in the gateway’s panel, and another person confirms it.
            """,
        policy: .require(.refundsCreate), idempotency: .required, body: RefundCreateInput.self,
        returns: .created(RefundView.self, location: { "/refunds/\($0.refund.id)" }),
        problems: [.paymentNotCaptured, .refundExceedsPayment, .gatewaySwitchedOff]
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

extension RefundEndpoints {
    static let awaited = Endpoint(
        .get, "/awaited_transfers", tag: .payments, summary: "List the refunds to be made by hand, newest first",
        description: "Owed ones, too. What the gateway’s panel calls the payment stands beside each.",
        policy: .require(.refundsRead), query: PageQuery.self, returns: .page(of: AwaitedTransferView.self)
    ) { request, services in
        let page = try await RefundStore().awaitingTransfer(page: request.query.page, in: services.postgres)
        return PageOutput(page.map(AwaitedTransferView.init))
    }

    static let confirm = Endpoint(
        .post, "/refunds/{refund_id}/confirm", ID<Refund>.self, tag: .payments,
        summary: "Say that a refund was made by hand",
        description: "By another person than asked for it. Safe to repeat.",
        policy: .require(.refundsConfirm).freshSecondFactor, body: RefundConfirmInput.self,
        returns: .ok(RefundView.self), problems: [.refundNotAwaited, .secondPersonRequired]
    ) { request, work, services in
        RefundView(
            refund: try await services.commerce.settleTransfer.confirm(
                request.path, as: request.body.reference, by: request.principal, in: work))
    }

    static let reject = Endpoint(
        .post, "/refunds/{refund_id}/reject", ID<Refund>.self, tag: .payments,
        summary: "Say that a refund is not to be made by hand",
        description: "Its amount can be refunded anew. Whoever asked for it may take it back so.",
        policy: .require(.refundsConfirm), body: RefundRejectInput.self, returns: .ok(RefundView.self),
        problems: [.refundNotAwaited]
    ) { request, work, services in
        RefundView(
            refund: try await services.commerce.settleTransfer.reject(
                request.path, because: request.body.reason, by: request.principal, in: work))
    }
}

struct RefundConfirmInput: APIInput {
    let reference: String

    init(_ fields: inout Fields) {
        reference = fields.required(
            "reference", .text(SettleTransfer.reference), "How the bank or the gateway’s panel calls the transfer",
            example: "BRAC-20270115-0042")
    }
}

struct RefundRejectInput: APIInput {
    let reason: String

    init(_ fields: inout Fields) {
        reason = fields.required(
            "reason", .text(SettleTransfer.reason), "For the record; customers don’t see it",
            example: "Was sent back another way")
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
        out.field(
            "failure_reason", refund.failureReason, "Why it was not made, in the gateway’s words or a person’s")
        out.field("reference", refund.reference, "The gateway’s name of it, or the bank’s")
        out.field("requested_by", refund.requestedBy?.rawValue, "Null where it was made at the gateway")
        out.field("confirmed_by", refund.confirmedBy?.rawValue, "Who says that it was made by hand")
        out.field("created_at", refund.createdAt)
    }
}

struct AwaitedTransferView: APIOutput {
    let transfer: AwaitedTransfer

    static let example = AwaitedTransferView(
        transfer: AwaitedTransfer(
            refund: Refund(
                id: .example, paymentID: .example, orderID: .example, origin: .operator, reason: "Arrived broken",
                amount: .example, state: .awaitingTransfer, createdAt: .example),
            gateway: GatewayName(rawValue: "aamarpay"), paymentReference: "AAM1604476085103491",
            sessionReference: "pay_01j8z3k4m5n6p7q8r9s0t1v2w301"))

    func write(to out: inout ObjectWriter) {
        out.field("refund", RefundView(refund: transfer.refund))
        out.field("gateway", transfer.gateway.rawValue)
        out.field("payment_reference", transfer.paymentReference, "The gateway’s name of the payment")
        out.field("session_reference", transfer.sessionReference, "The gateway’s name of its checkout")
    }
}
