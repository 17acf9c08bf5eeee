import Glibc
import NIOCore
import NIOHTTPTypes

/// Stands first at a listener and stops it from accepting while there is no place for anybody.
///
/// Where descriptors are used up in spite of the limit, NIO would call `accept` again and again: the listener stays readable. So
/// it is not listened to for a while.
final class AcceptGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = any Channel
    typealias OutboundIn = Never

    private static let pause = TimeAmount.seconds(1)

    private let connections: Connections
    private var resumption: Scheduled<Void>?

    init(connections: Connections) {
        self.connections = connections
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let hasRoom = connections.opened()
        let connections = connections
        let own = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        unwrapInboundIn(data).closeFuture.hop(to: context.eventLoop).whenComplete { _ in
            connections.closed()
            own.value.handler.resume(own.value.context)
        }
        if !hasRoom { stop(context, because: "everybody is being answered") }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? IOError, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error.errnoCode) {
            connections.shedResting()
            stop(context, because: "\(error)")
        }
        context.fireErrorCaught(error)
    }

    /// Whoever takes the connections from here asks for more of them by and by.
    func read(context: ChannelHandlerContext) {
        if resumption == nil { context.read() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        resumption?.cancel()
        resumption = nil
    }

    private func stop(_ context: ChannelHandlerContext, because reason: String) {
        guard resumption == nil else { return }
        connections.notePause(reason)
        listen(false, context)
        resumption = context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) { [self] in
            resumption = nil
            if connections.hasRoom {
                listen(true, context)
            } else {
                // Who was busy may have come to rest meanwhile.
                connections.shedResting()
                stop(context, because: "everybody is being answered")
            }
        }
    }

    /// Somebody has left.
    private func resume(_ context: ChannelHandlerContext) {
        guard let waiting = resumption, connections.hasRoom else { return }
        waiting.cancel()
        resumption = nil
        listen(true, context)
    }

    private func listen(_ isListening: Bool, _ context: ChannelHandlerContext) {
        do {
            try context.channel.syncOptions?.setOption(.autoRead, value: isListening)
        } catch {
            // It is closed and accepts nobody.
        }
    }
}

/// Tells the connections of a listener whether this one rests.
final class SeatKeeper: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let connections: Connections
    private var seat: Seat?
    private var unanswered = 0

    init(connections: Connections) {
        self.connections = connections
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let seat = Seat(of: context.channel)
        self.seat = seat
        connections.take(seat)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        if let seat { connections.leave(seat) }
        seat = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head = unwrapInboundIn(data) {
            unanswered += 1
            seat?.begin()
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) {
            unanswered -= 1
            if unanswered <= 0 { seat?.end() }
        }
        context.write(data, promise: promise)
    }
}
