import HTML

/// What the customer sees.
struct StripeCheckoutPage {
    let session: CheckoutSession
    let merchant: String
    /// The decline code of the attempt before.
    let decline: String?

    var answer: Answer {
        PaymentPage(
            brand: "stripe", provider: "Stripe", merchant: merchant, amount: money(session.amountTotal),
            lines: session.lines.map(line), details: [("Total due", money(session.amountTotal))],
            alert: declineMessage, content: payment
        ).answer
    }

    private func line(_ line: CheckoutSession.LineItem) -> PaymentPage.Line {
        let quantity = line.quantity > 1 ? ["\(line.quantity) × \(money(line.unitAmount))"] : []
        let notes = (line.description.map { [$0] } ?? []) + quantity
        return PaymentPage.Line(name: line.name, notes: notes, amount: money(line.total))
    }

    private var payment: HTML {
        switch session.status {
        case .open: openForms
        case .complete:
            PaymentPage.outcome(.success, "This payment is complete", "Nothing further will be charged.")
                + back(to: StripeCheckout.successURL(of: session))
        case .expired:
            PaymentPage.outcome(
                .failure, "This Checkout Session has expired",
                "Nothing was charged.\(session.cancelURL == nil ? "" : " Go back to start again.")")
                + (session.cancelURL.map(back) ?? .empty)
        }
    }

    private func back(to url: String) -> HTML {
        "<p><a class=\"button\" href=\"\(url: url)\">Return to \(merchant)</a></p>"
    }

    private var openForms: HTML {
        let email = TextField(
            "E-mail", name: "email", kind: .email, value: session.customerEmail ?? "", autocomplete: "email")
        let methods = PaymentPage.choices(
            "Payment method", name: "method",
            [
                .init(value: "card", label: "Card", hint: "A test card that always pays"),
                .init(value: "bank_debit", label: "Bank debit", hint: "Is paid a day later"),
            ])
        let reasons = HTML.select(
            "The card is declined", name: "reason", CardDecline.names.map { ($0, $0.replacing("_", with: " ")) })
        return """
            <h2>How would you like to pay?</h2>
            \(PaymentPage.form(
                action: "\(session.id)/pay", email.html + methods + PaymentPage.testCard,
                pay: "Pay \(money(session.amountTotal))"))
            \(PaymentPage.others("""
                <form method="post" action="\(url: "\(session.id)/fail")">\(reasons)\
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

    static func message(_ text: String, status: Int) -> Answer {
        PaymentPage.message(provider: "Stripe", brand: "stripe", text, status: status)
    }
}
