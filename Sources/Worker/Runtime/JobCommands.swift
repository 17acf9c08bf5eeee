package import Configuration
import Core
package import Foundation
package import Jobs
import Logging
import Postgres
import Redis

/// What operators do to jobs from the command line; each needs only the two stores.
package struct JobCommands: Sendable {
    private let operations: JobOperations
    private let postgres: PostgresClient

    /// Runs the body with clients that live as long as it does.
    ///
    /// - Throws: `ConfigurationError` for settings that are missing or malformed.
    package static func with(_ reader: ConfigReader, _ body: @Sendable (JobCommands) async throws -> Void) async throws
    {
        let settings = try StoreSettings(from: reader)
        var logger = Logger(label: "haat-worker")
        logger.logLevel = .error
        var database = try PostgresConfiguration(connectionString: settings.databaseURL.reveal())
        database.maximumConnections = 2
        let postgres = PostgresClient(configuration: database, logger: logger)
        let redis = RedisClient(configuration: try RedisConfiguration(url: settings.redisURL.reveal()), logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await postgres.run() }
            group.addTask { try await redis.run() }
            try await body(
                JobCommands(operations: JobOperations(postgres: postgres, redis: redis), postgres: postgres))
            group.cancelAll()
        }
    }

    package func list(state: JobState?, queue: QueueName?, limit: Int) async throws {
        for job in try await operations.list(state: state, queue: queue, before: nil, limit: limit) {
            print(
                [
                    TypeID.encode(prefix: "job", uuid: job.id), job.state.rawValue, job.queue, job.kind,
                    "attempt \(job.attempt)", job.runAt.formatted(.iso8601), job.lastError ?? "",
                ].joined(separator: "\t"))
        }
    }

    package func show(_ id: UUID) async throws {
        guard let job = try await operations.find(id) else { throw UnknownJob(id: id) }
        let fields: [(String, String)] = [
            ("id", TypeID.encode(prefix: "job", uuid: job.id)), ("state", job.state.rawValue), ("queue", job.queue),
            ("kind", job.kind), ("attempt", String(job.attempt)), ("payload", job.payload),
            ("run_at", job.runAt.formatted(.iso8601)), ("created_at", job.createdAt.formatted(.iso8601)),
            ("finished_at", job.finishedAt?.formatted(.iso8601) ?? "-"), ("last_error", job.lastError ?? "-"),
            ("trace", job.trace ?? "-"),
        ]
        for (name, value) in fields { print("\(name): \(value)") }
    }

    package func retry(_ id: UUID) async throws {
        guard try await operations.retry(id, in: postgres) else {
            throw JobRefused(id: id, what: "retried: it is neither dead nor cancelled")
        }
    }

    package func discard(_ id: UUID) async throws {
        guard try await operations.discard(id, in: postgres) else {
            throw JobRefused(id: id, what: "discarded: it is done or cancelled")
        }
    }

    package func pause(_ queue: QueueName) async throws {
        try await operations.pause(queue)
    }

    package func resume(_ queue: QueueName) async throws {
        try await operations.resume(queue)
    }
}

struct UnknownJob: Error, CustomStringConvertible {
    let id: UUID

    var description: String { "there is no job \(TypeID.encode(prefix: "job", uuid: id))" }
}

struct JobRefused: Error, CustomStringConvertible {
    let id: UUID
    let what: String

    var description: String { "job \(TypeID.encode(prefix: "job", uuid: id)) can't be \(what)" }
}
