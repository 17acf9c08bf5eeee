import NIOCore

/// How a worker process takes part in the queues.
package struct WorkerConfiguration: Sendable {
    /// Unique among the workers alive; names the active lists.
    package let worker: String
    /// Jobs run at once, per queue.
    package let concurrency: [QueueName: Int]
    package let heartbeatInterval: Duration
    /// A worker that has been silent for this long loses its jobs.
    package let heartbeatExpiry: Duration
    package let recoveryInterval: Duration
    package let relayInterval: Duration
    /// How old a dispatched job must be before it is pushed again, and how often that is looked at.
    package let ledgerSweepAge: Duration
    /// What a worker holds in PostgreSQL it loses before it loses its jobs.
    var holdLease: Duration { heartbeatExpiry - heartbeatInterval * 2 }
    /// After a shutdown signal running jobs have this long; the rest is handed back.
    package let drainDeadline: Duration
    /// So many webhooks and deliveries at once are a crowd, for which mails step back.
    package let crowd: Int

    package init(
        worker: String, concurrency: [QueueName: Int], heartbeatInterval: Duration = .seconds(5),
        heartbeatExpiry: Duration = .seconds(30), recoveryInterval: Duration = .seconds(10),
        relayInterval: Duration = .milliseconds(250), ledgerSweepAge: Duration = .seconds(60),
        drainDeadline: Duration = .seconds(20), crowd: Int = 2 * System.coreCount
    ) {
        self.worker = worker
        self.concurrency = concurrency
        self.heartbeatInterval = heartbeatInterval
        self.heartbeatExpiry = heartbeatExpiry
        self.recoveryInterval = recoveryInterval
        self.relayInterval = relayInterval
        self.ledgerSweepAge = ledgerSweepAge
        self.drainDeadline = drainDeadline
        self.crowd = crowd
    }
}
