import HTTPTypes
import Logging
import NIOCore
import NIOHTTPTypes

/// Lets one request of a connection through at a time: the next once the one before is answered and the client has taken
/// what it was answered.
///
/// HTTP/1.1 allows to send requests ahead. Without a gate all that one read brings are decoded at once, and Hummingbird answers
/// them as fast as it can compute: it learns that nobody takes the answers only when the event loop comes to write them.
final class RequestGate: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let logger: Logger
    private let arriving = ArrivingRequest()
    private let dam: ByteDam
    private var held = CircularBuffer<HTTPRequestPart>()
    private var heldError: (any Error)?
    private var isAnswering = false

    init(logger: Logger) {
        self.logger = logger
        dam = ByteDam(arriving: arriving)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        do {
            try context.pipeline.syncOperations.addHandler(dam, position: .first)
        } catch {
            logger.error("Requests that are sent ahead are all decoded", metadata: ["error": "\(error)"])
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        if held.isEmpty, !part.isHead || isOpen(context) {
            note(part)
            context.fireChannelRead(data)
        } else {
            held.append(part)
            dam.isShut = true
        }
    }

    /// An error in a request that is arriving is about that one; any other comes after the answers that are owed.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if held.isEmpty, arriving.head != nil || !isAnswering {
            context.fireErrorCaught(error)
        } else {
            heldError = error
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { isAnswering = false }
        context.write(data, promise: promise)
    }

    func flush(context: ChannelHandlerContext) {
        context.flush()
        letThrough(context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        context.fireChannelWritabilityChanged()
        letThrough(context)
    }

    private func isOpen(_ context: ChannelHandlerContext) -> Bool { !isAnswering && context.channel.isWritable }

    private func note(_ part: HTTPRequestPart) {
        switch part {
        case .head(let head):
            isAnswering = true
            arriving.begin(head)
        case .body(let bytes): arriving.bodyBytes += bytes.readableBytes
        case .end: arriving.end()
        }
    }

    private func letThrough(_ context: ChannelHandlerContext) {
        guard dam.isShut || heldError != nil, isOpen(context) else { return }
        var isFirst = true
        while let part = held.first, isFirst || !part.isHead {
            isFirst = false
            held.removeFirst()
            note(part)
            context.fireChannelRead(wrapInboundOut(part))
        }
        context.fireChannelReadComplete()
        guard held.isEmpty else { return }
        dam.open()
        if held.isEmpty, !isAnswering, let error = heldError {
            heldError = nil
            context.fireErrorCaught(error)
        }
    }
}

extension HTTPRequestPart {
    fileprivate var isHead: Bool { if case .head = self { true } else { false } }
}

/// The request that is let through, until the last of it has arrived.
private final class ArrivingRequest {
    private(set) var head: HTTPRequest?
    var bodyBytes = 0

    func begin(_ head: HTTPRequest) {
        self.head = head
        bodyBytes = 0
    }

    func end() { head = nil }

    /// How many bytes of its body are still to come, where it says how many it has.
    var announcedBytes: Int {
        guard let length = head?.headerFields[.contentLength].flatMap({ Int($0) }) else { return 0 }
        return max(0, length - bodyBytes)
    }
}

/// Stands at the socket and holds back the bytes of requests that the gate does not let through yet: as bytes they take a
/// fraction of what they take once decoded. Nothing more is read meanwhile.
private final class ByteDam: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    /// So much is decoded at once, at most, besides an announced body.
    private static let pieceBytes = 4 << 10

    var isShut = false
    private let arriving: ArrivingRequest
    private var held = ByteBuffer()
    private var wantsRead = false
    private var isInputClosed = false
    private var context: ChannelHandlerContext?

    init(arriving: ArrivingRequest) {
        self.arriving = arriving
    }

    private var isHolding: Bool { isShut || held.readableBytes > 0 }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if isHolding {
            held.writeBuffer(&bytes)
        } else if bytes.readableBytes <= Self.pieceBytes {
            context.fireChannelRead(data)
        } else {
            pass(bytes, context)
        }
    }

    func read(context: ChannelHandlerContext) {
        if isHolding { wantsRead = true } else { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if isHolding, case ChannelEvent.inputClosed = event {
            isInputClosed = true
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func open() {
        isShut = false
        guard let context else { return }
        let bytes = held
        held = ByteBuffer()
        pass(bytes, context)
        context.fireChannelReadComplete()
        guard !isHolding else { return }
        if isInputClosed {
            isInputClosed = false
            context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        }
        if wantsRead {
            wantsRead = false
            context.read()
        }
    }

    private func pass(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        var bytes = bytes
        while !isShut, bytes.readableBytes > 0 {
            let length = min(max(Self.pieceBytes, arriving.announcedBytes), bytes.readableBytes)
            guard let piece = bytes.readSlice(length: length) else { break }
            context.fireChannelRead(wrapInboundOut(piece))
        }
        held = bytes
    }
}
