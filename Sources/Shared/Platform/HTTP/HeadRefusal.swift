import HTTPTypes
import NIOCore
import NIOHTTP1

/// The answer to a head that does not pass; the connection ends with it.
struct HeadRefusal {
    let status: HTTPResponse.Status
    let body: ByteBuffer

    static let badPath = malformed("The path must be ASCII")
    static let badTarget = malformed(
        "The target must be a path, or a URL of http or https, without a fragment; * is for OPTIONS")
    static let badHost = malformed("There must be one Host header, and it must name a host")
    static let codingInHTTP10 = malformed("HTTP/1.0 knows no Transfer-Encoding")
    static let badMessage = malformed("This is not HTTP/1.1 as RFC 9112 has it")
    static let tooLarge = HeadRefusal(
        .requestHeaderFieldsTooLarge, type: "head-too-large", title: "The head of the request is too large",
        detail: HTTPServing.HeadLimits.summary)
    static let targetTooLong = HeadRefusal(
        .uriTooLong, type: "target-too-long", title: "The target of the request is too long",
        detail: HTTPServing.HeadLimits.summary)
    static let expectation = HeadRefusal(
        .expectationFailed, type: "expectation-failed", title: "The expectation can't be met",
        detail: "Only 100-continue is understood")
    static let unknownCoding = notImplemented("Of transfer codings only chunked is understood")
    static let unknownMethod = notImplemented("The method is not known")
    static let noTunnels = notImplemented("There are no tunnels through here")
    static let unknownVersion = HeadRefusal(
        .httpVersionNotSupported, type: "http-version-not-supported", title: "The version of HTTP is not supported",
        detail: "HTTP/1.1 is spoken here")

    private static func malformed(_ detail: String) -> HeadRefusal {
        HeadRefusal(.badRequest, type: "malformed-request", title: "Malformed request", detail: detail)
    }

    private static func notImplemented(_ detail: String) -> HeadRefusal {
        HeadRefusal(.notImplemented, type: "not-implemented", title: "Not implemented", detail: detail)
    }

    private init(_ status: HTTPResponse.Status, type: String, title: String, detail: String) {
        self.status = status
        body = ByteBuffer(
            string: """
                {"type":"urn:haat:problem:\(type)","title":"\(title)","status":\(status.code),"detail":"\(detail)"}
                """)
    }

    init(_ error: HTTPParserError, isTargetTooLong: Bool) {
        self =
            switch error {
            case .headerOverflow: isTargetTooLong ? .targetTooLong : .tooLarge
            case .invalidMethod: .unknownMethod
            case .invalidVersion: .unknownVersion
            default: .badMessage
            }
    }

    var head: HTTPResponse {
        HTTPResponse(
            status: status,
            headerFields: [
                .contentType: "application/problem+json", .contentLength: "\(body.readableBytes)", .connection: "close",
            ])
    }
}
