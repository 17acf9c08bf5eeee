import Dispatch
import Logging
import NIOConcurrencyHelpers

extension PostgresClient {
    /// LISTENs on a connection of its own, outside of the pool, and reconnects for as long as the stream is read.
    ///
    /// Yields `.resumed` after each (re)connect. A reader that falls more than 4096 notifications behind loses the oldest.
    package func notifications(on channel: String) -> AsyncStream<PostgresNotification> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: PostgresNotification.self, bufferingPolicy: .bufferingNewest(4096))
        let listener = Listener(channel: channel, configuration: configuration, pool: pool, continuation: continuation)
        let task = Task { await listener.run() }
        let number = listeners.add(task)
        continuation.onTermination = { [listeners] _ in
            task.cancel()
            listeners.remove(number)
        }
        return stream
    }
}

/// The listeners to end when the client ends.
final class ListenerRegistry: Sendable {
    private struct State: Sendable {
        var tasks: [Int: Task<Void, Never>] = [:]
        var next = 0
        var isFinished = false
    }

    private let state = NIOLockedValueBox(State())

    func add(_ task: Task<Void, Never>) -> Int {
        state.withLockedValue { state in
            if state.isFinished { task.cancel() }
            state.next += 1
            state.tasks[state.next] = task
            return state.next
        }
    }

    func remove(_ number: Int) {
        state.withLockedValue { $0.tasks[number] = nil }
    }

    func finishAll() {
        let tasks = state.withLockedValue { state in
            state.isFinished = true
            return state.tasks
        }
        for task in tasks.values { task.cancel() }
    }
}

/// Keeps one LISTEN alive.
private struct Listener: Sendable {
    let channel: String
    let configuration: PostgresConfiguration
    let pool: ConnectionPool
    let continuation: AsyncStream<PostgresNotification>.Continuation

    private static let pauseAfterFailure = Duration.milliseconds(250)
    private static let heartbeat = Duration.seconds(5)

    func run() async {
        while !Task.isCancelled {
            do {
                try await listen()
            } catch {
                pool.logger.debug("PostgreSQL listener lost its connection", metadata: ["reason": "\(error)"])
            }
            do {
                try await Task.sleep(for: Self.pauseAfterFailure)
            } catch {
                break
            }
        }
        continuation.finish()
    }

    /// Returns or throws when the connection has ended or the task is cancelled.
    private func listen() async throws {
        let handle = try await pool.connector.connect()
        let (ended, end) = AsyncStream.makeStream(of: Never.self)
        let connection = PostgresConnection(
            handle, on: pool.connector.loop(), configuration: configuration,
            events: PostgresConnection.Events(
                failed: { _, _ in end.finish() },
                notified: { _, payload in continuation.yield(.message(payload: payload)) }))
        connection.start()
        defer { connection.close("the listener has ended") }
        let quoted = channel.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
        try await run(PostgresStatement(sql: "listen \"\(quoted)\""), on: connection)
        continuation.yield(.resumed)
        try await withThrowingTaskGroup { group in
            group.addTask { for await _ in ended {} }
            group.addTask { try await beat(connection) }
            try await group.next()
            group.cancelAll()
        }
    }

    /// An idle connection says nothing when its server has vanished, or has become one that nobody notifies, so ask it.
    private func beat(_ connection: PostgresConnection) async throws {
        while true {
            try await Task.sleep(for: Self.heartbeat)
            let answer = try await run(configuration.unfitness, on: connection)
            guard !answer.isAffirmative else {
                throw PostgresError.unavailable("the listener's server takes no writes")
            }
        }
    }

    @discardableResult
    private func run(
        _ statement: PostgresStatement, on connection: PostgresConnection
    ) async throws -> PostgresResult {
        let request = StatementRequest(statement, kind: .exclusive)
        return try await withThrowingTaskGroup(of: PostgresResult.self) { group in
            group.addTask {
                try await withTaskCancellationHandler {
                    await request.outcome { connection.submit($0) }
                } onCancel: {
                    _ = request.cancel()
                }.get()
            }
            group.addTask {
                try await Task.sleep(for: configuration.answerLimit)
                throw PostgresError.timedOut("the listener's server does not answer")
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() else { throw CancellationError() }
            return answer
        }
    }
}
