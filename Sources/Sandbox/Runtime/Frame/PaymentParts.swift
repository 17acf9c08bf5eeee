import HTML

/// What the payment side of a hosted page is made of.
extension PaymentPage {
    struct Choice: Sendable {
        let value: String
        let label: String
        var hint = ""
    }

    enum Outcome: String, Sendable { case success, waiting, failure }

    /// The form that pays; buttons elsewhere on the page can send it too, by its id `pay`.
    static func form(action: String, _ content: HTML, pay: String) -> HTML {
        """
        <form id="pay" method="post" action="\(url: action)">\(content)
        <button class="button">\(pay)</button>
        </form>
        """
    }

    /// A group of radio buttons, the first one chosen.
    static func choices(_ legend: String, name: String, _ options: [Choice]) -> HTML {
        let buttons = options.enumerated().map { position, option -> HTML in
            let hint: HTML = "<small>\(option.hint)</small>"
            return """
                <label class="choice"><input type="radio" name="\(name)" value="\(option.value)"\
                \(if: position == 0, " checked")> <span>\(option.label)\(if: !option.hint.isEmpty, hint)</span></label>
                """
        }
        return "<fieldset><legend>\(legend)</legend>\(buttons)</fieldset>"
    }

    /// A card that is filled in already. Its fields have no names, so that nothing of it is sent.
    static let testCard: HTML = """
        <div class="card" role="group" aria-label="Test card">
        <label for="number">Card number</label><input id="number" value="4242 4242 4242 4242" readonly>
        <div><p><label for="expiry">Expires</label><input id="expiry" value="12 / 34" readonly></p>
        <p><label for="code">Security code</label><input id="code" value="123" readonly></p></div>
        </div>
        """

    /// What is not the happy end, apart from it.
    static func others(_ content: HTML) -> HTML {
        """
        <section class="others" aria-labelledby="others"><h2 id="others">Let it end otherwise</h2>\(content)</section>
        """
    }

    /// A button that sends the paying form elsewhere.
    static func other(_ label: String, action: String, name: String? = nil, value: String = "") -> HTML {
        let named = name.map { " name=\"\($0)\" value=\"\(value)\"" as HTML }
        return """
            <button class="button quiet" form="pay" formaction="\(url: action)"\(named)>\(label)</button>
            """
    }

    static func cancel(action: String, _ hidden: HTML = .empty) -> HTML {
        """
        <form class="cancel" method="post" action="\(url: action)">\(hidden)\
        <button class="link">Cancel and go back</button></form>
        """
    }

    static func outcome(_ outcome: Outcome, _ title: String, _ text: String = "", level: Int = 2) -> HTML {
        let path =
            switch outcome {
            case .success: "M7 12.5l3.5 3.5 7-7.5"
            case .waiting: "M12 7v5.5l3.5 2"
            case .failure: "M8.5 8.5l7 7m0-7l-7 7"
            }
        let words: HTML = "<p>\(text)</p>"
        return """
            <div class="outcome \(outcome.rawValue)" role="status">
            <svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="11"/><path d="\(path)"/></svg>
            <h\(level)>\(title)</h\(level)>\(if: !text.isEmpty, words)</div>
            """
    }
}
