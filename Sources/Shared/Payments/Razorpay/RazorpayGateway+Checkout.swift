import Core

/// The hosted Checkout: it is opened with a form and needs no script of Razorpay's on a page of ours.
extension RazorpayGateway: FormCheckoutGateway {
    package var title: String { RazorpayProvider.title }

    package func checkoutForm(for payment: Payment, callbackURL: String) -> CheckoutForm? {
        guard let order = payment.sessionReference else { return nil }
        return CheckoutForm(
            action: "\(settings.baseURL)/v1/checkout/embedded",
            fields: [
                ("key_id", settings.keyID.reveal()), ("order_id", order),
                ("amount", String(payment.amount.minorUnits)), ("currency", payment.amount.currency.code),
                // Only what succeeds comes back by this; who fails may try again there.
                ("callback_url", callbackURL), ("cancel_url", payment.cancelURL),
            ],
            targets: ["\(settings.baseURL)/", "https://*.razorpay.com"])
    }
}
