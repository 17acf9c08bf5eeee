import HTML
import Hummingbird
import NIOCore

/// What serves the API's own description, for programs and for people, and the style sheet of all pages.
struct APIDocuments<Services: Sendable> {
    let settings: APISettings
    let operations: [EndpointDescription]
    let raw: [RawEndpoint<Services>]

    private var rawDescriptions: [RawEndpointDescription] { raw.map(\.description) + [openAPIDescription] }

    private var openAPIDescription: RawEndpointDescription {
        RawEndpointDescription(
            method: .get, path: PathTemplate(settings.prefix + "/openapi.json"), tag: .documentation,
            summary: "This description, for programs", details: "", policy: .anyone(.unlimited),
            requestContentType: nil,
            responses: [
                RawResponseDescription(200, "OpenAPI 3.1", contentType: "application/json"),
                RawResponseDescription(304, "You have the current content already"),
            ])
    }

    var openAPI: RawEndpoint<Services> {
        let json = OpenAPIDocument(
            endpoints: operations, raw: rawDescriptions, settings: settings
        ).json
        let document = StaticDocument(
            json, headers: [.contentType: "application/json", .xContentTypeOptions: "nosniff"])
        return RawEndpoint(openAPIDescription) { request, _, _ in document.response(to: request) }
    }

    var page: PageEndpoint<Services> {
        let page = DocumentationPage(
            endpoints: operations, raw: rawDescriptions, settings: settings)
        let document = StaticDocument(page.html.utf8, headers: Answer.pageHeaders)
        let description = PageDescription(
            .get, DocumentationPage.path, summary: "The API's description, for people", policy: .anyone(.unlimited))
        return PageEndpoint(description) { _ in .handling { _, _ in document.answer } }
    }

    /// Any version is answered with the present one: while a release is rolled out, a page of one process may ask another.
    var styleSheet: PageEndpoint<Services> {
        let document = StaticDocument(StyleSheet.utf8, headers: [.contentType: StyleSheet.contentType])
        let description = PageDescription(
            .get, "/assets/{version}/style.css", PathName.self, summary: "The style sheet of all pages",
            policy: .anyone(.unlimited))
        return PageEndpoint(description) { call in
            var segments = call.pathSegments.makeIterator()
            let version = try PathParameterReading.next(PathName.self, from: &segments)
            var answer = document.answer
            answer.headers[.cacheControl] = StyleSheet.cacheControl(askedFor: version.value)
            return .handling { [answer] _, _ in answer }
        }
    }
}

extension EndpointTag {
    static let documentation = EndpointTag("Documentation", "The API described by itself.")
}

/// Bytes that never change while the process runs, compressed once.
struct StaticDocument: Sendable {
    private let body: ByteBuffer
    private let compressed: ByteBuffer?
    private let headers: HTTPFields
    private let tag: EntityTag

    init(_ bytes: [UInt8], headers: HTTPFields) {
        body = ByteBuffer(bytes: bytes)
        compressed = Compression.gzip(body)
        tag = .content(body)
        self.headers = headers
    }

    /// For what is finished as every answer is.
    var answer: Answer {
        var answer = Answer(status: .ok, headers: headers, body: body)
        answer.headers[.eTag] = tag.text
        answer.compressedBody = compressed
        return answer
    }

    /// The finished response.
    func response(to request: Request) -> Response {
        var headers = headers
        headers[.eTag] = tag.text
        headers[.cacheControl] = "no-cache"
        headers[.vary] = "Accept-Encoding"
        if let known = request.headers.text(.ifNoneMatch), tag.isNamed(in: known) {
            headers[.contentType] = nil
            return Response(status: .notModified, headers: headers)
        }
        guard let compressed, HeaderGrammar.acceptsGzip(request.headers.text(.acceptEncoding)) else {
            return Response(status: .ok, headers: headers, body: .init(byteBuffer: body))
        }
        headers[.contentEncoding] = "gzip"
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: compressed))
    }
}
