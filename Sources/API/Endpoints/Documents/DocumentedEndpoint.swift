import HTML
import HTTPTypes

/// One endpoint on the documentation page.
struct DocumentedEndpoint {
    let endpoint: EndpointDescription
    let settings: APISettings

    var html: HTML {
        .article(
            endpoint.method, settings.prefix + endpoint.path.description, endpoint.summary,
            anchor: endpoint.operationID,
            """
            \(HTML.paragraph(endpoint.details))
            <p class="policy">\(policyLine)</p>
            \(query)\(body)\(upload)
            <h4>Example</h4>
            \(HTML.codeBlock(curl, label: "Request"))
            \(answer)
            <p class="problems">Problems: \(problems)</p>
            """)
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

    private var query: HTML? {
        guard !endpoint.query.properties.isEmpty else { return nil }
        return "<h4>Query</h4>\(HTML.fields(of: .object(endpoint.query), label: "Query parameters"))"
    }

    private var body: HTML? {
        endpoint.body.map { "<h4>Body</h4>\(HTML.fields(of: .object($0), label: "Fields of the body"))" }
    }

    private var upload: HTML? {
        endpoint.upload.map { upload in
            "<h4>Body</h4><p>A file of at most \(upload.limit) bytes: \(upload.contentTypes.joined(separator: ", ")).</p>"
        }
    }

    private var answer: HTML {
        let status = endpoint.answer.status
        let heading: HTML = "<h4>Answer: \(status.code) \(status.reasonPhrase)</h4>"
        guard let schema = endpoint.answer.schema, let example = endpoint.answer.example else { return heading }
        return """
            \(heading)\(HTML.codeBlock(PrettyJSON.format(example), label: "Answer"))
            <details><summary>Fields of the answer</summary>\
            \(HTML.fields(of: schema, label: "Fields of the answer"))</details>
            """
    }

    private var problems: HTML {
        endpoint.problems.map { HTML.link("\($0.status) \($0.slug)", to: "#problem-\($0.slug)") }
            .joined(separator: ", ")
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
        if let upload = endpoint.upload {
            lines += upload.contentTypes.prefix(1).map { "-H 'Content-Type: \($0)'" } + ["--data-binary @file"]
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

    var html: HTML {
        .article(
            endpoint.method, endpoint.path.description, endpoint.summary, anchor: endpoint.anchor,
            """
            \(HTML.paragraph(endpoint.details))
            <p class="policy">\(endpoint.policy.summary)</p>
            \(HTML.table(
                "Answers", ["Status", "Meaning"], texts: endpoint.allResponses.map { ["\($0.status)", $0.meaning] }))
            """)
    }
}

extension HTML {
    fileprivate static func article(
        _ method: HTTPRequest.Method, _ path: String, _ summary: String, anchor: String, _ content: HTML
    ) -> HTML {
        """
        <article id="\(anchor)" aria-labelledby="\(anchor)-title"><h3 id="\(anchor)-title">\(summary)</h3>
        <p class="route"><span class="method \(method.rawValue.lowercased())">\(method.rawValue)</span> \(code(path))</p>
        \(content)</article>

        """
    }

    fileprivate static func paragraph(_ text: String) -> HTML? { text.isEmpty ? nil : "<p>\(text)</p>" }

    /// The members of an object and of the objects inside, one row each.
    fileprivate static func fields(of schema: Schema, label: String) -> HTML? {
        let rows = DocumentedField.rows(of: schema).map { field -> [HTML] in
            let required: HTML = "<span class=\"required\"> required</span>"
            return ["\(code(field.name))\(if: field.isRequired, required)", "\(field.type)", "\(field.meaning)"]
        }
        return rows.isEmpty ? nil : table(label, ["Field", "Type", "Meaning"], rows)
    }
}
