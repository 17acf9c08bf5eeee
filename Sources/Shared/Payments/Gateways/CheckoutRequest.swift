package import Core
package import Foundation
package import Orders
package import Outbound

/// What a gateway needs to know to let a customer pay.
package struct CheckoutRequest: Sendable {
    package struct Line: Sendable, Hashable {
        package let name: String
        package let unitPrice: Money
        package let quantity: Int

        package init(name: String, unitPrice: Money, quantity: Int) {
            self.name = name
            self.unitPrice = unitPrice
            self.quantity = quantity
        }
    }

    package let paymentID: ID<Payment>
    package let orderID: ID<Order>
    /// Part of the idempotency key.
    package let attempt: Int
    package let amount: Money
    /// Add up to `amount`.
    package let lines: [Line]
    /// Who pays; which of it a gateway is told is its adapter's business.
    package let customer: Order.Customer
    package let shippingAddress: ShippingAddress?
    /// Where a gateway sends the customer back that wants to be asked once more before the money is ours: a page of this API, which
    /// goes on to one of the two below.
    package let callbackURL: String
    /// A page of this API that takes the customer on, for a gateway that is a ``FormCheckoutGateway``.
    package let handoverURL: String
    package let successURL: String
    package let cancelURL: String
    package let expiresAt: Date

    package init(
        paymentID: ID<Payment>, orderID: ID<Order>, attempt: Int, amount: Money, lines: [Line],
        customer: Order.Customer, shippingAddress: ShippingAddress?, callbackURL: String, handoverURL: String,
        successURL: String, cancelURL: String, expiresAt: Date
    ) {
        self.paymentID = paymentID
        self.orderID = orderID
        self.attempt = attempt
        self.amount = amount
        self.lines = lines
        self.customer = customer
        self.shippingAddress = shippingAddress
        self.callbackURL = callbackURL
        self.handoverURL = handoverURL
        self.successURL = successURL
        self.cancelURL = cancelURL
        self.expiresAt = expiresAt
    }
}

/// A place at the gateway where the customer pays.
package struct CheckoutSession: Sendable {
    package let sessionReference: String
    package let reference: String?
    package let redirectURL: String
    package let call: OutboundEvidence

    package init(sessionReference: String, reference: String?, redirectURL: String, call: OutboundEvidence) {
        self.sessionReference = sessionReference
        self.reference = reference
        self.redirectURL = redirectURL
        self.call = call
    }
}
