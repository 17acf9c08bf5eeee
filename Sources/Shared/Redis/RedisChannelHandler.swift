import NIOCore

/// One connection's end of the channel: writes what the outbox holds, gives each reply to its waiter, and closes the
/// channel when the server is stuck, talks nonsense or is of no use.
final class RedisChannelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let outbox: Outbox
    private let activity: RedisActivity
    private let decoder: ReplyDecoder
    private var pipeline = PipelineStateMachine<ReplyWaiter>()
    private var context: ChannelHandlerContext?
    private var expiryTimer: Scheduled<Void>?
    private var expiryTime: NIODeadline?
    private var onMessage: (@Sendable (RedisMessage) -> Void)?
    private var failure: String?

    init(outbox: Outbox, activity: RedisActivity, maximumReplyBytes: Int) {
        self.outbox = outbox
        self.activity = activity
        decoder = ReplyDecoder(maximumReplyBytes: maximumReplyBytes)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end("the connection was closed", context)
        self.context = nil
    }

    /// Writes everything that tasks have added, in one go.
    func flushOutbox() {
        let batch = outbox.take()
        guard let context, !batch.requests.isEmpty else {
            return reject(batch.requests)
        }
        let now = context.eventLoop.now
        for (index, request) in batch.requests.enumerated() {
            let deadlines = PipelineStateMachine<ReplyWaiter>.Deadlines(
                caller: request.patience.caller.map { now + $0 }, connection: now + request.patience.connection)
            guard pipeline.add(request.waiter, expecting: request.expectation, deadlines: deadlines) else {
                return reject(batch.requests[index...])
            }
        }
        context.writeAndFlush(wrapOutboundOut(batch.bytes), promise: nil)
        activity.countCommands(batch.requests)
        scheduleExpiry(context)
    }

    /// Lets what is in flight finish, then closes.
    func drain() {
        outbox.refuse("the client is shutting down")
        flushOutbox()
        pipeline.drain()
        closeIfDrained()
    }

    /// Sends nothing more, lets what is in flight finish, then closes.
    func retire(_ reason: String) {
        outbox.refuse(reason)
        reject(outbox.take().requests)
        pipeline.drain()
        closeIfDrained()
    }

    /// Closes at once; what is in flight fails with the reason.
    func close(_ reason: String) {
        guard let context else { return }
        end(reason, context)
    }

    /// Hands published messages to `receive` instead of taking them for replies.
    func becomeSubscriber(_ receive: @escaping @Sendable (RedisMessage) -> Void) {
        pipeline.becomeSubscriber()
        onMessage = receive
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard failure == nil else { return }
        let buffer = unwrapInboundIn(data)
        do {
            try buffer.withUnsafeReadableBytes { bytes throws(RedisProtocolError) in
                try decoder.decode(bytes) { value throws(RedisProtocolError) in try deliver(value) }
            }
        } catch {
            end("protocol error: \(error.reason)", context)
        }
        if let unfitness = decoder.unfitness { retire("the server is of no use: \(unfitness)") }
        closeIfDrained()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end("the server closed the connection", context)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end("\(error)", context)
    }

    private func deliver(_ value: RedisValue) throws(RedisProtocolError) {
        switch pipeline.receive(value) {
        case .reply(.one(let continuation), let value): continuation.resume(returning: .success(value))
        case .replies(.several(let continuation), let values): continuation.resume(returning: .success(values))
        case .reply(.several(let continuation), let value): continuation.resume(returning: .success([value]))
        case .replies(.one(let continuation), let values):
            continuation.resume(returning: .success(.array(values)))
        case .message(let value): RedisMessage(value).map { onMessage?($0) }
        case .none: break
        case .unexpected: throw RedisProtocolError(reason: "a reply to no command")
        }
    }

    private func closeIfDrained() {
        guard pipeline.isDrained, let context else { return }
        end(outbox.refusal ?? "the connection was drained", context)
    }

    /// Ends the connection once; the first reason is what the waiters hear.
    private func end(_ reason: String, _ context: ChannelHandlerContext) {
        guard failure == nil else { return }
        failure = reason
        outbox.refuse(reason)
        expiryTimer?.cancel()
        for waiter in pipeline.close() {
            waiter.fail(.connectionLost(reason))
        }
        reject(outbox.take().requests)
        context.close(promise: nil)
    }

    private func reject(_ requests: some Sequence<Outbox.Request>) {
        for request in requests {
            request.waiter.fail(.unavailable(failure ?? outbox.refusal ?? "the connection was closed"))
        }
    }

    private func scheduleExpiry(_ context: ChannelHandlerContext) {
        guard let next = pipeline.nextExpiry else { return }
        if let expiryTime, expiryTime <= next { return }
        expiryTimer?.cancel()
        expiryTime = next
        expiryTimer = context.eventLoop.assumeIsolated().scheduleTask(deadline: next) { self.expire() }
    }

    private func expire() {
        expiryTimer = nil
        expiryTime = nil
        guard let context else { return }
        let expiry = pipeline.expire(now: context.eventLoop.now)
        activity.countTimeouts(expiry.timedOut.count)
        for waiter in expiry.timedOut {
            waiter.fail(.timedOut)
        }
        guard let lost = expiry.lost else { return scheduleExpiry(context) }
        for waiter in lost {
            waiter.fail(.connectionLost(RedisConnection.stuck))
        }
        end(RedisConnection.stuck, context)
    }
}

extension Outbox.Request {
    fileprivate var expectation: PipelineStateMachine<ReplyWaiter>.Expectation {
        switch waiter {
        case .one: .one
        case .several: .several(replyCount)
        }
    }
}
