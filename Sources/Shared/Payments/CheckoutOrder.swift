package import Core
package import Foundation
package import Orders

/// What a customer wants in order to pay.
package struct CheckoutOrder: Sendable {
    package let orderID: ID<Order>
    package let gateway: GatewayName
    /// Where the gateway sends the customer afterwards.
    package let successURL: String
    package let cancelURL: String

    package init(orderID: ID<Order>, gateway: GatewayName, successURL: String, cancelURL: String) {
        self.orderID = orderID
        self.gateway = gateway
        self.successURL = successURL
        self.cancelURL = cancelURL
    }

    func checked(against hosts: ReturnHosts) throws(Problem) {
        let fields = [("/success_url", successURL), ("/cancel_url", cancelURL)]
        let wrong = fields.filter { !hosts.admit($0.1) }
        guard !wrong.isEmpty else { return }
        throw .invalidInput(
            wrong.map {
                FieldProblem(
                    pointer: $0.0, code: "url",
                    message: "must be an http:// or https:// URL on one of the shop’s own hosts")
            })
    }
}

/// A payment and the page where the customer makes it.
package struct StartedCheckout: Sendable, Hashable {
    package let paymentID: ID<Payment>
    package let redirectURL: String
    package let expiresAt: Date
}

/// A page for the customer, before it is on record.
package struct OpenedCheckout: Sendable {
    enum Page: Sendable {
        /// An earlier request has opened it.
        case before(StartedCheckout)
        case now(CheckoutSession, GatewayEvidence)
    }

    let page: Page
    let payment: Payment
    /// Whether the customer has begun to pay the same through other gateways.
    let hasRivals: Bool
}
