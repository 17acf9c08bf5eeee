import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// Just enough of RFC 5321 to accept mail, refuse it, or be slow about it.
struct TinySMTPServer: Sendable {
    struct Behaviour: Sendable {
        var afterMail = "250 ok"
        var afterRecipient = "250 ok"
        var afterContent = "250 queued"
        var capabilities: [String] = []
        /// Says nothing after the message's end.
        var isSilentAfterContent = false
    }

    struct Session: Sendable {
        var commands: [String] = []
        /// As they went over the wire, dots still doubled.
        var contents: [String] = []
    }

    /// What the sessions share; also where a test changes the behaviour.
    final class Book: Sendable {
        let behaviour: Mutex<Behaviour>
        let sessions = Mutex<[Session]>([])
        let waiting = Mutex<[@Sendable () -> Void]>([])

        init(_ behaviour: Behaviour) {
            self.behaviour = Mutex(behaviour)
        }
    }

    let port: Int
    let book: Book

    /// What silence after content has kept back.
    func answerAll() {
        let waiting = book.waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        for answer in waiting { answer() }
    }

    /// Without TLS, which it does not speak.
    var url: String { "smtp://127.0.0.1:\(port)?starttls=none" }
    var sessions: [Session] { book.sessions.withLock { $0 } }
    var contents: [String] { sessions.flatMap(\.contents) }

    static func open<R: Sendable>(
        _ behaviour: Behaviour = Behaviour(), _ body: @Sendable (TinySMTPServer) async throws -> R
    ) async throws -> R {
        let book = Book(behaviour)
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(SMTPDialogue(book))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            let result = try await body(TinySMTPServer(port: channel.localAddress?.port ?? 0, book: book))
            try await channel.close().get()
            return result
        } catch {
            try await channel.close().get()
            throw error
        }
    }
}

private final class SMTPDialogue: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let book: TinySMTPServer.Book
    private let number: Int
    private var pending = ""
    private var content: String?

    init(_ book: TinySMTPServer.Book) {
        self.book = book
        number = book.sessions.withLock { sessions in
            sessions.append(TinySMTPServer.Session())
            return sessions.count - 1
        }
    }

    func channelActive(context: ChannelHandlerContext) {
        say("220 tiny ESMTP", context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        pending += String(buffer: unwrapInboundIn(data))
        while let end = pending.range(of: "\r\n") {
            let line = String(pending[..<end.lowerBound])
            pending.removeSubrange(..<end.upperBound)
            if content == nil { command(line, context) } else { contentLine(line, context) }
        }
    }

    private func command(_ line: String, _ context: ChannelHandlerContext) {
        book.sessions.withLock { $0[number].commands.append(line) }
        let behaviour = book.behaviour.withLock { $0 }
        switch line.prefix(4).uppercased() {
        case "EHLO":
            let lines = ["tiny"] + behaviour.capabilities
            say(lines.dropLast().map { "250-\($0)\r\n" }.joined() + "250 \(lines[lines.count - 1])", context)
        case "MAIL": say(behaviour.afterMail, context)
        case "RCPT": say(behaviour.afterRecipient, context)
        case "DATA":
            content = ""
            say("354 go on", context)
        case "QUIT":
            say("221 bye", context)
            context.close(promise: nil)
        default: say("250 ok", context)
        }
    }

    private func contentLine(_ line: String, _ context: ChannelHandlerContext) {
        guard line == "." else {
            content = (content ?? "") + line + "\r\n"
            return
        }
        let whole = content ?? ""
        content = nil
        book.sessions.withLock { $0[number].contents.append(whole) }
        let behaviour = book.behaviour.withLock { $0 }
        guard behaviour.isSilentAfterContent else { return say(behaviour.afterContent, context) }
        let (channel, answer) = (context.channel, ByteBuffer(string: behaviour.afterContent + "\r\n"))
        book.waiting.withLock { $0.append { channel.writeAndFlush(answer, promise: nil) } }
    }

    private func say(_ line: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: line + "\r\n")), promise: nil)
    }
}
