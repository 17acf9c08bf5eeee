/// Its page has to be opened with a form, which a page of ours makes the customer's browser send. Its checkouts open at
/// ``CheckoutRequest/handoverURL``.
package protocol FormCheckoutGateway: PaymentGateway {
    /// For people.
    var title: String { get }
    /// nil where no checkout is open.
    func checkoutForm(for payment: Payment, callbackURL: String) -> CheckoutForm?
}

/// A form that opens a gateway's page.
package struct CheckoutForm: Sendable {
    package let action: String
    package let fields: [(name: String, value: String)]
    /// Where the form and what it is answered with may lead, as sources of a content policy.
    package let targets: [String]

    package init(action: String, fields: [(name: String, value: String)], targets: [String]) {
        self.action = action
        self.fields = fields
        self.targets = targets
    }
}
