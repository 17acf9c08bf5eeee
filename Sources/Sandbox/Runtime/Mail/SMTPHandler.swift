import NIOCore

/// Carries one SMTP dialogue over a channel: cuts the stream into lines and does what the session says.
final class SMTPHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let desk: MailDesk
    private var session: SMTPSession
    private var received = ByteBuffer()
    /// How far `received` has been searched for a line's end.
    private var searched = 0
    private var paused = false

    init(desk: MailDesk) {
        self.desk = desk
        session = SMTPSession(hostname: "sandbox.haat.test")
        session.judgeRecipient = { desk.judge(recipient: $0) }
    }

    func channelActive(context: ChannelHandlerContext) {
        send(session.greeting, context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        received.writeBuffer(&bytes)
        work(context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func work(_ context: ChannelHandlerContext) {
        while !paused, context.channel.isActive, let line = nextLine() {
            for action in session.receive(line) { perform(action, context) }
        }
        if !session.expectsData, received.readableBytes > SMTPSession.commandLimit, !paused {
            send("500 5.5.2 Line too long", context)
            context.close(promise: nil)
        }
        received.discardReadBytes()
    }

    private func nextLine() -> [UInt8]? {
        let view = received.readableBytesView
        var from = view.startIndex + searched
        while let end = view[from...].firstIndex(of: 0x0A) {
            let hasReturn = end > view.startIndex && view[end - 1] == 0x0D
            if hasReturn || !session.expectsData {
                let line = Array(view[view.startIndex..<(hasReturn ? end - 1 : end)])
                received.moveReaderIndex(forwardBy: end + 1 - view.startIndex)
                searched = 0
                return line
            }
            from = end + 1
        }
        searched = view.count
        return nil
    }

    private func perform(_ action: SMTPSession.Action, _ context: ChannelHandlerContext) {
        switch action {
        case .reply(let text): send(text, context)
        case .close: context.close(promise: nil)
        case .judge(let envelope): finish(desk.judge(envelope), context)
        }
    }

    private func finish(_ verdict: MailDesk.Verdict, _ context: ChannelHandlerContext) {
        guard verdict.delayMilliseconds > 0 else { return answer(verdict.reply, context) }
        paused = true
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: .milliseconds(Int64(verdict.delayMilliseconds))) {
            let (handler, context) = bound.value
            handler.paused = false
            handler.answer(verdict.reply, context)
            handler.work(context)
        }
    }

    private func answer(_ reply: SMTPReply, _ context: ChannelHandlerContext) {
        if let text = reply.text { send(text, context) } else { context.close(promise: nil) }
    }

    private func send(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text + "\r\n")), promise: nil)
    }
}
