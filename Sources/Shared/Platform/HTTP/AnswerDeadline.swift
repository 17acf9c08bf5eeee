import Logging
import Metrics
import NIOCore

/// Closes a connection whose client does not take what it is answered: it would hold the answers in our memory.
///
/// A request is let through once the answer before is written and the connection is writable (`RequestGate`), so that a
/// connection holds one answer at most besides the 64 KiB that make it unwritable.
final class AnswerDeadline: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Never

    /// What the kernel holds beyond that. It would let a buffer grow to megabytes, and a client that takes a little now and
    /// then would show no progress until a third of that is gone.
    private static let socketBuffer = 128 << 10

    private let logger: Logger
    private let watch: TakingWatch

    init(limit: TimeAmount, minimumBytes: Int, unread: UnreadAnswers, logger: Logger) {
        self.logger = logger
        watch = TakingWatch(
            progress: AnswerProgress(limit: limit, minimumBytes: minimumBytes), unread: unread, logger: logger)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        do {
            try context.channel.syncOptions?.setOption(.socketOption(.so_sndbuf), value: Self.socketBuffer)
            try context.pipeline.syncOperations.addHandler(watch, position: .first)
        } catch {
            logger.error("Clients that read slowly are not watched", metadata: ["error": "\(error)"])
        }
    }
}

/// Stands at the socket, counts what is written, and holds the clock while any of it waits.
private final class TakingWatch: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    /// So many bytes are written between two looks at a connection at rest: fewer can't hold memory that matters.
    private static let stride = 4 << 10

    private var progress: AnswerProgress
    private let unread: UnreadAnswers
    private let logger: Logger
    private var timer: Scheduled<Void>?
    private var writtenSinceLook = 0

    init(progress: AnswerProgress, unread: UnreadAnswers, logger: Logger) {
        self.progress = progress
        self.unread = unread
        self.logger = logger
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let count = unwrapOutboundIn(data).readableBytes
        progress.wrote(count)
        writtenSinceLook += count
        context.write(data, promise: promise)
    }

    func flush(context: ChannelHandlerContext) {
        context.flush()
        if timer == nil {
            if writtenSinceLook >= Self.stride { look(context) }
        } else if context.channel.waitingBytes > UnreadAnswers.share {
            look(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        stop(context)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stop(context)
    }

    private func stop(_ context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        unread.forget(context.channel)
    }

    private func look(_ context: ChannelHandlerContext) {
        writtenSinceLook = 0
        let now = NIODeadline.now()
        let wasWaiting = progress.isWaiting
        let waiting = context.channel.waitingBytes
        switch progress.verdict(waiting: waiting, at: now) {
        case .rest:
            if wasWaiting { stop(context) }
        case .lookAgain(let next):
            unread.note(waiting, of: context.channel)
            guard timer == nil else { return }
            timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: next) { [self] in
                timer = nil
                look(context)
            }
        case .tooSlow:
            Counter(label: "haat_http_answers_not_taken_total").increment()
            logger.debug("An answer is not taken; its connection is closed")
            context.close(promise: nil)
        }
    }
}

extension Channel {
    /// Bytes that were written and that the socket has not taken. Only on the channel's event loop.
    var waitingBytes: Int {
        do {
            return try syncOptions?.getOption(.bufferedWritableBytes) ?? 0
        } catch {
            // It is closed: nothing waits any more.
            return 0
        }
    }
}
