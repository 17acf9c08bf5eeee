/// What the customer sees.
struct StripeCheckoutPage {
    let session: CheckoutSession
    let merchant: String
    /// The decline code of the attempt before.
    let decline: String?

    var html: String {
        Page.document(
            title: "\(merchant) · Checkout", style: Self.style,
            body: """
                <main>
                <section class="order" aria-labelledby="total">
                <p class="merchant">\(Page.escape(merchant)) <span class="badge">Sandbox</span></p>
                <h1 id="total"><span>Pay \(Page.escape(merchant))</span> \(Page.escape(money(session.amountTotal)))</h1>
                <ul>\(session.lines.map(line).joined())</ul>
                <p class="sum"><span>Total due</span> <strong>\(Page.escape(money(session.amountTotal)))</strong></p>
                </section>
                <section class="payment" aria-label="Payment">\(payment)</section>
                </main>
                """)
    }

    private func line(_ line: CheckoutSession.LineItem) -> String {
        let description = line.description.map { "<small>\(Page.escape($0))</small>" } ?? ""
        let quantity =
            line.quantity > 1 ? "<small>\(line.quantity) × \(Page.escape(money(line.unitAmount)))</small>" : ""
        return """
            <li><span>\(Page.escape(line.name))\(description)\(quantity)</span>
            <span>\(Page.escape(money(line.total)))</span></li>
            """
    }

    private var payment: String {
        switch session.status {
        case .open: openForms
        case .complete:
            """
            <h2>This payment is complete</h2>
            <p>Nothing further will be charged.</p>
            <p><a class="button" href="\(Page.escape(StripeCheckout.successURL(of: session)))">Return to \(Page.escape(merchant))</a></p>
            """
        case .expired:
            """
            <h2>This Checkout Session has expired</h2>
            <p>Nothing was charged.\(session.cancelURL == nil ? "" : " Go back to start again.")</p>
            \(session.cancelURL.map { "<p><a class=\"button\" href=\"\(Page.escape($0))\">Return to \(Page.escape(merchant))</a></p>" } ?? "")
            """
        }
    }

    private var openForms: String {
        """
        \(declineMessage)
        <h2>Pay with a test card</h2>
        <form method="post" action="\(session.id)/pay">
        <label for="email">E-mail</label>
        <input id="email" name="email" type="email" autocomplete="email" value="\(Page.escape(session.customerEmail ?? ""))">
        <fieldset><legend>Payment method</legend>
        <label class="choice"><input type="radio" name="method" value="card" checked> Card ending in 4242</label>
        <label class="choice"><input type="radio" name="method" value="bank_debit"> Bank debit (settles later)</label>
        </fieldset>
        <button class="button">Pay \(Page.escape(money(session.amountTotal)))</button>
        </form>
        <form method="post" action="\(session.id)/fail">
        <label for="reason">Or let the card be declined</label>
        <select id="reason" name="reason">\(CardDecline.names.map(option).joined())</select>
        <button class="button quiet">Fail</button>
        </form>
        <form method="post" action="\(session.id)/cancel"><button class="link">Cancel and go back</button></form>
        """
    }

    private func option(_ name: String) -> String {
        "<option value=\"\(name)\">\(name.replacing("_", with: " "))</option>"
    }

    private var declineMessage: String {
        guard let decline else { return "" }
        let message = CardDecline.named(decline)?.message ?? "Your card was declined."
        return
            "<p class=\"declined\" role=\"alert\"><strong>\(Page.escape(message))</strong> Please try a different card.</p>"
    }

    private func money(_ amount: Int) -> String { StripeCurrency.display(amount, session.currency) }

    static func message(_ text: String) -> String {
        Page.document(
            title: "Checkout", style: style,
            body:
                "<main><section class=\"payment\"><h1>Something went wrong</h1><p>\(Page.escape(text))</p></section></main>"
        )
    }

    private static let style = """
        *{box-sizing:border-box}
        body{margin:0;font:16px/1.5 system-ui,sans-serif;background:#f4f5f8;color:#1b1f33}
        main{display:grid;grid-template-columns:1fr 1fr;max-width:60rem;margin:0 auto;min-height:100vh}
        section{padding:3rem 2.5rem}
        .order{background:#23264a;color:#fff}
        .payment{background:#fff}
        .merchant{font-weight:600;margin:0 0 2rem}
        .badge{font-size:.75rem;background:#ffd66b;color:#3d2e00;border-radius:.3rem;padding:.1rem .4rem;margin-left:.5rem}
        h1{font-size:2.2rem;line-height:1.2;margin:0 0 2rem}h1 span{display:block;font-size:1rem;font-weight:400;color:#d5d8f2}
        h2{font-size:1.1rem;margin:0 0 1rem}
        ul{list-style:none;margin:0;padding:0}
        li,.sum{display:flex;justify-content:space-between;gap:1rem;padding:.75rem 0;border-bottom:1px solid #ffffff33;margin:0}
        li span{overflow-wrap:anywhere}li small{display:block;color:#d5d8f2}
        .sum{border:0}
        form{margin:0 0 1.75rem}
        label,legend{display:block;font-weight:600;font-size:.9rem;margin:0 0 .35rem;padding:0}
        fieldset{border:0;padding:0;margin:1rem 0}
        .choice{border:1px solid #6b7085;border-radius:.5rem;padding:.75rem;font-weight:400;font-size:1rem}
        input[type=email],select{font:inherit;width:100%;padding:.7rem;border:1px solid #6b7085;border-radius:.5rem;background:#fff;color:inherit}
        .button{display:block;width:100%;font:inherit;font-weight:600;text-align:center;text-decoration:none;padding:.85rem;border:0;border-radius:.5rem;background:#3b43c4;color:#fff;cursor:pointer}
        .quiet{background:#fff;color:#9a1c2c;border:1px solid #9a1c2c;margin-top:.5rem}
        .link{font:inherit;background:none;border:0;padding:.5rem 0;color:#3b43c4;text-decoration:underline;cursor:pointer}
        .declined{background:#fdecee;border-left:4px solid #9a1c2c;color:#5c0e19;padding:.75rem 1rem;margin:0 0 1.5rem}
        :focus-visible{outline:3px solid #7a83ff;outline-offset:2px}
        @media(max-width:44rem){main{display:block}section{padding:1.5rem 1.25rem}h1{margin-bottom:1rem}}
        """
}
