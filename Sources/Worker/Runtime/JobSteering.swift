package import Configuration
import Core
package import Foundation
package import Jobs
import Platform

/// What operators do to jobs and queues from the command line, on record under the account that the command runs under.
package enum JobSteering {
    /// - Throws: `ConfigurationError`; ``Problem`` where there is no such job, or it is neither dead nor cancelled.
    package static func retry(_ id: UUID, _ reader: ConfigReader) async throws {
        try await run(reader) { steer, queue in
            try await queue.withUnitOfWork { try await steer.retry(ID(uuid: id), by: .thisAccount, in: $0) }
        }
    }

    /// - Throws: `ConfigurationError`; ``Problem`` where there is no such job, or it is done or cancelled.
    package static func discard(_ id: UUID, _ reader: ConfigReader) async throws {
        try await run(reader) { steer, queue in
            try await queue.withUnitOfWork { try await steer.discard(ID(uuid: id), by: .thisAccount, in: $0) }
        }
    }

    /// - Throws: `ConfigurationError`.
    package static func pause(_ queue: QueueName, _ reader: ConfigReader) async throws {
        try await run(reader) { steer, scope in try await steer.pause(queue, by: .thisAccount, in: scope) }
    }

    /// - Throws: `ConfigurationError`.
    package static func resume(_ queue: QueueName, _ reader: ConfigReader) async throws {
        try await run(reader) { steer, scope in try await steer.resume(queue, by: .thisAccount, in: scope) }
    }

    private static func run(
        _ reader: ConfigReader, _ body: @escaping @Sendable (SteerJobs, JobQueue) async throws -> Void
    ) async throws {
        try await OperatorSession.run(reader) { platform in
            try await body(SteerJobs(jobs: platform.jobs, audit: platform.audit), platform.queue)
        }
    }
}

extension AuditActor {
    /// Whoever runs this command.
    static var thisAccount: AuditActor { .commandLine(NSUserName()) }
}
