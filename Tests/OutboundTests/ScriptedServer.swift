import NIOCore
import NIOPosix
import NIOSSL
import Outbound
import Synchronization

/// A web server of one test: says what it is told to whatever it is asked.
final class ScriptedServer: Sendable {
    enum Answer: Sendable {
        /// Then the connection ends.
        case text(String)
        /// A head, then a byte now and then without end.
        case drip(String)
        case silence
    }

    private let script: @Sendable (String) -> Answer
    private let log = Mutex<[String]>([])
    private let channel = Mutex<(any Channel)?>(nil)

    /// The heads of requests in the order of their arrival.
    var requests: [String] { log.withLock { $0 } }

    private init(_ script: @escaping @Sendable (_ head: String) -> Answer) { self.script = script }

    /// Runs the body beside a server on this machine.
    static func run(
        tls: NIOSSLContext? = nil, _ script: @escaping @Sendable (_ head: String) -> Answer,
        _ body: (ScriptedServer, _ port: Int) async throws -> Void
    ) async throws {
        let server = ScriptedServer(script)
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.addHandler(Handler(server: server))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            try await body(server, channel.localAddress?.port ?? 0)
        } catch {
            try await channel.close().get()
            throw error
        }
        try await channel.close().get()
    }

    fileprivate func answer(to head: String) -> Answer {
        log.withLock { $0.append(head) }
        return script(head)
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let server: ScriptedServer
        private var head = ""

        init(server: ScriptedServer) { self.server = server }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            head += String(buffer: unwrapInboundIn(data))
            guard head.contains("\r\n\r\n") else { return }
            let answer = server.answer(to: head)
            head = ""
            switch answer {
            case .text(let text):
                let channel = context.channel
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text))).whenComplete { _ in
                    channel.close(promise: nil)
                }
            case .drip(let text):
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
                let channel = context.channel
                context.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(20)) { task in
                    guard channel.isActive else { return task.cancel() }
                    channel.writeAndFlush(ByteBuffer(string: "x"), promise: nil)
                }
            case .silence: break
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}

extension ScriptedServer.Answer {
    static func ok(_ body: String, type: String = "text/plain") -> Self {
        .text("HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    static func redirect(to location: String, status: Int = 302) -> Self {
        .text("HTTP/1.1 \(status) Found\r\nLocation: \(location)\r\nContent-Length: 0\r\n\r\n")
    }
}

/// Names and their addresses, one list for each time that a name is looked up; the last one from then on.
final class ScriptedResolver: HostResolver {
    private let names: Mutex<[String: [[String]]]>
    private let log = Mutex<[String]>([])

    /// The names that were looked up.
    var lookups: [String] { log.withLock { $0 } }

    init(_ names: [String: [[String]]]) { self.names = Mutex(names) }

    func addresses(of name: String) throws -> [IPAddress] {
        log.withLock { $0.append(name) }
        let texts = names.withLock { names -> [String]? in
            guard let lists = names[name], let first = lists.first else { return nil }
            if lists.count > 1 { names[name]?.removeFirst() }
            return first
        }
        guard let texts else { throw UntrustedCallError.unresolved }
        return texts.compactMap { IPAddress($0) }
    }
}
