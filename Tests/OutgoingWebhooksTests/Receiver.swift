import Core
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A receiver of webhooks of one test, on this machine.
final class Receiver: Sendable {
    enum Answer: Sendable {
        case status(Int, headers: [String: String] = [:], body: String = "")
        /// The connection stays open, and nothing comes.
        case silence
    }

    struct Message: Sendable {
        let path: String
        let headers: [String: String]
        let body: [UInt8]

        var json: JSONValue {
            get throws { try JSONValue(parsing: body) }
        }

        var id: String { headers["webhook-id"] ?? "" }
        var signatures: [String] { (headers["webhook-signature"] ?? "").split(separator: " ").map(String.init) }
        var seconds: Int64 { Int64(headers["webhook-timestamp"] ?? "") ?? 0 }

        /// Whether one of its signatures is of this secret.
        func isSigned(with secret: Secret) -> Bool {
            guard let key = WebhookSigningKey(secret.reveal()) else { return false }
            return signatures.contains(key.signature(id: id, seconds: seconds, body: body))
        }
    }

    private let script: @Sendable (Message) -> Answer
    private let log = Mutex<[Message]>([])

    /// In the order of their arrival.
    var messages: [Message] { log.withLock { $0 } }

    private init(_ script: @escaping @Sendable (Message) -> Answer) { self.script = script }

    static func run(
        _ script: @escaping @Sendable (Message) -> Answer = { _ in .status(204) },
        _ body: (Receiver, _ port: Int) async throws -> Void
    ) async throws {
        let receiver = Receiver(script)
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 512)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(receiver))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            try await body(receiver, channel.localAddress?.port ?? 0)
        } catch {
            try await channel.close().get()
            throw error
        }
        try await channel.close().get()
    }

    fileprivate func answer(to message: Message) -> Answer {
        log.withLock { $0.append(message) }
        return script(message)
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let receiver: Receiver
        private var head: HTTPRequestHead?
        private var body: [UInt8] = []

        init(_ receiver: Receiver) { self.receiver = receiver }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): self.head = head
            case .body(let bytes): body += bytes.readableBytesView
            case .end:
                guard let head else { return }
                let headers = head.headers.reduce(into: [:]) { $0[$1.name.lowercased()] = $1.value }
                respond(
                    with: receiver.answer(to: Message(path: head.uri, headers: headers, body: body)), in: context)
            }
        }

        private func respond(with answer: Answer, in context: ChannelHandlerContext) {
            guard case .status(let status, let headers, let text) = answer else { return }
            var fields = HTTPHeaders(headers.map { ($0.key, $0.value) })
            fields.add(name: "Content-Length", value: "\(text.utf8.count)")
            let head = HTTPResponseHead(
                version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: fields)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
            let channel = context.channel
            context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
