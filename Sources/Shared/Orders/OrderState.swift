package import Core
import Postgres

/// Where an order is in its life.
package enum OrderState: String, Hashable, Sendable, Codable, CaseIterable, PostgresCodable {
    case awaitingPayment = "awaiting_payment"
    case paid
    case fulfilled
    case cancelled
    case expired
    case partiallyRefunded = "partially_refunded"
    case refunded

    /// Whether money was received and not all of it given back.
    package var isPaid: Bool {
        switch self {
        case .paid, .fulfilled, .partiallyRefunded: true
        case .awaitingPayment, .cancelled, .expired, .refunded: false
        }
    }
}

/// What can move an order from one state to another.
package enum OrderTransition: String, Hashable, Sendable, CaseIterable {
    case pay
    case fulfil
    case cancel
    case expire
    case refundPartially = "refund_partially"
    case refundFully = "refund_fully"
    /// A bank sent all refunds back: the customer's money is ours again.
    case returnRefunds = "return_refunds"
}

/// The order's state does not allow the transition.
package struct OrderTransitionRefused: ProblemConvertible, Hashable, Sendable {
    package let state: OrderState
    package let transition: OrderTransition

    package init(state: OrderState, transition: OrderTransition) {
        self.state = state
        self.transition = transition
    }

    package var problem: Problem {
        Problem(
            type: "order-state", title: "The order's state does not allow this", status: 409,
            detail: "The order is \(state.rawValue)", extensions: ["state": .string(state.rawValue)])
    }
}

extension OrderState {
    /// The state after a transition.
    ///
    /// An expired order may still be paid: a capture can arrive after the reservation has run out, and is honoured while
    /// there is stock. A cancelled one may not, that capture is refunded.
    /// - Throws: `OrderTransitionRefused`.
    package func applying(_ transition: OrderTransition) throws(OrderTransitionRefused) -> OrderState {
        switch (self, transition) {
        case (.awaitingPayment, .pay), (.expired, .pay): .paid
        case (.awaitingPayment, .cancel): .cancelled
        case (.awaitingPayment, .expire): .expired
        case (.paid, .fulfil): .fulfilled
        // What is left after a part was refunded may still be handed over; the refund stays visible.
        case (.partiallyRefunded, .fulfil): .partiallyRefunded
        case (.paid, .refundPartially), (.fulfilled, .refundPartially), (.partiallyRefunded, .refundPartially):
            .partiallyRefunded
        case (.paid, .refundFully), (.fulfilled, .refundFully), (.partiallyRefunded, .refundFully): .refunded
        case (.partiallyRefunded, .returnRefunds), (.refunded, .returnRefunds): .paid
        default: throw OrderTransitionRefused(state: self, transition: transition)
        }
    }
}
