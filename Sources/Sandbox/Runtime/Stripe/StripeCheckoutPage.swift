/// What the customer sees.
struct StripeCheckoutPage {
    private static let accent = "#423bb0"

    let session: CheckoutSession
    let merchant: String
    /// The decline code of the attempt before.
    let decline: String?

    var html: String {
        PaymentPage(
            accent: Self.accent, provider: "Stripe", merchant: merchant, amount: money(session.amountTotal),
            lines: session.lines.map(line), details: [("Total due", money(session.amountTotal))],
            alert: declineMessage, content: payment
        ).html
    }

    private func line(_ line: CheckoutSession.LineItem) -> PaymentPage.Line {
        let quantity = line.quantity > 1 ? ["\(line.quantity) × \(money(line.unitAmount))"] : []
        let notes = (line.description.map { [$0] } ?? []) + quantity
        return PaymentPage.Line(name: line.name, notes: notes, amount: money(line.total))
    }

    private var payment: String {
        switch session.status {
        case .open: openForms
        case .complete:
            PaymentPage.outcome(.success, "This payment is complete", "Nothing further will be charged.")
                + back(to: StripeCheckout.successURL(of: session))
        case .expired:
            PaymentPage.outcome(
                .failure, "This Checkout Session has expired",
                "Nothing was charged.\(session.cancelURL == nil ? "" : " Go back to start again.")")
                + (session.cancelURL.map(back) ?? "")
        }
    }

    private func back(to url: String) -> String {
        "<p><a class=\"button\" href=\"\(Page.escape(url))\">Return to \(Page.escape(merchant))</a></p>"
    }

    private var openForms: String {
        let email = PaymentPage.field(
            "E-mail", name: "email", type: "email", value: session.customerEmail ?? "",
            attributes: "autocomplete=\"email\"")
        let methods = PaymentPage.choices(
            "Payment method", name: "method",
            [
                .init(value: "card", label: "Card", hint: "A test card that always pays"),
                .init(value: "bank_debit", label: "Bank debit", hint: "Is paid a day later"),
            ])
        let reasons = PaymentPage.select(
            "The card is declined", name: "reason", CardDecline.names.map { ($0, $0.replacing("_", with: " ")) })
        return """
            <h2>How would you like to pay?</h2>
            \(PaymentPage.form(
                action: "\(session.id)/pay", email + methods + PaymentPage.testCard,
                pay: "Pay \(money(session.amountTotal))"))
            \(PaymentPage.others("""
                <form method="post" action="\(session.id)/fail">\(reasons)\
                <button class="button quiet">Decline</button></form>
                """))
            \(PaymentPage.cancel(action: "\(session.id)/cancel"))
            """
    }

    private var declineMessage: String? {
        decline.map {
            let message = CardDecline.named($0)?.message ?? "Your card was declined."
            return "\(message) Please try a different card."
        }
    }

    private func money(_ amount: Int) -> String { StripeCurrency.display(amount, session.currency) }

    static func message(_ text: String) -> String {
        PaymentPage.message(provider: "Stripe", accent: accent, text)
    }
}
