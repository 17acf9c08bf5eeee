import Faults
package import Foundation
import Logging
import Metrics
import Postgres

/// Called inside the transaction that buries a job, for the audit trail and the alert.
package typealias DeadJobHook =
    @Sendable (_ jobID: UUID, _ kind: String, _ reason: String, _ work: UnitOfWork) async throws -> Void

/// Runs one claimed job to one of its ends: done, again later, dead, or no longer ours.
struct JobRunner: Sendable {
    /// Taken back from this many dead workers without a finish, a job is held to be what kills them.
    static let maximumRecoveries = 3
    static let parkingTime: Duration = .seconds(60)
    /// The same attempt has the same entry in Redis, and pushing it again does nothing until that entry is released: it
    /// must not be due before.
    static let shortestRest: Duration = .seconds(1)

    let queueName: QueueName
    let registry: JobRegistry
    let queue: JobQueue
    let settler: JobSettler
    let onDead: DeadJobHook
    let metrics: JobMetrics
    let logger: Logger

    func run(_ claim: ClaimedJob) async {
        do {
            guard let envelope = try await envelope(of: claim) else {
                return try await settle(claim.key, needsFinish: false)
            }
            try await run(envelope, recoveries: claim.recoveries)
        } catch {
            // The claim stays in the active list: the consumer hands it back when it sees that nobody runs it.
            logger.error("A job could not be settled", metadata: ["job_id": "\(claim.key.jobID)", "error": "\(error)"])
        }
    }

    private func envelope(of claim: ClaimedJob) async throws -> JobEnvelope? {
        if let envelope = claim.envelope { return envelope }
        return try await queue.postgres.queryOne(JobSQL.load(claim.key), as: DueJob.self)?.envelope
    }

    private func run(_ envelope: JobEnvelope, recoveries: Int) async throws {
        guard recoveries < Self.maximumRecoveries else {
            return try await bury(envelope, reason: "taken back from \(recoveries) workers that died while running it")
        }
        guard let handler = registry.handlers[envelope.kind] else {
            logger.error("No handler for this kind of job; parked", metadata: ["kind": "\(envelope.kind)"])
            return try await reschedule(
                envelope, after: Self.parkingTime, error: "no handler for \(envelope.kind)", countsAsAttempt: false)
        }
        if let limit = handler.rateLimit { try await waitForToken(limit) }
        let completion = JobCompletion()
        let started = ContinuousClock.now
        do {
            try await perform(handler, envelope, completion)
        } catch {
            metrics.failed(kind: envelope.kind)
            return try await settleFailure(envelope, policy: handler.policy, error: error)
        }
        metrics.finished(kind: envelope.kind, after: ContinuousClock.now - started)
        faultPoint("job.ran")
        try await settle(envelope.key, needsFinish: !completion.isRecorded)
    }

    private func perform(
        _ handler: JobRegistry.Handler, _ envelope: JobEnvelope, _ completion: JobCompletion
    ) async throws {
        var logger = logger
        logger[metadataKey: "job_id"] = "\(envelope.key.jobID)"
        logger[metadataKey: "kind"] = "\(envelope.kind)"
        if let trace = envelope.trace { logger[metadataKey: "trace"] = "\(trace)" }
        let context = JobContext(
            kind: envelope.kind, logger: logger, key: envelope.key, queue: queue, completion: completion)
        try await JobTrace.$current.withValue(envelope.trace) {
            try await withDeadline(handler.timeout) {
                try await handler.run(envelope.payload, context)
            }
        }
    }

    private func settleFailure(_ envelope: JobEnvelope, policy: RetryPolicy, error: any Error) async throws {
        switch error {
        case is JobOwnershipLost:
            try await settle(envelope.key, needsFinish: false)
        case let later as RetryLater:
            try await reschedule(envelope, after: later.delay, error: later.reason, countsAsAttempt: false)
        case let permanent as PermanentJobFailure:
            try await bury(envelope, reason: permanent.reason)
        case _ where Task.isCancelled:
            // Shutting down: the claim stays in the active list, and leaving the queue hands it back as it is. To make it
            // pending here would let a relay push it before its old entry is gone.
            return
        case _ where Int(envelope.key.attempt) + 1 >= policy.maximumAttempts:
            try await bury(envelope, reason: "failed \(policy.maximumAttempts) times, last: \(error)")
        default:
            let delay = policy.delay(afterAttempt: Int(envelope.key.attempt))
            logger.warning(
                "A job failed and will run again",
                metadata: [
                    "job_id": "\(envelope.key.jobID)", "kind": "\(envelope.kind)", "error": "\(error)",
                    "after": "\(delay)",
                ])
            try await reschedule(envelope, after: delay, error: "\(error)", countsAsAttempt: true)
        }
    }

    private func reschedule(
        _ envelope: JobEnvelope, after delay: Duration, error: String, countsAsAttempt: Bool
    ) async throws {
        let rest = countsAsAttempt ? delay : max(delay, Self.shortestRest)
        let statement = JobSQL.reschedule(envelope.key, after: rest, error: error, countsAsAttempt: countsAsAttempt)
        // Not cancelled with the run: a job that is being handed back must reach PostgreSQL.
        _ = try await Task { [queue] in try await queue.postgres.execute(statement) }.value
        faultPoint("job.rescheduled")
        try await settle(envelope.key, needsFinish: false)
    }

    private func bury(_ envelope: JobEnvelope, reason: String) async throws {
        metrics.buried(kind: envelope.kind)
        logger.error(
            "A job is dead",
            metadata: ["job_id": "\(envelope.key.jobID)", "kind": "\(envelope.kind)", "reason": "\(reason)"])
        try await queue.withUnitOfWork { work in
            if try await work.execute(JobSQL.bury(envelope.key, error: reason)) == 1 {
                try await onDead(envelope.key.jobID, envelope.kind, reason, work)
            }
        }
        faultPoint("job.buried")
        try await settle(envelope.key, needsFinish: false)
    }

    private func settle(_ key: DispatchKey, needsFinish: Bool) async throws {
        try await settler.settle(JobSettler.Settlement(key: key, needsFinish: needsFinish))
    }

    private func waitForToken(_ limit: RateLimit) async throws {
        while true {
            let wait = try await queue.transport.takeToken(limit)
            if wait == .zero { return }
            try await Task.sleep(for: wait)
        }
    }
}

/// Cancels the body and throws once the deadline has passed.
private func withDeadline(_ deadline: Duration, _ body: @escaping @Sendable () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: deadline)
            throw JobTimedOut(deadline: deadline)
        }
        defer { group.cancelAll() }
        try await group.next()
    }
}

struct JobTimedOut: Error, CustomStringConvertible {
    let deadline: Duration

    var description: String { "ran longer than \(deadline)" }
}
