import Hummingbird

/// What the pages of both couriers are made of.
enum ParcelForms {
    /// A choice and a button that move a parcel.
    static func move(action: String, label: String, choices: [(value: String, text: String)]) -> String {
        let options = choices.map {
            "<option value=\"\(Page.escape($0.value))\">\(Page.escape($0.text))</option>"
        }
        return """
            <form class="facts" method="post" action="\(Page.escape(action))">
            <label>\(Page.escape(label)) <select name="choice">\(options.joined())</select></label>
            <label>Note (optional) <input name="message" maxlength="200"></label>
            <p><button>Move</button></p></form>
            """
    }

    /// Where a parcel was, the latest place first.
    static func way(_ steps: [(when: String, what: String, place: String)]) -> String {
        guard !steps.isEmpty else { return "<p class=\"empty\">Nothing yet.</p>" }
        let items = steps.map { step in
            let place = step.place.isEmpty ? "" : " · \(Page.escape(step.place))"
            return "<li><strong>\(Page.escape(step.what))</strong><span>\(Page.escape(step.when))\(place)</span></li>"
        }
        return "<ol class=\"way\">\(items.joined())</ol>"
    }

    static func state(_ text: String) -> String {
        "<p class=\"state\" role=\"status\">\(Page.escape(text.prefix(1).uppercased() + text.dropFirst()))</p>"
    }

    /// A list with the first column as links.
    static func list(_ heads: [String], _ rows: [(link: String, cells: [String])]) -> String {
        let cells = rows.map { row in
            row.cells.enumerated().map { position, cell in
                let text = Page.escape(cell)
                return position == 0 ? "<a href=\"\(Page.escape(row.link))\">\(text)</a>" : text
            }
        }
        return Page.table("Parcels", heads, html: cells)
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
