import HTML
import Hummingbird

/// What the pages of both couriers are made of.
enum ParcelForms {
    /// A choice and a button that move a parcel.
    static func move(action: String, label: String, choices: [(value: String, label: String)]) -> HTML {
        """
        <form class="facts" method="post" action="\(url: action)">
        <label>\(label) <select name="choice">\(HTML.options(choices))</select></label>
        <label>Note (optional) <input name="message" maxlength="200"></label>
        <p><button>Move</button></p></form>
        """
    }

    /// Where a parcel was, the latest place first.
    static func way(_ steps: [(when: String, what: String, place: String)]) -> HTML {
        guard !steps.isEmpty else { return "<p class=\"empty\">Nothing yet.</p>" }
        let items = steps.map { step -> HTML in
            let place = step.place.isEmpty ? "" : " · \(step.place)"
            return "<li><strong>\(step.what)</strong><span>\(step.when)\(place)</span></li>"
        }
        return "<ol class=\"way\">\(items)</ol>"
    }

    static func state(_ text: String) -> HTML {
        "<p class=\"state\" role=\"status\">\(text.prefix(1).uppercased() + text.dropFirst())</p>"
    }

    /// A list with the first column as links.
    static func list(_ heads: [String], _ rows: [(link: String, cells: [String])]) -> HTML {
        let cells = rows.map { row in
            row.cells.enumerated().map { position, cell -> HTML in
                position == 0 ? .link(cell, to: row.link) : "\(cell)"
            }
        }
        return .table("Parcels", heads, cells)
    }

    static func notFound(_ what: String) -> Answer {
        .page(Page.render(title: "Not found", body: "<h1>\(what) is not here</h1>"), status: 404)
    }

    static func pdf(_ document: PDFDocument) -> Answer {
        Answer(headers: [("Content-Type", "application/pdf")], body: document.bytes)
    }
}
