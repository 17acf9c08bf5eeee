package import Crypto
import Faults
package import Foundation
package import Logging
package import Postgres
package import Redis

/// Records jobs with the transactions that cause them and pushes them once those have committed.
package final class JobQueue: Claim, Sendable {
    let postgres: PostgresClient
    package let transport: JobTransport
    private let subscriptions: Subscriptions
    private let makeID: @Sendable () -> UUID
    private let logger: Logger

    /// - Parameters:
    ///   - envelopeKey: the installation's own for this purpose: it believes no job in Redis that was not sealed with it.
    ///   - subscriptions: what the events of its transactions cause.
    ///   - makeID: gives UUIDv7s: partitions and the order of jobs follow from them.
    package init(
        postgres: PostgresClient, redis: RedisClient, envelopeKey: SymmetricKey,
        subscriptions: Subscriptions = Subscriptions(), logger: Logger,
        makeID: @escaping @Sendable () -> UUID
    ) {
        self.postgres = postgres
        transport = JobTransport(redis: redis, seal: EnvelopeSeal(key: envelopeKey))
        self.subscriptions = subscriptions
        self.makeID = makeID
        self.logger = logger
    }

    package func withUnitOfWork<Result: Sendable>(
        _ body: @Sendable (UnitOfWork) async throws -> Result
    ) async throws -> Result {
        try await run(behind: nil, body)
    }

    package func hold() {}

    /// No job asked for the work, so nothing ends with it.
    package func finish<Result: Sendable>(
        _ body: @Sendable (UnitOfWork) async throws -> Result
    ) async throws -> Result {
        try await withUnitOfWork(body)
    }

    /// The same behind a job's fence: the transaction is rolled back where the job is not to be run.
    /// - Throws: `JobOwnershipLost` then.
    func run<Result: Sendable>(
        behind fence: PostgresStatement?, _ body: @Sendable (UnitOfWork) async throws -> Result
    ) async throws -> Result {
        do {
            let (result, envelopes) = try await perform(behind: fence, body)
            faultPoint("job.committed")
            pushSoon(envelopes)
            return result
        } catch let error as PostgresError where error.sqlState == JobSQL.ownershipLost {
            throw JobOwnershipLost()
        }
    }

    private func perform<Result: Sendable>(
        behind fence: PostgresStatement?, _ body: @Sendable (UnitOfWork) async throws -> Result
    ) async throws -> (Result, [JobEnvelope]) {
        let trace = JobTrace.current
        return try await postgres.withTransaction { transaction in
            let consequences = Consequences(
                makeID: self.makeID, subscriptions: self.subscriptions, trace: trace)
            let work = UnitOfWork(transaction: transaction, consequences: consequences, behind: fence)
            let result = try await body(work)
            return (result, try await work.close())
        }
    }

    /// Pushes recorded jobs without making the caller wait: should it fail, the relay pushes them.
    package func pushSoon(_ envelopes: [JobEnvelope]) {
        guard !envelopes.isEmpty else { return }
        Task { [transport, logger] in
            do {
                try await transport.push(envelopes)
                faultPoint("job.pushed")
            } catch {
                logger.debug("Left \(envelopes.count) jobs to the relay", metadata: ["error": "\(error)"])
            }
        }
    }
}

/// The W3C trace context that jobs inherit from whatever caused them.
package enum JobTrace {
    @TaskLocal package static var current: String?

    /// The part of a `traceparent` that the whole trace shares.
    static func traceID(of traceparent: String) -> Substring {
        traceparent.split(separator: "-", omittingEmptySubsequences: false).dropFirst().first ?? Substring(traceparent)
    }
}
