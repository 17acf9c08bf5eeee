import HTTPTypes

/// One endpoint on the documentation page.
struct DocumentedEndpoint {
    let endpoint: EndpointDescription
    let settings: APISettings

    func write(to html: inout HTMLWriter) {
        html.element("article", ["id": endpoint.operationID, "aria-labelledby": "\(endpoint.operationID)-title"]) {
            html in
            html.heading(
                endpoint.method, settings.prefix + endpoint.path.description, endpoint.summary, endpoint.operationID)
            if !endpoint.details.isEmpty { html.element("p") { $0.text(endpoint.details) } }
            html.element("p", ["class": "policy"]) { $0.text(policyLine) }
            parameters(&html)
            if let body = endpoint.body {
                html.element("h4") { $0.text("Body") }
                html.fields(of: .object(body), label: "Fields of the body")
            }
            html.element("h4") { $0.text("Example") }
            html.block(curl, label: "Request")
            answer(&html)
            problems(&html)
        }
    }

    private var policyLine: String {
        var parts = [endpoint.policy.summary]
        if let count = endpoint.policy.limit.count {
            parts.append("\(count) calls per client and \(endpoint.policy.limit.window)")
        }
        if endpoint.idempotency == .required { parts.append("Idempotency-Key required") }
        if endpoint.idempotency == .optional { parts.append("Idempotency-Key understood") }
        if endpoint.edit == .ifMatch { parts.append("If-Match required") }
        return parts.joined(separator: " · ")
    }

    private func parameters(_ html: inout HTMLWriter) {
        guard !endpoint.query.properties.isEmpty else { return }
        html.element("h4") { $0.text("Query") }
        html.fields(of: .object(endpoint.query), label: "Query parameters")
    }

    private func answer(_ html: inout HTMLWriter) {
        let status = endpoint.answer.status
        html.element("h4") { $0.text("Answer: \(status.code) \(status.reasonPhrase)") }
        guard let schema = endpoint.answer.schema, let example = endpoint.answer.example else { return }
        html.block(PrettyJSON.format(example), label: "Answer")
        html.element("details") { html in
            html.element("summary") { $0.text("Fields of the answer") }
            html.fields(of: schema, label: "Fields of the answer")
        }
    }

    private func problems(_ html: inout HTMLWriter) {
        html.element("p", ["class": "problems"]) { html in
            html.text("Problems: ")
            for (index, type) in endpoint.problems.enumerated() {
                if index > 0 { html.text(", ") }
                html.element("a", ["href": "#problem-\(type.slug)"]) { $0.text("\(type.status) \(type.slug)") }
            }
        }
    }

    private var curl: String {
        var lines = ["curl -X \(endpoint.method.rawValue) '\(settings.publicURL)\(settings.prefix)\(examplePath)'"]
        if endpoint.policy.audience != .anyone { lines.append("-H \"Authorization: Bearer $TOKEN\"") }
        if endpoint.idempotency != .none { lines.append("-H \"Idempotency-Key: $(uuidgen)\"") }
        if endpoint.edit == .ifMatch { lines.append("-H 'If-Match: \"7\"'") }
        if let body = endpoint.body {
            lines.append("-H 'Content-Type: application/json'")
            if let example = body.example {
                lines.append("-d '\(PrettyJSON.format(example).replacing("'", with: "'\\''"))'")
            }
        }
        return lines.joined(separator: " \\\n  ")
    }

    private var examplePath: String {
        zip(endpoint.path.parameterNames, endpoint.pathParameters).reduce(endpoint.path.description) {
            path, parameter in
            path.replacing("{\(parameter.0)}", with: parameter.1.example)
        }
    }
}

/// One raw endpoint on the documentation page.
struct DocumentedRawEndpoint {
    let endpoint: RawEndpointDescription

    func write(to html: inout HTMLWriter) {
        html.element("article", ["id": endpoint.anchor, "aria-labelledby": "\(endpoint.anchor)-title"]) { html in
            html.heading(endpoint.method, endpoint.path.description, endpoint.summary, endpoint.anchor)
            if !endpoint.details.isEmpty { html.element("p") { $0.text(endpoint.details) } }
            html.element("p", ["class": "policy"]) { $0.text(endpoint.policy.summary) }
            html.table(["Status", "Meaning"], label: "Answers") { html in
                for response in endpoint.allResponses {
                    html.element("tr") { html in
                        html.element("td") { $0.text("\(response.status)") }
                        html.element("td") { $0.text(response.meaning) }
                    }
                }
            }
        }
    }
}

extension HTMLWriter {
    fileprivate mutating func heading(_ method: HTTPRequest.Method, _ path: String, _ summary: String, _ anchor: String)
    {
        element("h3", ["id": "\(anchor)-title"]) { $0.text(summary) }
        element("p", ["class": "route"]) { html in
            html.element("span", ["class": "method \(method.rawValue.lowercased())"]) { $0.text(method.rawValue) }
            html.text(" ")
            html.code(path)
        }
    }

    /// The members of an object and of the objects inside, one row each.
    fileprivate mutating func fields(of schema: Schema, label: String) {
        let rows = DocumentedField.rows(of: schema)
        guard !rows.isEmpty else { return }
        table(["Field", "Type", "Meaning"], label: label) { html in
            for row in rows {
                html.element("tr") { html in
                    html.element("td") { html in
                        html.code(row.name)
                        if row.isRequired { html.element("span", ["class": "required"]) { $0.text(" required") } }
                    }
                    html.element("td") { $0.text(row.type) }
                    html.element("td") { $0.text(row.meaning) }
                }
            }
        }
    }
}
