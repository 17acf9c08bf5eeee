package import Core
import Foundation
import Jobs
package import Orders

/// What a capture asks of the order behind it.
package struct OrderSettlement: Sendable {
    /// What captured money turned out to be for.
    enum Verdict {
        /// The order took it; the order as it was before.
        case taken(OrderWithLines)
        /// There is no order for it any more.
        case unclaimed(UnclaimedReason)
    }

    private let markPaid: MarkOrderPaid
    private let followRefunds: FollowRefunds

    package init(audit: AuditStore) {
        markPaid = MarkOrderPaid(audit: audit)
        followRefunds = FollowRefunds(audit: audit)
    }

    /// Pays the order, which commits its stock and causes its delivery. The caller holds the payment's lock.
    func pay(
        _ payment: Payment, events: [OrderEvent], by actor: AuditActor, at now: Date, in work: UnitOfWork
    ) async throws -> Verdict {
        let timeline = events + [OrderEvent(.captured, reference: "\(payment.id)", at: now)]
        let money = CapturedMoney(demand: payment.demandID, amount: payment.amount, at: now)
        switch try await markPaid(payment.orderID, by: money, events: timeline, actor: actor, in: work) {
        case .taken(let order): return .taken(order)
        // This payment was not captured before, so another one paid the order.
        case .alreadyPaid: return .unclaimed(.paidTwice)
        case .unfulfillable(let reason): return .unclaimed(UnclaimedReason(reason))
        }
    }

    /// Tells the order what of its money went back, or came back if negative; money that never paid it only stands in its
    /// timeline.
    func follow(
        refundsOf payment: Payment, by change: Money, _ event: OrderEvent, actor: AuditActor, in work: UnitOfWork
    ) async throws {
        guard payment.settlement == .order else {
            return try await OrderTimeline().append([event], to: payment.orderID, in: work)
        }
        try await followRefunds(payment.orderID, by: change, event, actor: actor, in: work)
    }

    /// Tells the order of money that a gateway holds back for it, or no longer does. The caller holds the payment's lock.
    func follow(_ payment: Payment, movingTo state: PaymentState, in work: UnitOfWork) async throws {
        let amount: Money
        switch (payment.state, state) {
        case (_, .authorised): amount = payment.amount
        case (.authorised, _): amount = try Money.zero(payment.amount.currency).subtracting(payment.amount)
        default: return
        }
        try await OrderStore().authorise(amount, for: payment.orderID, in: work)
    }

    /// Adds to the order's timeline that the customer has begun to pay, and holds the units for them meanwhile.
    func noteCheckout(
        on payment: Payment, at now: Date, holding reservations: ReservationSettings, in work: UnitOfWork
    ) async throws {
        try await OrderTimeline().append(
            OrderEvent(.checkoutStarted, reference: "\(payment.id)", at: now), to: payment.orderID,
            holdingUntil: now.addingTimeInterval(reservations.paymentTime), atMost: reservations.longestTime, in: work)
    }

    /// Adds to the order's timeline.
    func note(
        _ kind: OrderEventKind, _ reference: String, on payment: Payment, at now: Date, in work: UnitOfWork
    ) async throws {
        try await OrderTimeline().append(
            [OrderEvent(kind, reference: reference, at: now)], to: payment.orderID, in: work)
    }
}

extension OrderEventKind {
    /// A payment ended without money; its reference is the payment.
    package static let paymentFailed = OrderEventKind(rawValue: "payment_failed")
    package static let paymentExpired = OrderEventKind(rawValue: "payment_expired")
    package static let paymentCancelled = OrderEventKind(rawValue: "payment_cancelled")
    /// An operator has to look at what the gateway says.
    package static let paymentConflicted = OrderEventKind(rawValue: "payment_conflicted")
    /// Money is on its way back; the reference is the refund.
    package static let refundStarted = OrderEventKind(rawValue: "refund_started")
    /// The gateway refuses to send it back, or whoever had to do it by hand.
    package static let refundFailed = OrderEventKind(rawValue: "refund_failed")

    /// A customer's bank questions a payment, and how that ended; the reference is the dispute.
    package static let disputeOpened = OrderEventKind(rawValue: "dispute_opened")
    package static let disputeWon = OrderEventKind(rawValue: "dispute_won")
    package static let disputeLost = OrderEventKind(rawValue: "dispute_lost")

    static func ending(_ state: PaymentState) -> OrderEventKind? {
        switch state {
        case .failed: .paymentFailed
        case .expired: .paymentExpired
        case .cancelled: .paymentCancelled
        default: nil
        }
    }
}
