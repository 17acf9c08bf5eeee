import ArgumentParser
import Core
import Foundation
import Jobs
import Platform
import WorkerRuntime

@main
struct HaatWorker: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "haat-worker", abstract: "Runs jobs, and lets operators steer them.",
        subcommands: [
            Run.self, JobsCommand.self, AuditCommand.self, ReconcileCommand.self, VaultCommand.self, SearchCommand.self,
        ])
}

struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Claim jobs and run them until SIGTERM.")

    @Option(
        help:
            "Queues and how many jobs of each run at once, such as webhooks:16,delivery:16,email:8. Default: all queues."
    )
    var queues: String?

    mutating func run() async throws {
        let selection = try queues.map { try QueueSelection(parsing: $0) } ?? .all
        try await ProcessStart.run {
            try await WorkerProcess.run(queues: selection, reader: ProcessStart.environment)
        }
    }
}

struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "Look at jobs and queues, and steer them.",
        subcommands: [List.self, Show.self, Retry.self, Discard.self, Pause.self, Resume.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The newest jobs, one a line, tab-separated.")

        @Option(help: "pending, dispatched, done, dead or cancelled.") var state: JobState?
        @Option(help: "Only this queue.") var queue: QueueName?
        @Option(help: "At most so many.") var limit = 50

        mutating func run() async throws {
            let state = state, queue = queue, limit = limit
            try await withCommands { try await $0.list(state: state, queue: queue, limit: limit) }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "One job in full.")

        @Argument var job: JobArgument

        mutating func run() async throws {
            let id = job.id
            try await withCommands { try await $0.show(id) }
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Run a dead or cancelled job again.")

        @Argument var job: JobArgument

        mutating func run() async throws {
            let id = job.id
            try await ProcessStart.run { try await JobSteering.retry(id, ProcessStart.environment) }
        }
    }

    struct Discard: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Give a job up.")

        @Argument var job: JobArgument

        mutating func run() async throws {
            let id = job.id
            try await ProcessStart.run { try await JobSteering.discard(id, ProcessStart.environment) }
        }
    }

    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Stop claiming jobs of a queue; running ones finish.")

        @Argument var queue: QueueName

        mutating func run() async throws {
            let queue = queue
            try await ProcessStart.run { try await JobSteering.pause(queue, ProcessStart.environment) }
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Claim jobs of a queue again.")

        @Argument var queue: QueueName

        mutating func run() async throws {
            let queue = queue
            try await ProcessStart.run { try await JobSteering.resume(queue, ProcessStart.environment) }
        }
    }
}

private func withCommands(_ body: @escaping @Sendable (JobCommands) async throws -> Void) async throws {
    try await ProcessStart.run { try await JobCommands.with(ProcessStart.environment, body) }
}

/// A job as `job_01j…` or as a plain UUID.
struct JobArgument: ExpressibleByArgument {
    let id: UUID

    init?(argument: String) {
        guard let id = TypeID.decode(argument, prefix: "job") ?? UUID(uuidString: argument) else { return nil }
        self.id = id
    }
}

extension JobState: ExpressibleByArgument {}

extension QueueName: ExpressibleByArgument {}
