import HTTPTypes
import Hummingbird
import NIOCore

/// Turns an answer into a response: caching, security headers, CORS, compression, HEAD.
struct ResponseFinishing: Sendable {
    let prefix: String
    let compressionThreshold: Int
    let crossOrigin: CrossOriginRules

    /// - Parameter isPrivate: The answer is for this caller alone.
    func response(_ answer: consuming Answer, to request: Request, exchange: Exchange, isPrivate: Bool) -> Response {
        var answer = answer
        answer.headers.append(contentsOf: exchange.headers)
        answer.headers[.xContentTypeOptions] = "nosniff"
        if let location = answer.location { answer.headers[.location] = prefix + location }
        for cookie in answer.cookies { answer.headers.append(HTTPField(name: .setCookie, value: cookie.text)) }
        let isPrivate = isPrivate || exchange.isByCookie || !answer.cookies.isEmpty
        if isPrivate, answer.headers[.cacheControl] == nil { answer.headers[.cacheControl] = "no-store" }
        tag(&answer, request)
        crossOrigin.allow(request, &answer.headers)
        compress(&answer, request)
        let response = Response(status: answer.status, headers: answer.headers, body: .init(byteBuffer: answer.body))
        return request.method == .head ? response.createHeadResponse() : response
    }

    /// A reader who has this very content is told so.
    private func tag(_ answer: inout Answer, _ request: Request) {
        guard request.method == .get || request.method == .head, answer.status == .ok else { return }
        if answer.headers[.eTag] == nil {
            guard answer.headers[.cacheControl] != "no-store" else { return }
            answer.headers[.eTag] = EntityTag.content(answer.body).text
        }
        if answer.headers[.cacheControl] == nil { answer.headers[.cacheControl] = "no-cache" }
        guard let known = request.headers.text(.ifNoneMatch), let tag = answer.headers[.eTag],
            EntityTag(text: tag).isNamed(in: known)
        else { return }
        answer.status = .notModified
        answer.headers[.contentType] = nil
        answer.body = ByteBuffer()
        answer.compressedBody = nil
    }

    private func compress(_ answer: inout Answer, _ request: Request) {
        guard answer.body.readableBytes >= compressionThreshold else { return }
        answer.headers.addVary("Accept-Encoding")
        guard HeaderGrammar.acceptsGzip(request.headers.text(.acceptEncoding)),
            let body = answer.compressedBody ?? Compression.gzip(answer.body)
        else { return }
        answer.headers[.contentEncoding] = "gzip"
        answer.body = body
    }
}

extension HTTPFields {
    mutating func addVary(_ name: String) {
        self[.vary] = self[.vary].map { "\($0), \(name)" } ?? name
    }
}
