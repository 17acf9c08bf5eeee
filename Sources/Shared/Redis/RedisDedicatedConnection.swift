import NIOCore

/// A connection that one caller has for itself: blocking commands, `MULTI`, `WATCH`. A call that runs out of time or is
/// cancelled closes it, because the place of its reply would be unknown.
package final class RedisDedicatedConnection: RedisExecutor {
    private let connection: RedisConnection
    private let commandTimeout: Duration

    init(_ connection: RedisConnection, commandTimeout: Duration) {
        self.connection = connection
        self.commandTimeout = commandTimeout
    }

    /// Sends a command and waits for its reply.
    ///
    /// - Parameter timeout: for a blocking command, longer than its own; nil means the configured command timeout.
    @discardableResult
    package func send(_ command: RedisCommand, timeout: Duration?) async throws(RedisError) -> RedisValue {
        let patience = patience(timeout)
        return try await closingWhenCancelled {
            await connection.send(command, patience)
        }.result.get()
    }

    package func pipeline(
        _ commands: [RedisCommand], timeout: Duration?
    ) async throws(RedisError) -> [Result<RedisValue, RedisError>] {
        guard !commands.isEmpty else { return [] }
        let patience = patience(timeout)
        return try await closingWhenCancelled {
            await connection.send(commands, patience)
        }.map(\.result)
    }

    func subscribe(
        to channels: [String], _ receive: @escaping @Sendable (RedisMessage) -> Void,
        onClose: @escaping @Sendable () -> Void
    ) async throws(RedisError) {
        connection.whenClosed(onClose)
        connection.becomeSubscriber(receive)
        // One command per channel, since one that names several is answered once for each, or once with an error.
        for reply in try await pipeline(channels.map { RedisCommand("SUBSCRIBE", $0) }) {
            _ = try reply.get()
        }
    }

    /// Proves at intervals that the server is there and still a primary; returns when it is not, or when cancelled.
    func checkSubscription(to channels: [String], every interval: Duration) async {
        do {
            while true {
                try await Task.sleep(for: interval)
                try await check(subscribedTo: channels)
            }
        } catch {
            connection.close("the subscription ended: \(error)")
        }
    }

    /// A subscriber can't ask for the role, so it is none for a moment. The server runs what arrives in one piece without
    /// interruption, so it publishes nothing meanwhile.
    private func check(subscribedTo channels: [String]) async throws(RedisError) {
        let replies = try await pipeline(
            channels.map { RedisCommand("UNSUBSCRIBE", $0) } + [.role] + channels.map { RedisCommand("SUBSCRIBE", $0) })
        if case .success(let role) = replies[channels.count],
            case .unfit(let reason) = ServerFitness.verdict(onRole: role)
        {
            throw .unavailable(reason)
        }
        for reply in replies.suffix(channels.count) {
            _ = try reply.get()
        }
    }

    func close() {
        connection.close("the dedicated connection was given back")
    }

    private func patience(_ timeout: Duration?) -> Patience {
        Patience(connection: TimeAmount(timeout ?? commandTimeout))
    }

    private func closingWhenCancelled<Reply: Sendable>(
        _ request: () async -> Result<Reply, RedisError>
    ) async throws(RedisError) -> Reply {
        try await withTaskCancellationHandler {
            await request()
        } onCancel: {
            connection.close("the task that waited was cancelled")
        }.get()
    }
}

extension RedisClient {
    /// Opens a connection of the caller's own for the length of `body`. It does not depend on ``run()``, and it is not
    /// reopened when it ends: `body` sees the error and the caller decides.
    ///
    /// - Throws: ``RedisError/unavailable(_:)`` when there is no connection, else what `body` throws.
    package func withDedicatedConnection<Value>(
        isolation: isolated (any Actor)? = #isolation,
        _ body: (RedisDedicatedConnection) async throws -> Value
    ) async throws -> Value {
        let connection = RedisDedicatedConnection(
            try await connectSeparately(), commandTimeout: configuration.commandTimeout)
        defer { connection.close() }
        return try await body(connection)
    }
}
