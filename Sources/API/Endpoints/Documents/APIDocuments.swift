import Hummingbird
import NIOCore

/// The endpoints that serve the API's own description.
enum APIDocuments<Services: Sendable> {
    static func endpoints(
        settings: APISettings, endpoints: [Endpoint<Services>], raw: [RawEndpoint<Services>]
    ) -> [RawEndpoint<Services>] {
        let openAPI = RawEndpointDescription(
            method: .get, path: PathTemplate(settings.prefix + "/openapi.json"), tag: .documentation,
            summary: "This description, for programs", details: "", policy: .anyone(.unlimited),
            requestContentType: nil,
            responses: [
                RawResponseDescription(200, "OpenAPI 3.1", contentType: "application/json"),
                RawResponseDescription(304, "You have the current content already"),
            ])
        let page = RawEndpointDescription(
            method: .get, path: PathTemplate("/docs"), tag: .documentation, summary: "This description, for people",
            details: "", policy: .anyone(.unlimited), requestContentType: nil,
            responses: [
                RawResponseDescription(200, "A page that loads nothing else", contentType: "text/html"),
                RawResponseDescription(304, "You have the current content already"),
            ])
        let described = endpoints.map(\.description)
        let rawDescribed = raw.map(\.description) + [openAPI, page]
        let document = StaticDocument(
            OpenAPIDocument(endpoints: described, raw: rawDescribed, settings: settings).json,
            contentType: "application/json")
        let html = DocumentationPage(endpoints: described, raw: rawDescribed, settings: settings)
        let pageDocument = StaticDocument(
            Array(html.text.utf8), contentType: "text/html; charset=utf-8", contentPolicy: html.contentPolicy)
        return [
            RawEndpoint(openAPI) { request, _, _ in document.response(to: request) },
            RawEndpoint(page) { request, _, _ in pageDocument.response(to: request) },
        ]
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

    init(_ bytes: [UInt8], contentType: String, contentPolicy: String? = nil) {
        body = ByteBuffer(bytes: bytes)
        compressed = Compression.gzip(body)
        tag = .content(body)
        var headers: HTTPFields = [
            .contentType: contentType, .eTag: tag.text, .cacheControl: "no-cache", .vary: "Accept-Encoding",
            .xContentTypeOptions: "nosniff", .referrerPolicy: "no-referrer",
        ]
        headers[.contentSecurityPolicy] = contentPolicy
        self.headers = headers
    }

    func response(to request: Request) -> Response {
        var headers = headers
        if let known = request.headers.text(.ifNoneMatch), tag.isNamed(in: known) {
            headers[.contentType] = nil
            return Response(status: .notModified, headers: headers)
        }
        guard let compressed, Compression.acceptsGzip(request.headers.text(.acceptEncoding)) else {
            return Response(status: .ok, headers: headers, body: .init(byteBuffer: body))
        }
        headers[.contentEncoding] = "gzip"
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: compressed))
    }
}
