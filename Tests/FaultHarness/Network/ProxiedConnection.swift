import NIOCore

/// The two sides of one proxied connection, both on the event loop of the client's.
///
/// `@unchecked Sendable`: bound once, then touched on that event loop alone.
final class ProxiedConnection: @unchecked Sendable {
    enum Side {
        case client
        case server
    }

    private let proxy: TCPProxy
    private(set) var client: (any Channel)?
    private(set) var server: (any Channel)?
    private var frames = PostgresFrames()
    private var watch: (cut: TCPProxy.StatementCut, statements: StatementWatch)?
    /// Every statement text seen, so that a cut planned later knows what was prepared before.
    private var preparations: [PostgresFrames.Message] = []
    private var serverDue = NIODeadline.uptimeNanoseconds(0)
    private var clientDue = NIODeadline.uptimeNanoseconds(0)
    private var isSilenced = false
    private var isCutWithNextReply = false

    init(proxy: TCPProxy) {
        self.proxy = proxy
    }

    func bind(client: any Channel, server: any Channel) {
        self.client = client
        self.server = server
    }

    func receive(_ buffer: ByteBuffer, from side: Side) {
        switch proxy.behaviour {
        case .blackHole: isSilenced = true
        case .pass, .refuse, .delay: break
        }
        // What a black hole has swallowed leaves a gap, so the connection can't come back to life.
        guard !isSilenced else { return }
        switch side {
        case .client: forward(inspect(buffer), to: server, after: &serverDue)
        case .server where isCutWithNextReply: cutSoon()
        case .server: forward(buffer, to: client, after: &clientDue)
        }
    }

    /// What may go on to the server: whole messages, so that a cut falls between two of them.
    private func inspect(_ buffer: ByteBuffer) -> ByteBuffer? {
        guard proxy.speech == .postgres else { return buffer }
        let messages = frames.read(Array(buffer: buffer))
        for (index, message) in messages.enumerated() {
            if message.type == UInt8(ascii: "P") {
                preparations.append(message)
                // While no cut is planned nobody looks, and a later one like the last would not know of this statement.
                watch = nil
            }
            guard let planned = proxy.pendingCut, isExecution(message, planned), proxy.claim(planned) else { continue }
            switch planned.moment {
            case .beforeServer:
                cutAfterSending(Self.join(messages.prefix(index)))
                return nil
            case .afterServer:
                isCutWithNextReply = true
            }
        }
        return Self.join(messages[...])
    }

    private func isExecution(_ message: PostgresFrames.Message, _ planned: TCPProxy.StatementCut) -> Bool {
        if watch?.cut != planned {
            var statements = StatementWatch(planned.statement)
            for preparation in preparations { _ = statements.executes(preparation) }
            watch = (planned, statements)
        }
        return watch?.statements.executes(message) ?? false
    }

    private static func join(_ messages: ArraySlice<PostgresFrames.Message>) -> ByteBuffer {
        ByteBuffer(bytes: messages.flatMap(\.bytes))
    }

    /// In order even where the behaviour changes between two pieces.
    private func forward(_ buffer: ByteBuffer?, to channel: (any Channel)?, after due: inout NIODeadline) {
        guard let buffer, buffer.readableBytes > 0, let channel else { return }
        let now = NIODeadline.now()
        if case .delay(let duration) = proxy.behaviour { due = max(due, now + TimeAmount(duration)) }
        if due <= now {
            channel.writeAndFlush(buffer, promise: nil)
        } else {
            channel.eventLoop.scheduleTask(deadline: due) { channel.writeAndFlush(buffer, promise: nil) }
        }
    }

    private func cutAfterSending(_ bytes: ByteBuffer) {
        isSilenced = true
        guard let server else { return }
        server.writeAndFlush(bytes).whenComplete { _ in self.cut() }
    }

    /// The reply may belong to an earlier statement of a pipeline: the server gets a moment to reach ours.
    private func cutSoon() {
        isSilenced = true
        server?.eventLoop.scheduleTask(in: .milliseconds(50)) { self.cut() }
    }

    private func cut() {
        isSilenced = true
        client?.close(promise: nil)
        server?.close(promise: nil)
    }
}

/// Hands one side's bytes to the connection.
final class ProxyHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let connection: ProxiedConnection
    private let side: ProxiedConnection.Side

    init(_ connection: ProxiedConnection, from side: ProxiedConnection.Side) {
        self.connection = connection
        self.side = side
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        connection.receive(unwrapInboundIn(data), from: side)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
