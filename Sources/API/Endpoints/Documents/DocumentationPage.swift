import Crypto
import Foundation
import HTTPTypes

/// The readable description: one page of HTML that loads nothing and runs nothing.
package struct DocumentationPage: Sendable {
    let endpoints: [EndpointDescription]
    let raw: [RawEndpointDescription]
    let settings: APISettings

    package init(endpoints: [EndpointDescription], raw: [RawEndpointDescription], settings: APISettings) {
        self.endpoints = endpoints
        self.raw = raw
        self.settings = settings
    }

    /// The Content-Security-Policy under which the page works: its own style sheet and nothing else.
    package var contentPolicy: String {
        let digest = Data(SHA256.hash(data: Array(DocumentationStyle.css.utf8))).base64EncodedString()
        return
            "default-src 'none'; img-src data:; style-src 'sha256-\(digest)'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    }

    /// The page.
    package var text: String {
        var html = HTMLWriter()
        html.raw("<!doctype html>\n")
        html.element("html", ["lang": "en"]) { html in
            html.element("head", [:], head)
            html.element("body", [:]) { html in
                html.element("a", ["class": "skip", "href": "#content"]) { $0.text("Skip to the content") }
                html.element("div", ["class": "frame"]) { html in
                    html.element("nav", ["aria-label": "Endpoints"], navigation)
                    html.element("main", ["id": "content"], content)
                }
            }
        }
        return html.output
    }

    private func head(_ html: inout HTMLWriter) {
        html.raw("<meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
        html.raw("<meta name=\"color-scheme\" content=\"light dark\"><link rel=\"icon\" href=\"data:,\">")
        html.element("title") { $0.text("\(settings.title) API") }
        html.raw("<style>\(DocumentationStyle.css)</style>")
    }

    private var tags: [EndpointTag] {
        var seen: Set<EndpointTag> = []
        return (endpoints.map(\.tag) + raw.map(\.tag)).filter { seen.insert($0).inserted }
    }

    private func navigation(_ html: inout HTMLWriter) {
        html.element("p", ["class": "brand"]) { $0.text("\(settings.title) API") }
        html.element("ul") { html in
            html.item("conventions", "Conventions")
            html.item("problems", "Problems")
        }
        for tag in tags {
            html.element("h2") { $0.text(tag.name) }
            html.element("ul") { html in
                for endpoint in endpoints where endpoint.tag == tag {
                    html.item(endpoint.operationID, endpoint.summary)
                }
                for endpoint in raw where endpoint.tag == tag { html.item(endpoint.anchor, endpoint.summary) }
            }
        }
    }

    private func content(_ html: inout HTMLWriter) {
        html.element("h1") { $0.text("\(settings.title) API") }
        html.element("p", ["class": "lead"]) { $0.text(settings.summary) }
        html.element("p") { html in
            html.text("Version \(settings.version). For programs: ")
            html.element("a", ["href": settings.prefix + "/openapi.json"]) { $0.text("OpenAPI 3.1") }
            html.text(".")
        }
        DocumentationConventions(settings: settings).write(to: &html)
        for tag in tags {
            html.element("section", ["aria-label": tag.name]) { html in
                html.element("h2", ["class": "tag"]) { $0.text(tag.name) }
                if !tag.description.isEmpty { html.element("p") { $0.text(tag.description) } }
                for endpoint in endpoints where endpoint.tag == tag {
                    DocumentedEndpoint(endpoint: endpoint, settings: settings).write(to: &html)
                }
                for endpoint in raw where endpoint.tag == tag {
                    DocumentedRawEndpoint(endpoint: endpoint).write(to: &html)
                }
            }
        }
        problems(&html)
    }

    private func problems(_ html: inout HTMLWriter) {
        let types = Set(endpoints.flatMap(\.problems) + [.methodNotAllowed])
            .sorted { ($0.status, $0.slug) < ($1.status, $1.slug) }
        html.element("section", ["id": "problems"]) { html in
            html.element("h2", ["class": "tag"]) { $0.text("Problems") }
            html.table(["Status", "Type", "Meaning"], label: "Problems") { html in
                for type in types {
                    html.element("tr", ["id": "problem-\(type.slug)"]) { html in
                        html.element("td") { $0.text("\(type.status)") }
                        html.element("td") { $0.code(type.slug) }
                        html.element("td") {
                            $0.text(type.meaning.isEmpty ? type.title : "\(type.title). \(type.meaning)")
                        }
                    }
                }
            }
        }
    }
}

extension RawEndpointDescription {
    var anchor: String {
        ([method.rawValue.lowercased()] + path.description.split { !$0.isLetter && !$0.isNumber }.map(String.init))
            .joined(separator: "_")
    }
}
