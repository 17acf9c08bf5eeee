import HTTPTypes
import Metrics
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Lets only such heads pass as nobody behind has to be careful with, and does for the others what RFC 9110 and 9112 ask of
/// whoever answers a connection.
///
/// A path that is not ASCII is refused, as RFC 3986 knows none, and so is a second `Host` or one that can't be a host (RFC 9112 section
/// 3.2): a proxy before us may have gone by the other one. A header value that is not is left out: none that anybody here
/// reads has a reason to be, but those that proxies add about a client may. Of those without which a request would be done
/// that is not to be done so the name stays, for the API to refuse. What is refused is refused in words.
final class RequestHeadRules: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let heads = WireHeads()
    private let line = TargetWatch()
    private var unanswered = 0
    /// Whether the last answer of the connection has been given: what still arrives is nobody's business.
    private var isOver = false
    /// Whether the client waits for a word of ours before it sends the body.
    private var awaitsContinue = false
    private var isLastAnswer = false

    func handlerAdded(context: ChannelHandlerContext) {
        do {
            let pipeline = context.pipeline.syncOperations
            try pipeline.addHandler(
                WireHeadReader(heads: heads), position: .before(pipeline.handler(type: HTTP1ToHTTPServerCodec.self)))
            try pipeline.addHandler(line, position: .first)
        } catch {
            // Nothing would be judged.
            context.close(promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        switch unwrapInboundIn(data) {
        case .head(let head): judge(head, context)
        case .body:
            awaitsContinue = false
            context.fireChannelRead(data)
        case .end:
            awaitsContinue = false
            line.expectLine()
            context.fireChannelRead(data)
        }
    }

    private func judge(_ head: HTTPRequest, _ context: ChannelHandlerContext) {
        let wire = heads.judgeNext()
        if let refusal = wire?.refusal { return refuse(refusal, context) }
        guard head.path.map(Self.isASCII) ?? true else { return refuse(.badPath, context) }
        unanswered += 1
        awaitsContinue = wire?.awaitsContinue ?? false
        isLastAnswer = !(wire?.keepsAlive ?? false)
        if head.headerFields.allSatisfy({ Self.isASCII($0.value) }) {
            context.fireChannelRead(wrapInboundOut(.head(head)))
        } else {
            context.fireChannelRead(wrapInboundOut(.head(Self.readable(head))))
        }
    }

    /// Errors in a request that is being answered are for whoever reads its body.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isOver else { return }
        guard let error = error as? HTTPParserError, unanswered == 0 else { return context.fireErrorCaught(error) }
        refuse(HeadRefusal(error, isTargetTooLong: line.isTooLong), context)
    }

    /// Interim answers come as events: whoever writes knows only final ones.
    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard let interim = event as? HTTPResponse, interim.status == .continue else {
            return context.triggerUserOutboundEvent(event, promise: promise)
        }
        guard awaitsContinue else {
            promise?.succeed()
            return
        }
        awaitsContinue = false
        context.writeAndFlush(wrapOutboundOut(.head(interim)), promise: promise)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            // Whether the body still comes, the client alone knows: it can't be told from a next request.
            if awaitsContinue { isLastAnswer = true }
            if isLastAnswer { head.headerFields[.connection] = "close" }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            unanswered -= 1
            guard awaitsContinue else {
                isOver = isLastAnswer
                return context.write(data, promise: promise)
            }
            isOver = true
            context.writeAndFlush(data, promise: promise)
            context.close(mode: .output, promise: nil)
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
        isOver = true
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

/// Stands at the socket and measures the first line of a request: of one that is too long the codec does not say what it was in.
private final class TargetWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private var lineBytes = 0
    private var hasEnded = false

    var isTooLong: Bool { lineBytes > HTTPServing.HeadLimits.fieldBytes }

    func expectLine() { (lineBytes, hasEnded) = (0, false) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !hasEnded { measure(unwrapInboundIn(data).readableBytesView) }
        context.fireChannelRead(data)
    }

    /// Empty lines may come before.
    private func measure(_ bytes: ByteBufferView) {
        let line = lineBytes > 0 ? bytes : bytes.drop { $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\n") }
        let end = line.firstIndex(of: UInt8(ascii: "\n"))
        lineBytes += line[..<(end ?? line.endIndex)].count
        hasEnded = end != nil
    }
}
