/// The layout of a hosted payment page: what is owed on one side, how to pay on the other. Without scripts.
struct PaymentPage: Sendable {
    /// One thing that is bought.
    struct Line: Sendable {
        let name: String
        var notes: [String] = []
        let amount: String
    }

    /// The provider's colour as six hexadecimal digits after `#`, dark enough for white text on it.
    let accent: String
    let provider: String
    let merchant: String
    let amount: String
    var lines: [Line] = []
    /// Rows below the amount.
    var details: [(label: String, value: String)] = []
    /// What went wrong with the attempt before.
    var alert: String?
    /// HTML of the payment side.
    var content = ""

    var html: String {
        Self.document(
            title: "\(merchant) · \(provider)", accent: accent, provider: provider,
            body: """
                <section class="order" aria-labelledby="total">
                <h1 id="total"><span>Pay \(Page.escape(merchant))</span> \(Page.escape(amount))</h1>
                \(lines.isEmpty ? "" : "<ul>\(lines.map(Self.item).joined())</ul>")
                \(details.isEmpty ? "" : "<dl>\(details.filter { !$0.value.isEmpty }.map(Self.row).joined())</dl>")
                </section>
                <section class="payment" aria-label="Payment">\(alertHTML)\(content)</section>
                """)
    }

    /// A page that only says something.
    static func message(provider: String, accent: String, _ text: String) -> String {
        document(
            title: provider, accent: accent, provider: provider,
            body:
                "<section class=\"payment alone\">\(outcome(.failure, "Something went wrong", text, level: 1))</section>"
        )
    }

    private static func document(title: String, accent: String, provider: String, body: String) -> String {
        let name = Page.escape(provider)
        return Page.document(
            title: title, style: PaymentPageStyle.css(accent: accent),
            body: """
                <header><p class="provider"><span class="mark" aria-hidden="true">\(Page.escape(String(provider.prefix(1)).uppercased()))</span>\(name)</p>
                <p class="badge">Test mode</p></header>
                <main>\(body)</main>
                <footer><p>The Haat sandbox stands in for \(name). No money moves.</p></footer>
                """)
    }

    private var alertHTML: String {
        alert.map { "<p class=\"declined\" role=\"alert\"><strong>\(Page.escape($0))</strong></p>" } ?? ""
    }

    private static func item(_ line: Line) -> String {
        let notes = line.notes.map { "<small>\(Page.escape($0))</small>" }.joined()
        return "<li><span>\(Page.escape(line.name))\(notes)</span> <span>\(Page.escape(line.amount))</span></li>"
    }

    private static func row(_ row: (label: String, value: String)) -> String {
        "<div><dt>\(Page.escape(row.label))</dt><dd>\(Page.escape(row.value))</dd></div>"
    }
}
