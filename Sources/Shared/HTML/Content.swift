// What the content of pages is made of.

extension HTML {
    /// A table that scrolls by itself where the screen is narrow, by keyboard too. `label` names it for those who can't see it.
    package static func table(_ label: String, _ columns: [String], _ rows: [[HTML]]) -> HTML {
        guard !rows.isEmpty else { return "<p class=\"empty\">None yet.</p>" }
        let head = columns.map { column -> HTML in "<th scope=\"col\">\(column)</th>" }
        let body = rows.map { cells -> HTML in
            "<tr>\(cells.map { cell -> HTML in "<td>\(cell)</td>" })</tr>"
        }
        return """
            <div class="scroll" role="group" aria-label="\(label)" tabindex="0"><table><thead><tr>\(head)</tr></thead>\
            <tbody>\(body)</tbody></table></div>
            """
    }

    /// The same, of cells that are text.
    package static func table(_ label: String, _ columns: [String], texts rows: [[String]]) -> HTML {
        table(label, columns, rows.map { cells in cells.map { "\($0)" } })
    }

    /// Names with their values, one below the other.
    package static func facts(_ facts: [(label: String, value: String)]) -> HTML {
        "<dl class=\"facts\">\(rows(facts))</dl>"
    }

    /// The rows of a definition list.
    package static func rows(_ rows: [(label: String, value: String)]) -> HTML {
        rows.map { row -> HTML in "<div><dt>\(row.label)</dt><dd>\(row.value)</dd></div>" }.joined()
    }

    package static func code(_ text: String) -> HTML { "<code>\(text)</code>" }

    /// A block of code that scrolls by keyboard too.
    package static func codeBlock(_ code: String, label: String) -> HTML {
        "<pre tabindex=\"0\" aria-label=\"\(label)\"><code>\(code)</code></pre>"
    }

    package static func link(_ title: String, to url: String) -> HTML { "<a href=\"\(url: url)\">\(title)</a>" }

    /// What was done.
    package static func success(_ text: String) -> HTML { "<p class=\"notice\" role=\"status\">\(text)</p>" }

    /// What was refused.
    package static func refusal(_ text: String) -> HTML { "<p class=\"notice bad\" role=\"alert\">\(text)</p>" }
}
