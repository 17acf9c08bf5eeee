import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Somebody outside who is told by webhooks: takes everything, and remembers it.
package final class WebhookReceiver: Sendable {
    package struct Message: Sendable {
        package let id: String
        package let body: String
    }

    private let log = Mutex<[Message]>([])

    /// In the order of their arrival.
    package var messages: [Message] { log.withLock { $0 } }

    private init() {}

    /// Runs the body beside a receiver on this machine.
    package static func run(_ body: (WebhookReceiver, _ url: String) async throws -> Void) async throws {
        let receiver = WebhookReceiver()
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(receiver))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            try await body(receiver, "http://127.0.0.1:\(channel.localAddress?.port ?? 0)/")
        } catch {
            try await channel.close().get()
            throw error
        }
        try await channel.close().get()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let receiver: WebhookReceiver
        private var id = ""
        private var body = ""

        init(_ receiver: WebhookReceiver) { self.receiver = receiver }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): id = head.headers.first(name: "webhook-id") ?? ""
            case .body(let bytes): body += String(buffer: bytes)
            case .end:
                receiver.log.withLock { $0.append(Message(id: id, body: body)) }
                let head = HTTPResponseHead(
                    version: .http1_1, status: .noContent, headers: ["Connection": "close"])
                context.write(wrapOutboundOut(.head(head)), promise: nil)
                let channel = context.channel
                context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
