/// Writes HTML; all text is escaped here.
struct HTMLWriter {
    private(set) var output = ""

    /// Markup that is safe as it stands.
    mutating func raw(_ markup: String) { output += markup }

    mutating func text(_ text: String) { output += Self.escaped(text) }

    mutating func element(
        _ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ body: (inout HTMLWriter) -> Void
    ) {
        output += "<\(name)"
        for (attribute, value) in attributes { output += " \(attribute)=\"\(Self.escaped(value))\"" }
        output += ">"
        body(&self)
        output += "</\(name)>"
    }

    mutating func code(_ text: String) { element("code") { $0.text(text) } }

    /// A line of a list that leads to an anchor.
    mutating func item(_ anchor: String, _ title: String) {
        element("li") { html in html.element("a", ["href": "#\(anchor)"]) { $0.text(title) } }
    }

    /// A block of code that scrolls by keyboard too.
    mutating func block(_ code: String, label: String) {
        element("pre", ["tabindex": "0", "aria-label": label]) { $0.code(code) }
    }

    /// A table that scrolls sideways on narrow screens; `rows` writes `tr` elements.
    mutating func table(_ columns: [String], label: String, rows: (inout HTMLWriter) -> Void) {
        element("div", ["class": "scroll", "role": "group", "aria-label": label, "tabindex": "0"]) { html in
            html.element("table") { html in
                html.element("thead") { html in
                    html.element("tr") { html in
                        for column in columns { html.element("th", ["scope": "col"]) { $0.text(column) } }
                    }
                }
                html.element("tbody", [:], rows)
            }
        }
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }
}
