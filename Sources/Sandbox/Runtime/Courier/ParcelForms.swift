import Hummingbird

/// What the pages of both couriers are made of.
enum ParcelForms {
    /// A choice and a button that move a parcel.
    static func move(action: String, label: String, choices: [(value: String, text: String)]) -> String {
        let options = choices.map {
            "<option value=\"\(Page.escape($0.value))\">\(Page.escape($0.text))</option>"
        }
        return """
            <form class="card" method="post" action="\(Page.escape(action))">
            <label>\(Page.escape(label)) <select name="choice">\(options.joined())</select></label>
            <label>Note (optional) <input name="message" maxlength="200"></label>
            <p><button>\(Page.escape(label))</button></p></form>
            """
    }

    static func facts(_ facts: [(label: String, value: String)]) -> String {
        "<dl class=\"card\">"
            + facts.map { "<dt>\(Page.escape($0.label))</dt><dd>\(Page.escape($0.value))</dd>" }.joined() + "</dl>"
    }

    /// A list with the first column as links.
    static func list(_ heads: [String], _ rows: [(link: String, cells: [String])]) -> String {
        guard !rows.isEmpty else { return "<p>None yet.</p>" }
        let head = heads.map { "<th scope=\"col\">\(Page.escape($0))</th>" }.joined()
        let body = rows.map { row in
            let cells = row.cells.enumerated().map { position, cell in
                position == 0
                    ? "<th scope=\"row\"><a href=\"\(Page.escape(row.link))\">\(Page.escape(cell))</a></th>"
                    : "<td>\(Page.escape(cell))</td>"
            }
            return "<tr>\(cells.joined())</tr>"
        }
        return """
            <div class="scroll" tabindex="0"><table><thead><tr>\(head)</tr></thead>
            <tbody>\(body.joined())</tbody></table></div>
            """
    }

    static func notFound(_ what: String) -> Answer {
        .html(Page.render(title: "Not found", body: "<h1>\(Page.escape(what)) is not here</h1>"), status: 404)
    }

    static func pdf(_ document: PDFDocument) -> Answer {
        Answer(headers: [("Content-Type", "application/pdf")], body: document.bytes)
    }

    static func form(_ request: Request, _ context: SandboxContext) async throws -> FormBody {
        guard let form = FormBody(String(decoding: try await request.bytes(in: context), as: UTF8.self)) else {
            throw HTTPError(.badRequest, message: "The form is malformed.")
        }
        return form
    }
}
