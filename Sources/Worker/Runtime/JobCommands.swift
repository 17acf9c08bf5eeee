package import Configuration
import Core
package import Foundation
package import Jobs
import Logging
import Postgres
import Redis

/// What operators see of jobs from the command line; each needs only the two stores.
package struct JobCommands: Sendable {
    private let operations: JobOperations

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
            try await body(JobCommands(operations: JobOperations(postgres: postgres, redis: redis)))
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
}

struct UnknownJob: Error, CustomStringConvertible {
    let id: UUID

    var description: String { "there is no job \(TypeID.encode(prefix: "job", uuid: id))" }
}
