import Faults
import Logging
import Redis
import ServiceLifecycle

/// Claims jobs of one queue and runs them, never more at once than the queue's concurrency.
struct QueueConsumer: Service {
    /// How long one blocking move waits; shutdown waits for it too.
    private static let patience: Duration = .seconds(1)
    private static let pauseAfterRedisFailure: Duration = .milliseconds(250)
    private static let claimLimit = 128

    let queueName: QueueName
    let configuration: WorkerConfiguration
    let runner: JobRunner
    let transport: JobTransport
    let logger: Logger
    private let precedence: Precedence
    private let slots: Slots
    private let held = HeldJobs()

    init(
        queueName: QueueName, concurrency: Int, configuration: WorkerConfiguration, runner: JobRunner,
        transport: JobTransport, precedence: Precedence, logger: Logger
    ) {
        self.queueName = queueName
        self.configuration = configuration
        self.runner = runner
        self.transport = transport
        self.logger = logger
        self.precedence = precedence
        if queueName.urgency == .yielding {
            let slots = Slots(capacity: concurrency) { precedence.share(of: concurrency) }
            precedence.whenCalm { [weak slots] in slots?.reconsider() }
            self.slots = slots
        } else {
            slots = Slots(capacity: concurrency)
        }
    }

    func run() async throws {
        await withGracefulShutdownHandler {
            await claimUntilStopped()
        } onGracefulShutdown: {
            slots.close()
        }
        await leave()
    }

    private func claimUntilStopped() async {
        await withDiscardingTaskGroup { running in
            while !isStopping {
                do {
                    try await transport.withWaitingConnection { connection in
                        while !isStopping { try await claimAndStart(on: connection, &running) }
                    }
                } catch {
                    logger.debug("Can't claim jobs", metadata: ["queue": "\(queueName)", "error": "\(error)"])
                    await sleep(Self.pauseAfterRedisFailure)
                }
            }
            await waitForRunningJobs()
            running.cancelAll()
        }
    }

    private var isStopping: Bool { Task.isShuttingDownGracefully || Task.isCancelled }

    private func claimAndStart(
        on connection: RedisDedicatedConnection, _ running: inout DiscardingTaskGroup
    ) async throws {
        let taken = await slots.take(upTo: Self.claimLimit)
        var claims: [ClaimedJob] = []
        defer { slots.giveBack(taken - claims.count) }
        guard taken > 0, !isStopping else { return }
        claims = try await claim(upTo: taken, on: connection)
        for claim in claims {
            held.begin(claim.key)
            running.addTask {
                await run(claim)
                held.end(claim.key)
                slots.giveBack(1)
            }
        }
    }

    private func run(_ claim: ClaimedJob) async {
        guard queueName.urgency == .urgent else { return await runner.run(claim) }
        precedence.beginUrgent()
        await runner.run(claim)
        precedence.endUrgent()
    }

    /// Gives back what stands in our active list and nobody here runs.
    func handBackAbandoned() async throws {
        let listed = try await transport.claimed(queueName, worker: configuration.worker)
        let abandoned = held.abandoned(among: listed)
        let count = try await transport.handBack(abandoned, queue: queueName, worker: configuration.worker)
        guard count > 0 else { return }
        logger.warning(
            "Handed back claimed jobs that were not running", metadata: ["queue": "\(queueName)", "count": "\(count)"])
    }

    private func claim(upTo count: Int, on connection: RedisDedicatedConnection) async throws -> [ClaimedJob] {
        let worker = configuration.worker
        var claims = try await transport.claim(queueName, worker: worker, count: count)
        if claims.isEmpty {
            guard
                let key = try await transport.waitForOne(
                    queueName, worker: worker, patience: Self.patience, on: connection)
            else { return [] }
            claims = try await transport.claim(queueName, worker: worker, count: count - 1, alreadyMoved: key)
            // Paused: look again soon, without a blocking move that would only be undone.
            if claims.isEmpty { await sleep(Self.pauseAfterRedisFailure) }
        }
        if !claims.isEmpty { faultPoint("job.claimed") }
        return claims
    }

    private func waitForRunningJobs() async {
        let deadline = ContinuousClock.now + configuration.drainDeadline
        while !slots.isIdle, ContinuousClock.now < deadline, !Task.isCancelled {
            await sleep(.milliseconds(20))
        }
    }

    private func leave() async {
        do {
            try await transport.leave(queueName, worker: configuration.worker)
        } catch {
            logger.info(
                "Could not leave the queue; a sweep will", metadata: ["queue": "\(queueName)", "error": "\(error)"])
        }
    }
}

/// Sleeps, or returns early when cancelled: loops look at their own condition next.
func sleep(_ duration: Duration) async {
    do {
        try await Task.sleep(for: duration)
    } catch {
        return
    }
}
