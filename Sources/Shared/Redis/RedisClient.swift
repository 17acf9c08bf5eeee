package import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Redis over a few shared connections on which the commands of all tasks are pipelined, so one that blocks (`BLMOVE`,
/// `SUBSCRIBE`, `MULTI` spread over calls) does not belong here: see ``withDedicatedConnection(isolation:_:)``.
///
/// While no connection is up, calls fail within milliseconds and reconnecting goes on in the background. A server that
/// answers but is a replica, or loads its data, counts as one that is down. Commands are never repeated by the client once
/// they were written.
package final class RedisClient: Service, RedisExecutor {
    private typealias Directory = ConnectionDirectory<
        RedisConnection, CheckedContinuation<Result<RedisConnection, RedisError>, Never>
    >

    let configuration: RedisConfiguration
    private let logger: Logger
    private let group: any EventLoopGroup
    private let activity = RedisActivity()
    private let directory: NIOLockedValueBox<Directory>
    private let backoff: ReconnectBackoff
    private let random: @Sendable () -> Double

    /// A client that connects when ``run()`` is called; calls made before wait for it as long as their timeout allows.
    package convenience init(configuration: RedisConfiguration, logger: Logger) {
        self.init(configuration: configuration, logger: logger, random: { .random(in: 0..<1) })
    }

    /// As above, with the randomness of the reconnect pauses given.
    init(configuration: RedisConfiguration, logger: Logger, random: @escaping @Sendable () -> Double) {
        self.configuration = configuration
        self.logger = logger
        self.random = random
        group = MultiThreadedEventLoopGroup.singleton
        directory = NIOLockedValueBox(Directory(connections: configuration.connections))
        backoff = ReconnectBackoff(
            base: configuration.reconnectDelay, cap: configuration.maximumReconnectDelay)
    }

    /// Keeps the shared connections up until graceful shutdown or cancellation; returns when what was in flight has
    /// finished or run out of time. An unreachable server is no error.
    package func run() async throws {
        await withTaskCancellationOrGracefulShutdownHandler {
            await cancelWhenGracefulShutdown {
                await withDiscardingTaskGroup { tasks in
                    for slot in 0..<max(1, self.configuration.connections) {
                        tasks.addTask { await self.keepConnected(slot) }
                    }
                }
            }
        } onCancelOrGracefulShutdown: {
            self.release(
                self.directory.withLockedValue { $0.shutDown() }, .failure(.unavailable("the client is shutting down")))
        }
    }

    @discardableResult
    package func send(_ command: RedisCommand, timeout: Duration?) async throws(RedisError) -> RedisValue {
        let patience = patience(timeout)
        return try await onSharedConnection(timeout) { connection in
            await connection.send(command, patience)
        }.result.get()
    }

    package func pipeline(
        _ commands: [RedisCommand], timeout: Duration?
    ) async throws(RedisError) -> [Result<RedisValue, RedisError>] {
        guard !commands.isEmpty else { return [] }
        let patience = patience(timeout)
        return try await onSharedConnection(timeout) { connection in
            await connection.send(commands, patience)
        }.map(\.result)
    }

    /// The client's figures at this moment.
    package var statistics: RedisStatistics {
        let (connected, waiting) = directory.withLockedValue { ($0.connectedCount, $0.waitingCount) }
        return activity.statistics(
            configured: max(1, configuration.connections), connected: connected, waiting: waiting)
    }

    /// A new connection outside of the shared ones.
    func connectSeparately() async throws(RedisError) -> RedisConnection {
        try await RedisConnection.connect(configuration, on: group, activity: activity)
    }

    /// A caller's shorter limit ends only its own wait; the connection is given up by the longer of both.
    private func patience(_ timeout: Duration?) -> Patience {
        guard let timeout else { return Patience(connection: TimeAmount(configuration.commandTimeout)) }
        return timeout < configuration.commandTimeout
            ? Patience(caller: TimeAmount(timeout), connection: TimeAmount(configuration.commandTimeout))
            : Patience(connection: TimeAmount(timeout))
    }

    /// Runs the request on the connection whose turn it is. `unavailable` means that the connection ended before
    /// anything was written, so another one is tried.
    private func onSharedConnection<Reply>(
        _ timeout: Duration?, _ request: (RedisConnection) async -> Result<Reply, RedisError>
    ) async throws(RedisError) -> Reply {
        var attempts = 0
        while true {
            let connection = try await lease(timeout)
            let result = await request(connection)
            attempts += 1
            guard case .failure(.unavailable) = result, attempts < 3 else { return try result.get() }
            noteLoss(of: connection)
        }
    }

    private func lease(_ timeout: Duration?) async throws(RedisError) -> RedisConnection {
        switch directory.withLockedValue({ $0.lease() }) {
        case .connection(let connection): return connection
        case .unavailable(let reason): throw .unavailable(reason)
        case .wait: return try await waitForConnection(timeout ?? configuration.connectTimeout).get()
        }
    }

    private func waitForConnection(_ timeout: Duration) async -> Result<RedisConnection, RedisError> {
        await withCheckedContinuation { continuation in
            let (lease, waiter) = directory.withLockedValue { directory in
                let lease = directory.lease()
                guard case .wait = lease else { return (lease, UInt64?.none) }
                return (lease, directory.wait(continuation))
            }
            switch lease {
            case .connection(let connection): continuation.resume(returning: .success(connection))
            case .unavailable(let reason): continuation.resume(returning: .failure(.unavailable(reason)))
            case .wait:
                group.next().scheduleTask(in: TimeAmount(timeout)) {
                    guard let waiter else { return }
                    let abandoned = self.directory.withLockedValue { $0.abandonWait(waiter) }
                    abandoned?.resume(returning: .failure(.unavailable("no connection within \(timeout)")))
                }
            }
        }
    }

    private func keepConnected(_ slot: Int) async {
        var failures = 0
        while !Task.isCancelled {
            do {
                let connection = try await connectSeparately()
                let start = ContinuousClock.now
                logger.debug("Connected to Redis", metadata: ["connection": "\(slot)"])
                release(directory.withLockedValue { $0.connected(connection, slot: slot) }, .success(connection))
                await hold(connection)
                noteLoss(of: connection)
                // The first reconnection is immediate, but a server that keeps closing must not be hammered.
                failures = start.duration(to: .now) < .seconds(1) ? failures + 1 : 0
                if failures > 1 { await pause(afterFailures: failures) }
            } catch {
                failures += 1
                noteFailure(error, slot: slot, failures: failures)
                await pause(afterFailures: failures)
            }
        }
    }

    /// Returns when the connection has ended.
    private func hold(_ connection: RedisConnection) async {
        await withDiscardingTaskGroup { tasks in
            tasks.addTask { [self] in
                await connection.checkRole(every: configuration.roleCheckInterval, patience(nil))
            }
            await connection.untilClosed()
            tasks.cancelAll()
        }
    }

    private func pause(afterFailures failures: Int) async {
        // Cancellation ends the pause early, and the loop that pauses with it.
        try? await Task.sleep(for: backoff.delay(afterFailures: failures, random: random()))
    }

    private func noteLoss(of connection: RedisConnection) {
        let reason = connection.refusal ?? "the connection was closed"
        directory.withLockedValue {
            $0.lost(connection, reason: reason, isServerStuck: reason == RedisConnection.stuck)
        }
        guard !Task.isCancelled else { return }
        logger.info("A connection to Redis ended", metadata: ["reason": "\(reason)"])
    }

    private func noteFailure(_ error: RedisError, slot: Int, failures: Int) {
        guard case .unavailable(let reason) = error else { return }
        release(directory.withLockedValue { $0.failed(slot: slot, reason: reason) }, .failure(error))
        logger.log(
            level: failures == 1 ? .warning : .debug, "Can't connect to Redis",
            metadata: ["reason": "\(reason)", "attempt": "\(failures)"])
    }

    private func release(
        _ waiters: [CheckedContinuation<Result<RedisConnection, RedisError>, Never>],
        _ result: Result<RedisConnection, RedisError>
    ) {
        for waiter in waiters {
            waiter.resume(returning: result)
        }
    }
}
