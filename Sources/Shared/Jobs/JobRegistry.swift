package import Foundation
package import Logging

/// What a handler knows of the run it is in.
package struct JobContext: WorkScope, Sendable {
    package let kind: String
    package let logger: Logger
    let run: JobRun
    let queue: JobQueue
    let holds: JobHolds

    package var jobID: UUID { run.key.jobID }
    /// 0 for the first run.
    package var attempt: Int { Int(run.key.attempt) }

    /// Commits the body's effect and the end of this job in one transaction. At most once per run; where another worker
    /// was faster it throws `JobOwnershipLost` and leaves no effect.
    package func withUnitOfWork<Result: Sendable>(
        _ body: @Sendable (UnitOfWork) async throws -> Result
    ) async throws -> Result {
        let result = try await queue.run(behind: JobSQL.fence(run.key), body)
        run.recordFinish()
        return result
    }

    package func holdJob() async throws {
        try await holds.hold(for: run)
    }

    /// Transactions that do not finish the job but hold it, for steps before the last one.
    package var withoutFinishing: some WorkScope { JobSteps(run: run, queue: queue, holds: holds) }
}

private struct JobSteps: WorkScope {
    let run: JobRun
    let queue: JobQueue
    let holds: JobHolds

    func withUnitOfWork<Result: Sendable>(
        _ body: @Sendable (UnitOfWork) async throws -> Result
    ) async throws -> Result {
        let result = try await queue.run(behind: holds.fence(for: run), body)
        holds.note(run)
        return result
    }

    func holdJob() async throws {
        try await holds.hold(for: run)
    }
}

/// Handlers by kind. A worker that meets a kind it does not know parks the job, so that a newer worker can run it.
package struct JobRegistry: Sendable {
    struct Handler: Sendable {
        let policy: RetryPolicy
        let timeout: Duration
        let rateLimit: RateLimit?
        let run: @Sendable (_ payload: [UInt8], _ context: JobContext) async throws -> Void
    }

    private(set) var handlers: [String: Handler] = [:]

    package init() {}

    /// - Parameters:
    ///   - timeout: after this long the run is cancelled and counts as failed.
    ///   - rateLimit: a token is taken before each run, shared by all workers.
    package mutating func register<Payload: JobPayload>(
        _ type: Payload.Type, policy: RetryPolicy = RetryPolicy(), timeout: Duration = .seconds(60),
        rateLimit: RateLimit? = nil, run: @escaping @Sendable (Payload, JobContext) async throws -> Void
    ) {
        handlers[Payload.kind] = Handler(policy: policy, timeout: timeout, rateLimit: rateLimit) { bytes, context in
            let payload: Payload
            do {
                payload = try JSONDecoder.jobs.decode(Payload.self, from: Data(bytes))
            } catch {
                throw PermanentJobFailure("the payload of \(Payload.kind) can't be read: \(error)")
            }
            try await run(payload, context)
        }
    }
}
