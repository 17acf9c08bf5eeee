/// HTML pages that load nothing from elsewhere and work without JavaScript.
enum Page {
    static func escape(_ text: String) -> String {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// A page of the sandbox itself.
    static func render(title: String, body: String) -> String {
        let links = places.map { "<li><a href=\"\($0.path)\">\($0.title)</a></li>" }.joined()
        return document(
            title: "\(title) · Haat sandbox", style: PageStyle.css,
            body: """
                <a class="skip" href="#content">Skip to content</a>
                <header><a class="brand" href="/"><span class="mark" aria-hidden="true">H</span>Haat sandbox</a>
                <nav aria-label="Pages"><ul>\(links)</ul></nav></header>
                <main id="content" tabindex="-1">\(body)</main>
                """)
    }

    private static let places = [
        (path: "/", title: "Overview"), (path: "/inbox", title: "Inbox"),
        (path: "/steadfast/parcels", title: "Steadfast"), (path: "/shiprocket/parcels", title: "Shiprocket"),
        (path: "/telegram/messages", title: "Telegram"), (path: "/discord/messages", title: "Discord"),
    ]

    /// The icon is inline, so that no browser asks for one.
    static func document(title: String, style: String, body: String) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(escape(title))</title>
        <link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'%3E%3Crect width='8' height='8' rx='2' fill='%233b43c4'/%3E%3Cpath d='M2 2h1v1.5h2V2h1v4H5V4.5H3V6H2z' fill='%23fff'/%3E%3C/svg%3E">
        <style>\(style)</style>
        </head>
        <body>
        \(body)
        </body>
        </html>

        """
    }

    /// A table that scrolls by itself where the screen is narrow. `label` names it for those who can't see it.
    static func table(_ label: String, _ heads: [String], _ rows: [[String]]) -> String {
        table(label, heads, html: rows.map { $0.map(escape) })
    }

    /// The same, of cells that are HTML already.
    static func table(_ label: String, _ heads: [String], html rows: [[String]]) -> String {
        guard !rows.isEmpty else { return "<p class=\"empty\">None yet.</p>" }
        let head = heads.map { "<th scope=\"col\">\(escape($0))</th>" }.joined()
        let body = rows.map { "<tr>\($0.map { "<td>\($0)</td>" }.joined())</tr>" }.joined()
        return """
            <div class="scroll" role="region" aria-label="\(escape(label))" tabindex="0"><table><thead><tr>\(head)</tr></thead>\
            <tbody>\(body)</tbody></table></div>
            """
    }

    static func facts(_ facts: [(label: String, value: String)]) -> String {
        let rows = facts.map { "<div><dt>\(escape($0.label))</dt><dd>\(escape($0.value))</dd></div>" }
        return "<dl class=\"facts\">\(rows.joined())</dl>"
    }
}
