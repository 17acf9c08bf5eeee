package import Foundation
package import Logging
import Postgres
import ServiceLifecycle

/// A worker process' share of the queues: consumers, heartbeat, relay, sweeps and schedule.
package struct JobWorker: Service {
    private let services: [any Service]
    private let logger: Logger

    /// - Parameters:
    ///   - onDead: runs in the transaction that buries a job.
    ///   - now: the clock of the schedule.
    package init(
        configuration: WorkerConfiguration, registry: JobRegistry, cron: [CronJob], queue: JobQueue, logger: Logger,
        onDead: @escaping DeadJobHook, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.logger = logger
        let transport = queue.transport
        let precedence = Precedence(crowd: configuration.crowd)
        let holds = JobHolds(postgres: queue.postgres, lease: configuration.holdLease)
        let consumers = configuration.concurrency.map { name, concurrency in
            let settler = JobSettler(
                queue: name, worker: configuration.worker, postgres: queue.postgres, transport: transport,
                logger: logger)
            let runner = JobRunner(
                queueName: name, registry: registry, queue: queue,
                loader: JobLoader(queue: name, postgres: queue.postgres), holds: holds, settler: settler,
                onDead: onDead, metrics: JobMetrics(queue: name, registry: registry), logger: logger)
            return QueueConsumer(
                queueName: name, concurrency: concurrency, configuration: configuration, runner: runner,
                transport: transport, precedence: precedence, logger: logger)
        }
        let relay = Relay(postgres: queue.postgres, transport: transport)
        let recovery = RecoverySweep(
            queues: Array(Set(QueueName.all).union(configuration.concurrency.keys)),
            expiry: configuration.heartbeatExpiry, postgres: queue.postgres, transport: transport)
        let numbering = EventNumbering(postgres: queue.postgres)
        let scheduler = CronScheduler(jobs: cron, queue: queue, now: now)
        func periodic(
            _ name: String, every interval: Duration, _ turn: @escaping @Sendable () async throws -> Bool
        ) -> any Service {
            PeriodicService(name: name, interval: interval, logger: logger, turn: turn)
        }
        services =
            [
                periodic("heartbeat", every: configuration.heartbeatInterval) {
                    for name in configuration.concurrency.keys {
                        try await transport.heartbeat(name, worker: configuration.worker)
                    }
                    return false
                },
                periodic("holds", every: configuration.heartbeatInterval) {
                    try await holds.renew()
                    return false
                },
                periodic("own list", every: configuration.heartbeatInterval) {
                    for consumer in consumers { try await consumer.handBackAbandoned() }
                    return false
                },
                periodic("relay", every: configuration.relayInterval) { try await relay.turn() },
                periodic("event numbering", every: configuration.relayInterval) { try await numbering.turn() },
                periodic("recovery", every: configuration.recoveryInterval) { try await recovery.turn() },
                periodic("reconcile", every: configuration.ledgerSweepAge / 2) { try await recovery.reconcile() },
                periodic("ledger sweep", every: configuration.ledgerSweepAge / 2) {
                    try await relay.sweep(age: configuration.ledgerSweepAge)
                },
                periodic("cron", every: .seconds(1)) { try await scheduler.turn() },
            ] + consumers as [any Service]
    }

    /// Returns once a graceful shutdown has drained every consumer.
    package func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in services {
                group.addTask { try await service.run() }
            }
            try await group.waitForAll()
        }
    }
}
