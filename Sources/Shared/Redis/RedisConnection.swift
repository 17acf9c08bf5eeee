import NIOCore
import NIOPosix
import NIOSSL

/// One connection that has authenticated and found a primary. Any number of tasks may send on it at once.
final class RedisConnection: Sendable {
    /// The reason given for a connection whose server did not answer in time.
    static let stuck = "the server did not answer in time"

    private let channel: any Channel
    private let outbox: Outbox
    private let handler: NIOLoopBound<RedisChannelHandler>

    private init(channel: any Channel, outbox: Outbox, handler: NIOLoopBound<RedisChannelHandler>) {
        self.channel = channel
        self.outbox = outbox
        self.handler = handler
    }

    /// Connects, authenticates and chooses the database.
    ///
    /// - Throws: ``RedisError/unavailable(_:)`` with the reason, also for a wrong password or a server that is a replica.
    static func connect(
        _ configuration: RedisConfiguration, on group: any EventLoopGroup, activity: RedisActivity
    ) async throws(RedisError) -> RedisConnection {
        let connection: RedisConnection
        do {
            connection = try await open(configuration, on: group, activity: activity)
        } catch {
            activity.countConnectFailure()
            throw .unavailable("can't connect to \(configuration.endpoint): \(reason(of: error))")
        }
        do {
            try await connection.shakeHands(configuration)
        } catch {
            activity.countConnectFailure()
            connection.close("the connection was refused")
            throw error
        }
        activity.countConnect()
        return connection
    }

    private static func open(
        _ configuration: RedisConfiguration, on group: any EventLoopGroup, activity: RedisActivity
    ) async throws -> RedisConnection {
        let bootstrap = ClientBootstrap(group: group)
            .connectTimeout(TimeAmount(configuration.connectTimeout))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
        return try await bootstrap.connect(host: configuration.host, port: configuration.port) { channel in
            channel.eventLoop.makeCompletedFuture {
                let outbox = Outbox()
                let handler = RedisChannelHandler(
                    outbox: outbox, activity: activity, maximumReplyBytes: configuration.maximumReplyBytes)
                if let tls = configuration.tls {
                    let name = configuration.isHostAnAddress ? nil : configuration.host
                    try channel.pipeline.syncOperations.addHandler(
                        NIOSSLClientHandler(context: tls, serverHostname: name))
                }
                try channel.pipeline.syncOperations.addHandler(handler)
                return RedisConnection(
                    channel: channel, outbox: outbox, handler: NIOLoopBound(handler, eventLoop: channel.eventLoop))
            }
        }
    }

    private static func reason(of error: any Error) -> String {
        guard let failure = error as? NIOConnectionError else { return "\(error)" }
        let reasons = failure.connectionErrors.map { "\($0.error)" }
        return reasons.first ?? "the host name can't be resolved"
    }

    private func shakeHands(_ configuration: RedisConfiguration) async throws(RedisError) {
        let patience = Patience(connection: TimeAmount(configuration.connectTimeout))
        let replies: [RedisValue]
        switch await send(configuration.handshake, patience) {
        case .success(let values): replies = values
        case .failure(.timedOut):
            throw .unavailable("\(configuration.endpoint) accepts connections but does not answer")
        case .failure(let error): throw .unavailable("\(configuration.endpoint): \(error)")
        }
        for case .error(let message) in replies.dropLast() where !message.hasPrefix("NOPERM") {
            throw .unavailable("\(configuration.endpoint) refused the connection: \(message)")
        }
        if let role = replies.last, case .unfit(let reason) = ServerFitness.verdict(onRole: role) {
            throw .unavailable("\(configuration.endpoint) is of no use: \(reason)")
        }
    }

    /// Asks at intervals what the server is, and closes the connection where it is of no use any more. Returns then, when
    /// cancelled, or where the server does not tell.
    func checkRole(every interval: Duration, _ patience: Patience) async {
        while refusal == nil {
            do {
                try await Task.sleep(for: interval)
            } catch {
                return
            }
            guard case .success(let role) = await send(.role, patience) else { continue }
            switch ServerFitness.verdict(onRole: role) {
            case .fit: continue
            case .unfit(let reason): return retire("the server is of no use: \(reason)")
            case .unknown: return
            }
        }
    }

    /// Sends one command.
    func send(_ command: RedisCommand, _ patience: Patience) async -> Result<RedisValue, RedisError> {
        await withCheckedContinuation { continuation in
            let waiter = ReplyWaiter.one(continuation)
            submit(waiter) { $0.add(command, Outbox.Request(waiter: waiter, replyCount: 1, patience: patience)) }
        }
    }

    /// Sends several commands in one write.
    func send(_ commands: [RedisCommand], _ patience: Patience) async -> Result<[RedisValue], RedisError> {
        await withCheckedContinuation { continuation in
            let waiter = ReplyWaiter.several(continuation)
            submit(waiter) {
                $0.add(commands, Outbox.Request(waiter: waiter, replyCount: commands.count, patience: patience))
            }
        }
    }

    private func submit(_ waiter: ReplyWaiter, _ add: (Outbox) -> Outbox.Admission) {
        switch add(outbox) {
        case .queued: break
        case .queuedFirst: channel.eventLoop.execute { [handler] in handler.value.flushOutbox() }
        case .refused(let reason): waiter.fail(.unavailable(reason))
        }
    }

    /// Hands published messages to `receive`; must come before the first `SUBSCRIBE`.
    func becomeSubscriber(_ receive: @escaping @Sendable (RedisMessage) -> Void) {
        channel.eventLoop.execute { [handler] in handler.value.becomeSubscriber(receive) }
    }

    /// Closes at once.
    func close(_ reason: String) {
        outbox.refuse(reason)
        channel.eventLoop.execute { [handler] in handler.value.close(reason) }
    }

    /// Refuses new commands for the reason given and closes when those in flight have finished or run out of time.
    private func retire(_ reason: String) {
        outbox.refuse(reason)
        channel.eventLoop.execute { [handler] in handler.value.retire(reason) }
    }

    /// Refuses new commands and closes when those in flight have finished or run out of time.
    func drain() {
        channel.eventLoop.execute { [handler] in handler.value.drain() }
    }

    /// Runs once the connection has ended.
    func whenClosed(_ body: @escaping @Sendable () -> Void) {
        channel.closeFuture.whenComplete { _ in body() }
    }

    /// Returns when the connection has ended; a cancelled task drains it first.
    func untilClosed() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in whenClosed { continuation.resume() } }
        } onCancel: {
            drain()
        }
    }

    /// Why nothing more can be sent, or nil while the connection is open.
    var refusal: String? { outbox.refusal }
}

extension RedisConfiguration {
    fileprivate var endpoint: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// TLS names no address in its handshake; NIOSSL then compares the certificate with the peer's address.
    fileprivate var isHostAnAddress: Bool { (try? SocketAddress(ipAddress: host, port: port)) != nil }
}
