import HTML
import Hummingbird

/// How a hosted page hands the browser back to the merchant.
struct BrowserReturn: Sendable {
    enum Method: String, Sendable { case get = "GET", post = "POST" }

    let method: Method
    let url: String
    var fields: [(name: String, value: String)] = []

    /// A redirect for GET. A POST across sites takes a form that the customer sends on, as the pages have no script;
    /// who asks for JSON is told the form instead.
    func answer(to request: Request, page: PaymentPage) -> Answer {
        if request.header("Accept")?.contains("application/json") == true { return .compact(json) }
        guard method == .post else { return .seeOther(url + query) }
        var page = page
        page.content += """
            <form id="return" method="post" action="\(url: url)">
            \(fields.map { HTML.hidden($0.name, $0.value) })
            <button class="button" autofocus>Return to \(page.merchant)</button>
            </form>
            """
        return page.answer
    }

    private var query: String {
        guard !fields.isEmpty else { return "" }
        return (url.contains("?") ? "&" : "?") + FormWriter.encode(fields)
    }

    private var json: JSON {
        [
            "method": .string(method.rawValue), "url": .string(url),
            "fields": .object(
                JSONObject(members: fields.map { JSONObject.Member(name: $0.name, value: .string($0.value)) })),
        ]
    }
}
