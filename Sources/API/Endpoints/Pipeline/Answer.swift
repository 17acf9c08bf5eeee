import HTML
import HTTPTypes
import Hummingbird
import NIOCore

/// A response before the concerns of transport (compression, CORS, request ids).
struct Answer: Sendable {
    var status: HTTPResponse.Status
    var headers: HTTPFields = [:]
    var body = ByteBuffer()
    /// The path of what was created, below the API's prefix.
    var location: String?
    /// What the browser is to keep or to forget.
    var cookies: [SetCookie] = []
    /// Of what it is made, where caches may keep it.
    var sharing: SharedCaching?
    /// The body as gzip, where it was compressed before.
    var compressedBody: ByteBuffer?

    mutating func setJSON(_ bytes: [UInt8]) {
        headers[.contentType] = "application/json"
        body = ByteBuffer(bytes: bytes)
    }
}

extension Answer {
    /// A page.
    init(page html: HTML, status: HTTPResponse.Status = .ok) {
        self.init(status: status, headers: Self.pageHeaders, body: ByteBuffer(bytes: html.utf8))
    }

    /// Leads the browser on to another page after a form, so that reloading repeats nothing.
    init(seeOther path: String) {
        self.init(status: .seeOther, location: path)
    }

    static let pageHeaders: HTTPFields = {
        var fields = HTTPFields()
        for header in PageHeaders().all {
            if let name = HTTPField.Name(header.name) { fields[name] = header.value }
        }
        return fields
    }()
}
