package import Configuration
import Core
package import Foundation
package import Jobs
import Platform

/// What operators do to jobs and queues from the command line. Each is put on record under the account that the command runs
/// under.
package enum JobSteering {
    /// - Throws: `ConfigurationError`; `JobRefused` where the job is neither dead nor cancelled.
    package static func retry(_ id: UUID, _ reader: ConfigReader) async throws {
        try await change(id, "job.retried", refusal: "retried: it is neither dead nor cancelled", reader) {
            jobs, work in
            try await jobs.retry(id, in: work)
        }
    }

    /// - Throws: `ConfigurationError`; `JobRefused` where the job is done or cancelled.
    package static func discard(_ id: UUID, _ reader: ConfigReader) async throws {
        try await change(id, "job.discarded", refusal: "discarded: it is done or cancelled", reader) { jobs, work in
            try await jobs.discard(id, in: work)
        }
    }

    /// - Throws: `ConfigurationError`.
    package static func pause(_ queue: QueueName, _ reader: ConfigReader) async throws {
        try await OperatorSession.run(reader) { platform in
            try await platform.jobs.pause(queue)
            try await platform.record("queue.paused", "queue_\(queue.rawValue)")
        }
    }

    /// - Throws: `ConfigurationError`.
    package static func resume(_ queue: QueueName, _ reader: ConfigReader) async throws {
        try await OperatorSession.run(reader) { platform in
            try await platform.jobs.resume(queue)
            try await platform.record("queue.resumed", "queue_\(queue.rawValue)")
        }
    }

    private static func change(
        _ id: UUID, _ action: String, refusal: String, _ reader: ConfigReader,
        _ body: @escaping @Sendable (JobOperations, UnitOfWork) async throws -> Bool
    ) async throws {
        try await OperatorSession.run(reader) { platform in
            try await platform.queue.withUnitOfWork { work in
                guard try await body(platform.jobs, work) else { throw JobRefused(id: id, what: refusal) }
                try await platform.audit.append(
                    AuditEntry(
                        actor: .thisAccount, action: action, subject: TypeID.encode(prefix: "job", uuid: id)), in: work)
            }
        }
    }
}

extension Platform {
    fileprivate func record(_ action: String, _ subject: String) async throws {
        try await queue.withUnitOfWork { work in
            try await audit.append(AuditEntry(actor: .thisAccount, action: action, subject: subject), in: work)
        }
    }
}

extension AuditActor {
    /// Whoever runs this command.
    static var thisAccount: AuditActor { .commandLine(NSUserName()) }
}

struct JobRefused: Error, CustomStringConvertible {
    let id: UUID
    let what: String

    var description: String { "job \(TypeID.encode(prefix: "job", uuid: id)) can't be \(what)" }
}
