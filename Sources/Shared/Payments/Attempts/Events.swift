package import Core
import Jobs
package import Orders

/// Money has arrived through a gateway.
package struct PaymentCaptured: Event, Hashable {
    package static let name = "payment.captured"

    package let paymentID: ID<Payment>
    package let orderID: ID<Order>
    package let gateway: String
    package let amountMinor: Int64
    package let currency: String
    /// Why no order takes it; nil where one does.
    package let unclaimedReason: UnclaimedReason?
}

/// A customer has paid what was paid already; the money of this payment is theirs.
package struct PaymentPaidTwice: Event, Hashable {
    package static let name = "payment.paid_twice"

    package let paymentID: ID<Payment>
    package let orderID: ID<Order>
    /// Whether it goes back by itself; else a person has to decide.
    package let isRefunded: Bool
}

/// A payment was declined.
package struct PaymentFailed: Event, Hashable {
    package static let name = "payment.failed"

    package let paymentID: ID<Payment>
    package let orderID: ID<Order>
    package let gateway: String
}

/// Nobody has paid in time.
package struct PaymentExpired: Event, Hashable {
    package static let name = "payment.expired"

    package let paymentID: ID<Payment>
    package let orderID: ID<Order>
    package let gateway: String
}

/// A customer has given a payment up, or it was closed for them.
package struct PaymentCancelled: Event, Hashable {
    package static let name = "payment.cancelled"

    package let paymentID: ID<Payment>
    package let orderID: ID<Order>
    package let gateway: String
}

/// What the gateway says does not fit the payment: somebody has to look at it.
package struct PaymentConflicted: Event, Hashable {
    package static let name = "payment.conflicted"

    package let paymentID: ID<Payment>
    package let orderID: ID<Order>
    package let gateway: String
}

/// Somebody has looked at what did not fit.
package struct PaymentConflictResolved: Event, Hashable {
    package static let name = "payment.conflict_resolved"

    package let paymentID: ID<Payment>
    package let orderID: ID<Order>
    package let resolution: ConflictResolution
}

extension Payment {
    /// Tells that it ended without money; nothing for any other state.
    func publishEnding(as state: PaymentState, in work: UnitOfWork) throws {
        switch state {
        case .failed: try work.publish(PaymentFailed(paymentID: id, orderID: orderID, gateway: gateway.rawValue))
        case .expired: try work.publish(PaymentExpired(paymentID: id, orderID: orderID, gateway: gateway.rawValue))
        case .cancelled: try work.publish(PaymentCancelled(paymentID: id, orderID: orderID, gateway: gateway.rawValue))
        case .conflicted:
            try work.publish(PaymentConflicted(paymentID: id, orderID: orderID, gateway: gateway.rawValue))
        case .created, .pending, .authorised, .captured, .partiallyRefunded, .refunded: break
        }
    }
}
