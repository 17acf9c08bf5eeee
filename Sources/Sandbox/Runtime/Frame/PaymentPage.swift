import HTML

/// The layout of a hosted payment page: what is owed on one side, how to pay on the other. Without scripts.
struct PaymentPage: Sendable {
    /// One thing that is bought.
    struct Line: Sendable {
        let name: String
        var notes: [String] = []
        let amount: String
    }

    /// Names the provider's colours in the style sheet.
    let brand: String
    let provider: String
    let merchant: String
    let amount: String
    var lines: [Line] = []
    /// Rows below the amount.
    var details: [(label: String, value: String)] = []
    /// What went wrong with the attempt before.
    var alert: String?
    /// The payment side.
    var content = HTML.empty

    var answer: Answer {
        Self.answer(
            title: "\(merchant) · \(provider)", brand: brand, provider: provider,
            body: """
                <section class="order" aria-labelledby="total">
                <h1 id="total"><span>Pay \(merchant)</span> \(amount)</h1>
                \(bought)\(detailRows)
                </section>
                <section class="payment" aria-label="Payment">\(declined)\(content)</section>
                """)
    }

    /// A page that only says something.
    static func message(provider: String, brand: String, _ text: String, status: Int) -> Answer {
        let outcome = outcome(.failure, "Something went wrong", text, level: 1)
        return answer(
            title: provider, brand: brand, provider: provider,
            body: "<section class=\"payment alone\">\(outcome)</section>", status: status)
    }

    /// Its forms lead back to the merchant, wherever that is.
    private static func answer(
        title: String, brand: String, provider: String, body: HTML, status: Int = 200
    ) -> Answer {
        let document = HTMLDocument(
            title: title, layout: .checkout(brand: brand),
            body: """
                <header><p class="provider"><span class="mark" aria-hidden="true">\(provider.prefix(1).uppercased())</span>\(provider)</p>
                <p class="badge">Test mode</p></header>
                <main>\(body)</main>
                <footer><p>The Haat sandbox stands in for \(provider). No money moves.</p></footer>
                """)
        return .page(document.html, status: status, headers: PageHeaders(formTargets: .anySite))
    }

    private var declined: HTML? {
        alert.map { "<p class=\"declined\" role=\"alert\"><strong>\($0)</strong></p>" }
    }

    private var bought: HTML? {
        lines.isEmpty ? nil : "<ul>\(lines.map(Self.item))</ul>"
    }

    private var detailRows: HTML? {
        details.isEmpty ? nil : "<dl>\(HTML.rows(details.filter { !$0.value.isEmpty }))</dl>"
    }

    private static func item(_ line: Line) -> HTML {
        let notes = line.notes.map { note -> HTML in "<small>\(note)</small>" }
        return "<li><span>\(line.name)\(notes)</span> <span>\(line.amount)</span></li>"
    }
}
