package import Foundation
package import Logging

/// What a handler knows of the run it is in, and where it commits.
package struct JobContext: Claim, Sendable {
    package let kind: String
    package let logger: Logger
    let run: JobRun
    let queue: JobQueue
    let holds: JobHolds

    package var jobID: UUID { run.key.jobID }
    /// 0 for the first run.
    package var attempt: Int { Int(run.key.attempt) }

    package func finish<Result: Sendable>(
        _ body: @Sendable (UnitOfWork) async throws -> Result
    ) async throws -> Result {
        try checkOpen()
        let result = try await queue.run(behind: JobSQL.fence(run.key), body)
        run.recordFinish()
        return result
    }

    /// A step before the last one: holds the job and does not finish it.
    package func withUnitOfWork<Result: Sendable>(
        _ body: @Sendable (UnitOfWork) async throws -> Result
    ) async throws -> Result {
        try checkOpen()
        let result = try await queue.run(behind: holds.fence(for: run), body)
        holds.note(run)
        return result
    }

    package func hold() async throws {
        try checkOpen()
        try await holds.hold(for: run)
    }

    private func checkOpen() throws {
        if run.isFinished { throw JobFinishedAlready(kind: kind) }
    }
}

/// A handler went on after it had finished its job: what it wanted to do is not done and will not be.
package struct JobFinishedAlready: Error, CustomStringConvertible {
    package let kind: String

    package var description: String { "a handler of \(kind) went on after it had finished its job" }
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
