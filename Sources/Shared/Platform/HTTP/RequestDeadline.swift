import Logging
import Metrics
import NIOCore
import NIOHTTPTypes

/// Closes a connection whose request, head and body, takes longer than a limit to arrive. An idle timeout does not: a client
/// that sends a byte now and then is never idle.
///
/// Stands behind the HTTP codec, where requests and answers end, and puts a watch before it, where bytes arrive.
final class RequestDeadline: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let logger: Logger
    private let watch: ArrivalWatch

    init(patience: RequestPatience, logger: Logger) {
        self.logger = logger
        watch = ArrivalWatch(timing: RequestTiming(patience: patience), logger: logger)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        do {
            try context.pipeline.syncOperations.addHandler(watch, position: .first)
        } catch {
            logger.error("Slow requests are not watched", metadata: ["error": "\(error)"])
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .end = unwrapInboundIn(data) { watch.timing.requestEnded() }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { watch.answerEnded() }
        context.write(data, promise: promise)
    }
}

/// Sees the bytes of a connection as they arrive and holds the clock. One timer at most, whatever the number of requests.
private final class ArrivalWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    var timing: RequestTiming
    private let logger: Logger
    private var timer: Scheduled<Void>?
    private var context: ChannelHandlerContext?

    init(timing: RequestTiming, logger: Logger) {
        self.timing = timing
        self.logger = logger
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let now = NIODeadline.now()
        timing.bytesArrived(unwrapInboundIn(data).readableBytes, at: now)
        if timer == nil { look(again: now + timing.firstLook, context) }
        context.fireChannelRead(data)
    }

    func answerEnded() {
        let now = NIODeadline.now()
        timing.answerEnded(at: now)
        guard timing.isUnwanted, let context else { return }
        stop()
        look(again: now + timing.remainder, context)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stop()
        self.context = nil
    }

    private func stop() {
        timer?.cancel()
        timer = nil
    }

    private func look(again time: NIODeadline, _ context: ChannelHandlerContext) {
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: time) { [self] in
            timer = nil
            switch timing.verdict(at: .now()) {
            case .rest: break
            case .lookAgain(let next): look(again: next, context)
            case .tooSlow:
                Counter(label: "haat_http_requests_too_slow_total").increment()
                logger.debug("A request came too slowly; its connection is closed")
                context.close(promise: nil)
            }
        }
    }
}
