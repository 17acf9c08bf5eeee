package import Core
import Postgres

/// Where an order is in its life.
package enum OrderState: String, Hashable, Sendable, Codable, CaseIterable, PostgresCodable {
    case open
    case cancelled
    case expired
    /// Nothing is left to be paid, handed over or sent back.
    case completed
}

/// How an order's money stands. The database derives it from what was authorised, captured and refunded.
package enum OrderPaymentState: String, Hashable, Sendable, Codable, CaseIterable, PostgresCodable {
    case unpaid
    /// Reserved at a gateway, not ours yet.
    case authorised
    case partiallyPaid = "partially_paid"
    case paid
    case partiallyRefunded = "partially_refunded"
    case refunded
}

/// How far the goods have come.
package enum FulfilmentState: String, Hashable, Sendable, Codable, CaseIterable, PostgresCodable {
    case unfulfilled
    case partiallyFulfilled = "partially_fulfilled"
    /// All of it is on its way.
    case fulfilled
    case partiallyDelivered = "partially_delivered"
    case delivered
    case returned
    /// None of it is handed over any more.
    case cancelled

    /// How far these lines have come together; what was cancelled whole does not count.
    init(of all: some Collection<OrderLine>) {
        let lines = all.filter { !$0.isCancelled }
        self =
            if lines.isEmpty, !all.isEmpty {
                .cancelled
            } else if lines.allSatisfy({ $0.deliveredAt != nil }) {
                .delivered
            } else if lines.allSatisfy({ $0.fulfilledAt != nil }) {
                lines.contains { $0.deliveredAt != nil } ? .partiallyDelivered : .fulfilled
            } else {
                lines.contains { $0.fulfilledAt != nil } ? .partiallyFulfilled : .unfulfilled
            }
    }
}

/// The one word for an order that people see. The database derives it from the states.
package enum OrderStatus: String, Hashable, Sendable, Codable, CaseIterable, PostgresCodable {
    case pendingPayment = "pending_payment"
    case paid
    case partiallyShipped = "partially_shipped"
    case shipped
    case delivered
    case cancelled
    case expired
    case refunded
}

/// What can move an order from one state to another.
package enum OrderTransition: String, Hashable, Sendable, CaseIterable {
    /// Gives up an order that is not paid.
    case cancel
    case expire
    /// Money for it arrives.
    case capture
    /// Nothing is left to be done.
    case complete
    /// Something is left to be done after all, because a refund came back.
    case reopen
}

/// The order's state does not allow the transition.
package struct OrderTransitionRefused: ProblemConvertible, Hashable, Sendable {
    package let status: OrderStatus
    package let transition: OrderTransition

    package init(status: OrderStatus, transition: OrderTransition) {
        self.status = status
        self.transition = transition
    }

    package var problem: Problem {
        Problem(
            type: "order-state", title: "The order's state does not allow this", status: 409,
            detail: "The order is \(status.rawValue)", extensions: ["status": .string(status.rawValue)])
    }
}

extension Order {
    /// The state after a transition.
    ///
    /// An expired order may still be paid: a capture can arrive after the reservation has run out, and is honoured while
    /// there is stock. A cancelled one may not, that capture is refunded. What was paid for, even in part, can't be given up.
    /// - Throws: `OrderTransitionRefused`.
    package func state(after transition: OrderTransition) throws(OrderTransitionRefused) -> OrderState {
        switch (state, transition) {
        case (.open, .cancel) where canBeGivenUp: .cancelled
        case (.open, .expire) where canBeGivenUp: .expired
        case (.open, .capture), (.expired, .capture), (.completed, .capture): .open
        case (.open, .complete), (.completed, .complete): .completed
        case (.open, .reopen), (.completed, .reopen): .open
        default: throw OrderTransitionRefused(status: status, transition: transition)
        }
    }

    private var canBeGivenUp: Bool {
        (paymentState == .unpaid || paymentState == .authorised) && fulfilmentState == .unfulfilled
    }
}
