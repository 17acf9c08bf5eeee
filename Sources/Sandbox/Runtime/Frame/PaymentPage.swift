/// The layout of a hosted payment page: what is owed on one side, how to pay on the other. Without scripts.
struct PaymentPage: Sendable {
    /// The provider's colour, dark enough for white text on it.
    let accent: String
    let provider: String
    let merchant: String
    let amount: String
    /// Rows below the amount.
    var details: [(label: String, value: String)] = []
    /// What went wrong with the attempt before.
    var alert: String?
    /// HTML of the payment side.
    var content = ""

    var html: String {
        Page.document(
            title: "\(merchant) · \(provider)", style: Self.style(accent),
            body: """
                <main>
                <section class="order" aria-labelledby="total">
                <p class="merchant">\(Page.escape(provider)) <span class="badge">Sandbox</span></p>
                <h1 id="total"><span>Pay \(Page.escape(merchant))</span> \(Page.escape(amount))</h1>
                <dl>\(details.map(Self.row).joined())</dl>
                </section>
                <section class="payment" aria-label="Payment">\(alertHTML)\(content)</section>
                </main>
                """)
    }

    /// A page that only says something.
    static func message(provider: String, accent: String, _ text: String) -> String {
        Page.document(
            title: provider, style: style(accent),
            body:
                "<main><section class=\"payment\"><h1>Something went wrong</h1><p>\(Page.escape(text))</p></section></main>"
        )
    }

    static func hidden(_ field: (name: String, value: String)) -> String {
        "<input type=\"hidden\" name=\"\(Page.escape(field.name))\" value=\"\(Page.escape(field.value))\">"
    }

    /// A group of radio buttons, the first one chosen.
    static func choices(_ legend: String, name: String, _ options: [(value: String, label: String)]) -> String {
        let buttons = options.enumerated().map { position, option in
            let checked = position == 0 ? " checked" : ""
            return """
                <label class="choice"><input type="radio" name="\(name)" value="\(Page.escape(option.value))"\(checked)> \
                \(Page.escape(option.label))</label>
                """
        }
        return "<fieldset><legend>\(Page.escape(legend))</legend>\(buttons.joined())</fieldset>"
    }

    static func select(_ label: String, name: String, _ options: [(value: String, label: String)]) -> String {
        let items = options.map { "<option value=\"\(Page.escape($0.value))\">\(Page.escape($0.label))</option>" }
        return """
            <label for="\(name)">\(Page.escape(label))</label>
            <select id="\(name)" name="\(name)">\(items.joined())</select>
            """
    }

    private var alertHTML: String {
        alert.map { "<p class=\"declined\" role=\"alert\"><strong>\(Page.escape($0))</strong></p>" } ?? ""
    }

    private static func row(_ row: (label: String, value: String)) -> String {
        "<div><dt>\(Page.escape(row.label))</dt><dd>\(Page.escape(row.value))</dd></div>"
    }

    private static func style(_ accent: String) -> String {
        """
        *{box-sizing:border-box}
        body{margin:0;font:16px/1.5 system-ui,sans-serif;background:#f4f5f8;color:#1b1f33}
        main{display:grid;grid-template-columns:1fr 1fr;max-width:60rem;margin:0 auto;min-height:100vh}
        section{padding:3rem 2.5rem}
        .order{background:\(accent);color:#fff}
        .payment{background:#fff}
        .merchant{font-weight:600;margin:0 0 2rem}
        .badge{font-size:.75rem;background:#ffd66b;color:#3d2e00;border-radius:.3rem;padding:.1rem .4rem;margin-left:.5rem}
        h1{font-size:2.2rem;line-height:1.2;margin:0 0 2rem}h1 span{display:block;font-size:1rem;font-weight:400}
        h2{font-size:1.1rem;margin:0 0 1rem}
        dl{margin:0}dl div{display:flex;justify-content:space-between;gap:1rem;padding:.75rem 0;border-bottom:1px solid #ffffff55}
        dd{margin:0;overflow-wrap:anywhere;text-align:right}
        form{margin:0 0 1.75rem}
        label,legend{display:block;font-weight:600;font-size:.9rem;margin:0 0 .35rem;padding:0}
        fieldset{border:0;padding:0;margin:1rem 0}
        .choice{border:1px solid #6b7085;border-radius:.5rem;padding:.75rem;font-weight:400;font-size:1rem}
        input:not([type=radio]):not([type=hidden]),select{font:inherit;width:100%;padding:.7rem;border:1px solid #6b7085;border-radius:.5rem;background:#fff;color:inherit}
        .button{display:block;width:100%;font:inherit;font-weight:600;text-align:center;text-decoration:none;padding:.85rem;border:0;border-radius:.5rem;background:\(accent);color:#fff;cursor:pointer}
        .quiet{background:#fff;color:#9a1c2c;border:1px solid #9a1c2c;margin-top:.5rem}
        .link{font:inherit;background:none;border:0;padding:.5rem 0;color:#2a2f8f;text-decoration:underline;cursor:pointer}
        .declined{background:#fdecee;border-left:4px solid #9a1c2c;color:#5c0e19;padding:.75rem 1rem;margin:0 0 1.5rem}
        :focus-visible{outline:3px solid #7a83ff;outline-offset:2px}
        @media(max-width:44rem){main{display:block}section{padding:1.5rem 1.25rem}h1{margin-bottom:1rem}}
        """
    }
}
