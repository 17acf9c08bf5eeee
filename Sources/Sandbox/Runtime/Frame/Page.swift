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
        document(
            title: "\(title) · Haat sandbox", style: style,
            body: """
                <header><a href="/">Haat sandbox</a><nav><a href="/">Providers</a> <a href="/inbox">Inbox</a></nav></header>
                <main>\(body)</main>
                """)
    }

    static func document(title: String, style: String, body: String) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(escape(title))</title>
        <style>\(style)</style>
        </head>
        <body>
        \(body)
        </body>
        </html>

        """
    }

    private static let style = """
        :root{color-scheme:light dark;--line:#8884;--accent:#3b4cca;--ground:#fff;--ink:#1c1d28}
        @media(prefers-color-scheme:dark){:root{--accent:#aab4ff;--ground:#15161c;--ink:#ecedf3}}
        *{box-sizing:border-box}
        body{margin:0;font:16px/1.5 system-ui,sans-serif;background:var(--ground);color:var(--ink)}
        header{display:flex;gap:1.5rem;justify-content:space-between;padding:.75rem 1rem;border-bottom:1px solid var(--line);font-weight:600}
        header nav{display:flex;gap:1rem;font-weight:400}
        main{max-width:64rem;margin:0 auto;padding:1rem}
        a{color:var(--accent)}
        h1{font-size:1.5rem;margin:.5rem 0 1rem}h2{font-size:1.1rem;margin:1.5rem 0 .5rem}
        .cards{display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,minmax(17rem,1fr))}
        .card,fieldset{border:1px solid var(--line);border-radius:.6rem;padding:1rem}
        .card h2{margin-top:0}
        dl{display:grid;grid-template-columns:1fr auto;gap:.25rem 1rem;margin:0}dd{margin:0;font-variant-numeric:tabular-nums}
        form.controls{display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,minmax(17rem,1fr));align-items:start}
        label{display:block;margin:.4rem 0}
        input,select,button{font:inherit;padding:.4rem .6rem;border:1px solid #777;border-radius:.4rem;max-width:100%;background:var(--ground);color:var(--ink)}
        label input:not([type=checkbox]),label select{display:block;width:100%}
        button{background:#3b4cca;color:#fff;border-color:#3b4cca;cursor:pointer}
        :focus-visible{outline:3px solid var(--accent);outline-offset:2px}
        table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem .5rem;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
        .scroll{overflow-x:auto}.notice{border-left:4px solid var(--accent);padding:.5rem 1rem;margin:0 0 1rem}
        pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid var(--line);border-radius:.6rem;padding:1rem}
        iframe{width:100%;min-height:28rem;border:1px solid var(--line);border-radius:.6rem;background:#fff}
        """
}
