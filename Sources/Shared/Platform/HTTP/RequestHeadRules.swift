import HTTPTypes
import Metrics
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Lets only such heads pass as nobody behind has to be careful with: their path and every header value is ASCII, which no
/// comparison of `String` is slow for.
///
/// A path that is not ASCII is refused, as RFC 3986 knows none, and so is a second `Host` or one that can't be a host (RFC 9112 section
/// 3.2): a proxy before us may have gone by the other one. A header value that is not is left out: none that anybody here
/// reads has a reason to be, but those that proxies add about a client may. Of those without which a request would be done
/// that is not to be done so the name stays, for the API to refuse. A head that is too large is refused in words.
final class RequestHeadRules: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private var unanswered = 0
    private var hasRefused = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasRefused else { return }
        guard case .head(let head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        guard head.path.map(Self.isASCII) ?? true else {
            return refuse(.badPath, context)
        }
        guard Self.hasClearHost(head) else { return refuse(.badHost, context) }
        unanswered += 1
        if head.headerFields.allSatisfy({ Self.isASCII($0.value) }) {
            context.fireChannelRead(data)
        } else {
            context.fireChannelRead(wrapInboundOut(.head(Self.readable(head))))
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard case HTTPParserError.headerOverflow = error, !hasRefused else { return context.fireErrorCaught(error) }
        refuse(.tooLarge, context)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { unanswered -= 1 }
        context.write(data, promise: promise)
    }

    /// The first `Host` has become the authority; another is still among the fields.
    private static func hasClearHost(_ head: HTTPRequest) -> Bool {
        !head.headerFields.contains { $0.name.canonicalName == "host" }
            && head.authority.map { $0.utf8.allSatisfy(isHostByte) } ?? true
    }

    /// Of a name, an address or a port: RFC 3986 section 3.2.2.
    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._~%:[]!$&'()*+,;=".utf8.contains(byte)
        }
    }

    private static func isASCII(_ text: String) -> Bool { text.utf8.allSatisfy { $0 < 0x80 } }

    private static func readable(_ head: HTTPRequest) -> HTTPRequest {
        var head = head
        head.headerFields = HTTPFields(
            head.headerFields.compactMap { field in
                guard !isASCII(field.value) else { return field }
                return isCondition(field.name) ? HTTPField(name: field.name, value: "") : nil
            })
        return head
    }

    /// Whether a header keeps a request from being done, or from being done twice.
    private static func isCondition(_ name: HTTPField.Name) -> Bool {
        name == .ifMatch || name.canonicalName == "idempotency-key"
    }

    private func refuse(_ refusal: HeadRefusal, _ context: ChannelHandlerContext) {
        hasRefused = true
        Counter(label: "haat_http_heads_refused_total").increment()
        // Earlier requests of the connection have no answer yet, which must not be taken for theirs.
        guard unanswered == 0 else { return context.close(promise: nil) }
        context.write(wrapOutboundOut(.head(refusal.head)), promise: nil)
        context.write(wrapOutboundOut(.body(refusal.body)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { _ in
            context.close(mode: .output, promise: nil)
        }
    }
}

/// The answer to a head that does not pass; the connection ends with it.
private struct HeadRefusal {
    let status: HTTPResponse.Status
    let body: ByteBuffer

    static let badPath = HeadRefusal(
        .badRequest, type: "malformed-request", title: "Malformed request", detail: "The path must be ASCII")
    static let badHost = HeadRefusal(
        .badRequest, type: "malformed-request", title: "Malformed request",
        detail: "There must be one Host header, and it must name a host")
    static let tooLarge = HeadRefusal(
        .requestHeaderFieldsTooLarge, type: "head-too-large", title: "The head of the request is too large",
        detail: HTTPServing.HeadLimits.summary)

    private init(_ status: HTTPResponse.Status, type: String, title: String, detail: String) {
        self.status = status
        body = ByteBuffer(
            string: """
                {"type":"urn:haat:problem:\(type)","title":"\(title)","status":\(status.code),"detail":"\(detail)"}
                """)
    }

    var head: HTTPResponse {
        HTTPResponse(
            status: status,
            headerFields: [
                .contentType: "application/problem+json", .contentLength: "\(body.readableBytes)", .connection: "close",
            ])
    }
}
