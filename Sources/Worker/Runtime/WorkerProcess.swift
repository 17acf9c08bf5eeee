package import Configuration
import Core
import Foundation
import Jobs
import Logging
import Platform
import ServiceLifecycle
import Telemetry
import UnixSignals

/// `haat-worker run`: claims jobs and runs them until SIGTERM, then drains.
package enum WorkerProcess {
    /// Longer than the jobs' own drain deadline, so that the queue decides what is handed back.
    private static let shutdownDeadline: Duration = .seconds(30)

    /// - Throws: `ConfigurationError` for settings that are missing or malformed.
    package static func run(queues: QueueSelection, reader: ConfigReader) async throws {
        let configuration = try HaatConfiguration(from: reader)
        let metrics = ProcessStart.bootstrapTelemetry(configuration)
        let platform = try Platform(
            process: "haat-worker", configuration: configuration, metrics: metrics, connections: 16)
        let group = try serviceGroup(platform, queues: queues)
        platform.logger.info(
            "Running jobs", metadata: ["queues": "\(queues.concurrency.map { "\($0):\($1)" }.sorted().joined(separator: ","))"])
        try await group.run()
        platform.logger.info("Drained")
    }

    private static func serviceGroup(_ platform: Platform, queues: QueueSelection) throws -> ServiceGroup {
        let audit = platform.audit
        let mail = try MailService(on: platform)
        let worker = JobWorker(
            configuration: WorkerConfiguration(worker: workerName, concurrency: queues.concurrency),
            registry: try JobRegistry.product(on: platform, mail: mail.transport), cron: CronJob.product, queue: platform.queue,
            logger: Logger(label: "jobs"),
            onDead: { id, kind, reason, work in
                try await audit.recordDeadJob(id, kind: kind, reason: reason, in: work)
            })
        platform.metrics.registerQueues(platform.jobs, logger: platform.logger)
        var services = platform.services + [mail]
        if let port = platform.configuration.workerPort {
            services.append(WorkerHTTP(host: platform.configuration.apiHost, port: port, platform: platform))
        }
        services.append(worker)
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: platform.logger)
        configuration.maximumGracefulShutdownDuration = shutdownDeadline
        return ServiceGroup(configuration: configuration)
    }

    /// Unique among the workers alive, and readable in Redis.
    private static var workerName: String {
        let host = ProcessInfo.processInfo.hostName.prefix(40)
        return "\(host)-\(ProcessInfo.processInfo.processIdentifier)-\(UUID().uuidString.prefix(8).lowercased())"
    }
}
