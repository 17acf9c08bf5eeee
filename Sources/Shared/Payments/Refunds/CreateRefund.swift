package import Core
import Foundation
package import Jobs
import Orders

/// What an operator wants to send back.
package struct NewRefund: Sendable, Hashable {
    package static let reason = TextRule(1...500, .line)

    package let paymentID: ID<Payment>
    package let amount: Money
    /// For the record; customers don't see it.
    package let reason: String
    /// What the money is for; nil where only its sum was said.
    package let orderRefund: ID<OrderRefund>?

    package init(paymentID: ID<Payment>, amount: Money, reason: String, orderRefund: ID<OrderRefund>? = nil) {
        self.paymentID = paymentID
        self.amount = amount
        self.reason = reason
        self.orderRefund = orderRefund
    }
}

/// Records an operator's refund and has the gateway asked for it. The payment's lock keeps any two from sending back more than
/// is left.
package struct CreateRefund: Sendable {
    private let gateways: GatewayRegistry
    private let book: PaymentBook

    package init(gateways: GatewayRegistry, book: PaymentBook) {
        self.gateways = gateways
        self.book = book
    }

    /// - Returns: the refund, `requested`, or `awaiting_transfer` where its gateway sends nothing back by API.
    /// - Throws: ``Problem``: 404; 409 where the payment is not captured, less is left than is asked for, or its gateway is switched
    ///   off; 422 for another currency, an amount of nothing, or a reason that is no line of text.
    package func callAsFunction(
        _ wish: NewRefund, by actor: AuditActor, in work: UnitOfWork
    ) async throws -> Refund {
        var check = InputCheck()
        check.text("/reason", wish.reason, NewRefund.reason)
        try check.finish()
        guard let payment = try await PaymentStore().lock(wish.paymentID, in: work) else {
            throw Problem.notFound("payment")
        }
        guard payment.state.isCaptured else { throw Self.notCaptured(payment) }
        let gateway = try gateways.gateway(of: payment)
        try Self.check(wish.amount, of: payment)
        let left = try await book.refundable(payment, in: work)
        guard try left.isAtLeast(wish.amount) else { throw Self.exceeded(left) }
        let refund = Refund(
            id: ID(uuid: book.ids.next()), paymentID: payment.id, orderID: payment.orderID, origin: .operator,
            reason: wish.reason, amount: wish.amount,
            state: gateway.can(.refund) ? .requested : .awaitingTransfer, orderRefund: wish.orderRefund,
            requestedBy: actor, createdAt: book.clock.now.roundedToMicroseconds)
        try await book.request(refund, of: payment, in: work)
        try await book.record(
            "refund.requested", on: payment, actor: actor,
            payload: [
                "refund_id": .string("\(refund.id)"), "amount": .integer(refund.amount.minorUnits),
                "currency": .string(refund.amount.currency.code),
            ], in: work)
        return refund
    }

    private static func check(_ amount: Money, of payment: Payment) throws(Problem) {
        if amount.currency != payment.amount.currency {
            throw .invalidInput([
                FieldProblem(
                    pointer: "/amount/currency", code: "currency", message: "must be \(payment.amount.currency.code)")
            ])
        }
        if amount.minorUnits <= 0 {
            throw .invalidInput([
                FieldProblem(pointer: "/amount/minor_units", code: "out_of_range", message: "must be at least 1")
            ])
        }
    }

    private static func notCaptured(_ payment: Payment) -> Problem {
        .conflict(
            "payment-not-captured", title: "The payment is not captured",
            detail: "There is no money to send back: the payment is \(payment.state.rawValue)")
    }

    static func exceeded(_ left: Money) -> Problem {
        Problem(
            type: "refund-exceeds-payment", title: "More than is left", status: 409,
            detail: "Of this payment \(left.minorUnits) minor units of \(left.currency) can still be refunded",
            extensions: [
                "refundable": [
                    "minor_units": .integer(left.minorUnits), "currency": .string(left.currency.code),
                ]
            ])
    }
}
