/// What the payment side of a hosted page is made of.
extension PaymentPage {
    struct Choice: Sendable {
        let value: String
        let label: String
        var hint = ""
    }

    enum Outcome: String, Sendable { case success, waiting, failure }

    static func hidden(_ field: (name: String, value: String)) -> String {
        "<input type=\"hidden\" name=\"\(Page.escape(field.name))\" value=\"\(Page.escape(field.value))\">"
    }

    /// The form that pays; buttons elsewhere on the page can send it too, by its id `pay`.
    static func form(action: String, _ content: String, pay: String) -> String {
        """
        <form id="pay" method="post" action="\(Page.escape(action))">\(content)
        <button class="button">\(Page.escape(pay))</button>
        </form>
        """
    }

    static func field(
        _ label: String, name: String, type: String = "text", value: String = "", attributes: String = ""
    ) -> String {
        """
        <label for="\(name)">\(Page.escape(label))</label>
        <input id="\(name)" name="\(name)" type="\(type)" value="\(Page.escape(value))" \(attributes)>
        """
    }

    /// A group of radio buttons, the first one chosen.
    static func choices(_ legend: String, name: String, _ options: [Choice]) -> String {
        let buttons = options.enumerated().map { position, option in
            let hint = option.hint.isEmpty ? "" : "<small>\(Page.escape(option.hint))</small>"
            return """
                <label class="choice"><input type="radio" name="\(name)" value="\(Page.escape(option.value))"\
                \(position == 0 ? " checked" : "")> <span>\(Page.escape(option.label))\(hint)</span></label>
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

    /// A card that is filled in already. Its fields have no names, so that nothing of it is sent.
    static let testCard = """
        <div class="card" role="group" aria-label="Test card">
        <label for="number">Card number</label><input id="number" value="4242 4242 4242 4242" readonly>
        <div><p><label for="expiry">Expires</label><input id="expiry" value="12 / 34" readonly></p>
        <p><label for="code">Security code</label><input id="code" value="123" readonly></p></div>
        </div>
        """

    /// What is not the happy end, apart from it.
    static func others(_ content: String) -> String {
        """
        <section class="others" aria-labelledby="others"><h2 id="others">Let it end otherwise</h2>\(content)</section>
        """
    }

    /// A button that sends the paying form elsewhere.
    static func other(_ label: String, action: String, name: String? = nil, value: String = "") -> String {
        let named = name.map { " name=\"\($0)\" value=\"\(Page.escape(value))\"" } ?? ""
        return """
            <button class="button quiet" form="pay" formaction="\(Page.escape(action))"\(named)>\(Page.escape(label))</button>
            """
    }

    static func cancel(action: String, _ hidden: String = "") -> String {
        """
        <form class="cancel" method="post" action="\(Page.escape(action))">\(hidden)\
        <button class="link">Cancel and go back</button></form>
        """
    }

    static func outcome(_ outcome: Outcome, _ title: String, _ text: String = "", level: Int = 2) -> String {
        let path =
            switch outcome {
            case .success: "M7 12.5l3.5 3.5 7-7.5"
            case .waiting: "M12 7v5.5l3.5 2"
            case .failure: "M8.5 8.5l7 7m0-7l-7 7"
            }
        return """
            <div class="outcome \(outcome.rawValue)" role="status">
            <svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="11"/><path d="\(path)"/></svg>
            <h\(level)>\(Page.escape(title))</h\(level)>\(text.isEmpty ? "" : "<p>\(Page.escape(text))</p>")</div>
            """
    }
}
