import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Testing

/// A merchant's address for pushes in this process: keeps what comes, and says yes.
final class PushCatcher: Sendable {
    private let caught = Mutex<[SentPush]>([])
    private let port = Mutex<Int>(0)

    /// In the order of their arrival.
    var pushes: [SentPush] { caught.withLock { $0 } }
    var url: String { "http://127.0.0.1:\(port.withLock { $0 })/push" }

    static func open<R: Sendable>(_ body: @Sendable (PushCatcher) async throws -> R) async throws -> R {
        let catcher = PushCatcher()
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(catcher: catcher))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        catcher.port.withLock { $0 = channel.localAddress?.port ?? 0 }
        let result: Result<R, any Error>
        do {
            result = .success(try await body(catcher))
        } catch {
            result = .failure(error)
        }
        try await channel.close().get()
        return try result.get()
    }

    /// What has come once it is so many.
    func pushes(atLeast count: Int) async throws -> [SentPush] {
        for _ in 0..<500 where pushes.count < count { try await Task.sleep(for: .milliseconds(10)) }
        try #require(pushes.count >= count, "only \(pushes.count) of \(count) pushes came")
        return pushes
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let catcher: PushCatcher
        private var headers: [String: String] = [:]
        private var body: [UInt8] = []

        init(catcher: PushCatcher) { self.catcher = catcher }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                body = []
                headers = Dictionary(
                    head.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
            case .body(let part): body += Array(part.readableBytesView)
            case .end:
                catcher.caught.withLock { $0.append(SentPush(headers: headers, body: body)) }
                let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["content-length": "0"])
                context.write(wrapOutboundOut(.head(head)), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}

/// A push as it came.
struct SentPush: Sendable, Hashable {
    /// By lower-case name.
    let headers: [String: String]
    let body: [UInt8]
}
