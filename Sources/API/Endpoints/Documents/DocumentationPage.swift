import HTML
import HTTPTypes

/// The readable description: one page of HTML that runs nothing.
struct DocumentationPage {
    static let path = "/docs"

    let endpoints: [EndpointDescription]
    let raw: [RawEndpointDescription]
    let settings: APISettings

    var html: HTML {
        HTMLDocument(
            title: name, layout: .reference,
            body: """
                \(HTML.skipLink)
                <div class="frame">
                <nav aria-label="Endpoints"><p class="brand">\(name)</p>\(contents)</nav>
                <main id="content" tabindex="-1">\(main)</main>
                </div>
                """
        ).html
    }

    private var name: String { "\(settings.title) API" }

    private var tags: [EndpointTag] {
        var seen: Set<EndpointTag> = []
        return (endpoints.map(\.tag) + raw.map(\.tag)).filter { seen.insert($0).inserted }
    }

    private var contents: HTML {
        let chapters = tags.map { tag -> HTML in
            let items =
                endpoints.filter { $0.tag == tag }.map { Self.item($0.operationID, $0.summary) }
                + raw.filter { $0.tag == tag }.map { Self.item($0.anchor, $0.summary) }
            return "<h2>\(tag.name)</h2><ul>\(items)</ul>"
        }
        return """
            <ul>\(Self.item("conventions", "Conventions"))\(Self.item("permissions", "Permissions"))\
            \(Self.item("problems", "Problems"))</ul>
            \(chapters)
            """
    }

    private static func item(_ anchor: String, _ title: String) -> HTML {
        "<li>\(HTML.link(title, to: "#" + anchor))</li>"
    }

    private var main: HTML {
        """
        <h1>\(name)</h1>
        <p class="lede">\(settings.summary)</p>
        <p>Version \(settings.version). For programs: \
        \(HTML.link("OpenAPI 3.1", to: settings.prefix + "/openapi.json")).</p>
        \(DocumentationConventions.html)
        \(permissions)
        \(tags.map(chapter))
        \(problems)
        """
    }

    private var permissions: HTML {
        let rows = PolicyTable(endpoints).rows.map { row -> [HTML] in
            [HTML.code("\(row.method) \(row.path)"), "\(row.permission)", "\(row.resource)", "\(row.roles)"]
        }
        return """
            <section id="permissions"><h2 class="tag">Permissions</h2>
            <p>Who may do what. What lies outside one’s reach is not found; what lies within it but needs another permission is
            refused with 403, which names it.</p>
            \(HTML.table("Who may do what", PolicyTable.columns, rows))</section>
            """
    }

    private func chapter(_ tag: EndpointTag) -> HTML {
        let introduction: HTML = "<p>\(tag.description)</p>"
        let articles =
            endpoints.filter { $0.tag == tag }.map { DocumentedEndpoint(endpoint: $0, settings: settings).html }
            + raw.filter { $0.tag == tag }.map { DocumentedRawEndpoint(endpoint: $0).html }
        return """
            <section aria-label="\(tag.name)"><h2 class="tag">\(tag.name)</h2>
            \(if: !tag.description.isEmpty, introduction)\(articles)</section>
            """
    }

    private var problems: HTML {
        let types = Set(endpoints.flatMap(\.problems) + [.methodNotAllowed])
            .sorted { ($0.status, $0.slug) < ($1.status, $1.slug) }
        let rows = types.map { type -> [HTML] in
            let meaning = type.meaning.isEmpty ? type.title : "\(type.title). \(type.meaning)"
            return ["\(type.status)", "<code id=\"problem-\(type.slug)\">\(type.slug)</code>", "\(meaning)"]
        }
        return """
            <section id="problems"><h2 class="tag">Problems</h2>
            \(HTML.table("Problems", ["Status", "Type", "Meaning"], rows))</section>
            """
    }
}

extension RawEndpointDescription {
    var anchor: String {
        ([method.rawValue.lowercased()] + path.description.split { !$0.isLetter && !$0.isNumber }.map(String.init))
            .joined(separator: "_")
    }
}
