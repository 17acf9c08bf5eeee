package import Configuration
import Core
import Foundation
import Jobs
import Logging
import Payments
import Platform
import ProductSubscriptions
import ServiceLifecycle
import Shipments
import Telemetry
import UnixSignals

/// `haat-worker run`: claims jobs and runs them until SIGTERM, then drains.
package enum WorkerProcess {
    /// Longer than the jobs' own drain deadline, so that the queue decides what is handed back.
    private static let shutdownDeadline: Duration = .seconds(30)

    /// - Throws: `ConfigurationError` for settings that are missing, malformed or name an address that can't be had.
    package static func run(queues: QueueSelection, reader: ConfigReader) async throws {
        let (configuration, providers) = try HaatConfiguration.read(from: reader, with: ProviderAccounts.read)
        // A worker that claimed jobs and then ended at once would be one of the deaths that a job outlives only so often.
        try await configuration.workerManagementAddress?.verify()
        let metrics = ProcessStart.bootstrapTelemetry(configuration)
        try await DurabilityCheck.beforeStart(configuration, process: "haat-worker")
        try await EncryptionKeyCheck.beforeStart(configuration, process: "haat-worker")
        let platform = try Platform(
            process: "haat-worker", configuration: configuration, metrics: metrics, connections: 16,
            subscriptions: .product)
        let group = try serviceGroup(platform, providers, queues: queues)
        platform.logger.info(
            "Running jobs",
            metadata: ["queues": "\(queues.concurrency.map { "\($0):\($1)" }.sorted().joined(separator: ","))"])
        if !queues.unserved.isEmpty {
            platform.logger.warning(
                "Queues are left to other workers; without one their jobs wait",
                metadata: ["unserved": "\(queues.unserved.map(\.rawValue).joined(separator: ","))"])
        }
        try await group.run()
        platform.logger.info("Drained")
    }

    private static func serviceGroup(
        _ platform: Platform, _ providers: ProviderAccounts, queues: QueueSelection
    ) throws -> ServiceGroup {
        let audit = platform.audit
        let mail = try MailService(on: platform, deliveries: queues.concurrency[.email] ?? 0)
        let worker = JobWorker(
            configuration: WorkerConfiguration(worker: workerName, concurrency: queues.concurrency),
            registry: try JobRegistry.product(on: platform, providers: providers, mail: mail.transport),
            cron: CronJob.product,
            queue: platform.queue,
            logger: Logger(label: "jobs"),
            onDead: { id, kind, reason, work in
                try await audit.recordDeadJob(id, kind: kind, reason: reason, in: work)
            })
        let linking = AuditLinking(postgres: platform.postgres, audit: audit)
        let linker = PeriodicService(
            name: "audit linking", interval: .milliseconds(250), logger: platform.logger
        ) { try await linking.turn() }
        // A worker without Redis has nothing to claim from.
        let management = platform.configuration.workerManagementAddress.map {
            Management(of: platform, at: $0, needsRedis: true)
        }
        management?.readiness.markServing()
        var configuration = ServiceGroupConfiguration(
            services: platform.services + [EncryptionKeyCheck(of: platform), platform.evidenceCheck, mail]
                + (management?.services ?? []) + (platform.cacheFollower.map { [$0] } ?? []) + [
                    platform.webhookFollower, linker, worker,
                ]
                + (management.map { [$0.drainNotice] } ?? []),
            gracefulShutdownSignals: [.sigterm, .sigint], logger: platform.logger)
        configuration.maximumGracefulShutdownDuration = shutdownDeadline
        return ServiceGroup(configuration: configuration)
    }

    /// Unique among the workers alive, and readable in Redis.
    private static var workerName: String {
        let host = ProcessInfo.processInfo.hostName.prefix(40)
        return "\(host)-\(ProcessInfo.processInfo.processIdentifier)-\(UUID().uuidString.prefix(8).lowercased())"
    }
}
