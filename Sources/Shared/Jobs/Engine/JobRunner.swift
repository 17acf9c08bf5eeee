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
    /// After so many runs that began and never ended, a job is held to be what ends the workers.
    static let maximumUnendedRuns = 3
    static let parkingTime: Duration = .seconds(60)
    /// The same attempt has the same entry in Redis, and pushing it again does nothing until that entry is released: it
    /// must not be due before.
    static let shortestRest: Duration = .seconds(1)

    let queueName: QueueName
    let registry: JobRegistry
    let queue: JobQueue
    let loader: JobLoader
    let holds: JobHolds
    let settler: JobSettler
    let onDead: DeadJobHook
    let metrics: JobMetrics
    let logger: Logger

    func run(_ claim: ClaimedJob) async {
        do {
            guard let envelope = try await envelope(of: claim) else {
                return try await settle(claim.key, needsFinish: false)
            }
            let run = holds.makeRun(of: envelope)
            defer { holds.end(run) }
            try await carryOut(run, wasRecovered: claim.wasRecovered || envelope.hasUnendedRuns)
        } catch {
            // The claim stays in the active list: the consumer hands it back when it sees that nobody runs it.
            logger.error("A job could not be settled", metadata: ["job_id": "\(claim.key.jobID)", "error": "\(error)"])
        }
    }

    private func envelope(of claim: ClaimedJob) async throws -> JobEnvelope? {
        if let envelope = claim.envelope { return envelope }
        return try await loader.load(claim.key)
    }

    private func carryOut(_ run: JobRun, wasRecovered: Bool) async throws {
        let kind = run.envelope.kind
        guard let handler = registry.handlers[kind] else {
            logger.error("No handler for this kind of job; parked", metadata: ["kind": "\(kind)"])
            return try await reschedule(
                run, after: Self.parkingTime, error: "no handler for \(kind)", countsAsAttempt: false)
        }
        if let limit = handler.rateLimit { try await waitForToken(limit) }
        if wasRecovered {
            guard try await mayRunAgain(run) else { return }
        }
        let started = ContinuousClock.now
        do {
            try await perform(handler, run)
        } catch {
            metrics.failed(kind: kind)
            return try await settleFailure(run, policy: handler.policy, error: error)
        }
        metrics.finished(kind: kind, after: ContinuousClock.now - started)
        faultPoint("job.ran")
        try await settle(run.key, needsFinish: !run.isFinished)
    }

    /// Redis says that a worker fell silent with this job. That alone proves nothing, so the runs are counted in the row: what
    /// has begun there and not ended. Settles the job where it may not run now.
    private func mayRunAgain(_ run: JobRun) async throws -> Bool {
        do {
            let begun = try await holds.holdAfterRecovery(for: run)
            guard begun > Self.maximumUnendedRuns else { return true }
            try await bury(run, reason: "\(begun - 1) runs of it have begun and none has ended")
        } catch is JobOwnershipLost {
            try await leaveToHolder(run)
        }
        return false
    }

    private func perform(_ handler: JobRegistry.Handler, _ run: JobRun) async throws {
        let envelope = run.envelope
        var logger = logger
        logger[metadataKey: "job_id"] = "\(envelope.key.jobID)"
        logger[metadataKey: "kind"] = "\(envelope.kind)"
        if let trace = envelope.trace { logger[metadataKey: "trace_id"] = "\(JobTrace.traceID(of: trace))" }
        let context = JobContext(kind: envelope.kind, logger: logger, run: run, queue: queue, holds: holds)
        try await JobTrace.$current.withValue(envelope.trace) {
            try await withDeadline(handler.timeout) {
                try await handler.run(envelope.payload, context)
            }
        }
    }

    private func settleFailure(_ run: JobRun, policy: RetryPolicy, error: any Error) async throws {
        if !run.isFinished, let later = (error as? any PostponingError)?.postponement {
            return try await reschedule(run, after: later.delay, error: later.reason, countsAsAttempt: false)
        }
        let attempt = Int(run.key.attempt)
        switch error {
        case _ where run.isFinished:
            logger.error(
                "A handler failed after it had finished its job; the job will not run again",
                metadata: [
                    "job_id": "\(run.key.jobID)", "kind": "\(run.envelope.kind)", "error": "\(error)",
                ])
            try await settle(run.key, needsFinish: false)
        case is JobOwnershipLost:
            try await leaveToHolder(run)
        case let permanent as PermanentJobFailure:
            try await bury(run, reason: permanent.reason)
        case _ where Task.isCancelled:
            // Shutting down: the claim stays in the active list, and leaving the queue hands it back as it is. To make it
            // pending here would let a relay push it before its old entry is gone.
            try await Task { [holds] in try await holds.letGo(run) }.value
        case _ where attempt + 1 >= policy.maximumAttempts:
            try await bury(run, reason: "failed \(policy.maximumAttempts) times, last: \(error)")
        default:
            let delay = policy.delay(afterAttempt: attempt)
            logger.warning(
                "A job failed and will run again",
                metadata: [
                    "job_id": "\(run.key.jobID)", "kind": "\(run.envelope.kind)", "error": "\(error)",
                    "after": "\(delay)",
                ])
            try await reschedule(run, after: delay, error: "\(error)", countsAsAttempt: true)
        }
    }

    private func reschedule(
        _ run: JobRun, after delay: Duration, error: String, countsAsAttempt: Bool
    ) async throws {
        let rest = countsAsAttempt ? delay : max(delay, Self.shortestRest)
        let statement = JobSQL.reschedule(run, after: rest, error: error, countsAsAttempt: countsAsAttempt)
        // Not cancelled with the run: a job that is being handed back must reach PostgreSQL.
        _ = try await Task { [queue] in try await queue.postgres.execute(statement) }.value
        faultPoint("job.rescheduled")
        try await settle(run.key, needsFinish: false)
    }

    private func bury(_ run: JobRun, reason: String) async throws {
        let (jobID, kind) = (run.key.jobID, run.envelope.kind)
        let isBuried = try await queue.withUnitOfWork { work in
            guard try await work.execute(JobSQL.bury(run, error: reason)) == 1 else { return false }
            try await onDead(jobID, kind, reason, work)
            return true
        }
        if isBuried {
            metrics.buried(kind: kind)
            logger.error("A job is dead", metadata: ["job_id": "\(jobID)", "kind": "\(kind)", "reason": "\(reason)"])
        }
        faultPoint("job.buried")
        try await settle(run.key, needsFinish: false)
    }

    /// Another run may still end the job; where it does not, the job is due again once it is held no more.
    private func leaveToHolder(_ run: JobRun) async throws {
        try await queue.postgres.execute(JobSQL.waitForHolder(run.key))
        try await settle(run.key, needsFinish: false)
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
