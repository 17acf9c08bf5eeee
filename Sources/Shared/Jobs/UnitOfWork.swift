package import Foundation
import NIOConcurrencyHelpers
package import Postgres

/// One database transaction and the jobs that it causes: the jobs are recorded with it or not at all.
package struct UnitOfWork: PostgresExecutor, Sendable {
    private let transaction: PostgresTransaction
    private let caused: CausedJobs

    init(transaction: PostgresTransaction, caused: CausedJobs) {
        self.transaction = transaction
        self.caused = caused
    }

    /// Notes a job; it is recorded just before COMMIT and pushed to its queue right after.
    /// A payload whose unique key is taken is left out silently. `runAt` in the future makes it wait in PostgreSQL.
    package func enqueue<Payload: JobPayload>(_ payload: Payload, runAt: Date? = nil) throws {
        try caused.note(payload, runAt: runAt)
    }

    @discardableResult
    package func execute(_ statement: PostgresStatement) async throws(PostgresError) -> Int {
        try await transaction.execute(statement)
    }

    package func pipeline(_ statement: PostgresStatement) async throws(PostgresError) {
        try await transaction.pipeline(statement)
    }

    package func query<Row: PostgresRowDecodable & Sendable>(
        _ statement: PostgresStatement, as type: Row.Type
    ) async throws(PostgresError) -> [Row] {
        try await transaction.query(statement, as: type)
    }
}

/// Where a use case does its one unit of work: on its own, or as the effect of a job that is finished by the same commit.
package protocol WorkScope: Sendable {
    /// Runs the body in a transaction. The body may run again after a serialization failure, so it holds no outside effects.
    func withUnitOfWork<Result: Sendable>(_ body: @Sendable (UnitOfWork) async throws -> Result) async throws -> Result

    /// Comes before the first effect outside of the database, such as a call to a gateway: where a job does the work, its row
    /// has to say that this attempt is to be run and that nobody else runs it. A unit of work of a job does the same.
    /// - Throws: `JobOwnershipLost` where it does not.
    func holdJob() async throws
}

/// The jobs noted during one attempt of a transaction.
final class CausedJobs: Sendable {
    private let makeID: @Sendable () -> UUID
    private let trace: String?
    private let noted = NIOLockedValueBox<[NewJob]>([])

    init(makeID: @escaping @Sendable () -> UUID, trace: String?) {
        self.makeID = makeID
        self.trace = trace
    }

    func note<Payload: JobPayload>(_ payload: Payload, runAt: Date?) throws {
        let job = NewJob(
            id: makeID(), queue: Payload.queue, kind: Payload.kind,
            payload: Array(try JSONEncoder.jobs.encode(payload)),
            uniqueKey: payload.uniqueKey, runAt: runAt, trace: trace)
        noted.withLockedValue { $0.append(job) }
    }

    /// Records what was noted; answers what may be pushed once the transaction has committed.
    func record(in transaction: PostgresTransaction) async throws -> [JobEnvelope] {
        let jobs = noted.withLockedValue { $0 }
        guard !jobs.isEmpty else { return [] }
        let recorded = try await recorded(jobs, in: transaction)
        let now = Date()
        return recorded.filter { $0.runAt.map { $0 <= now } ?? true }.map { job in
            JobEnvelope(
                key: DispatchKey(jobID: job.id, attempt: 0), queue: job.queue, kind: job.kind, trace: job.trace,
                payload: job.payload)
        }
    }

    /// Only unique keys can keep a job out, so only they are worth an answer.
    private func recorded(_ jobs: [NewJob], in transaction: PostgresTransaction) async throws -> [NewJob] {
        guard jobs.contains(where: { $0.uniqueKey != nil }) else {
            try await transaction.pipeline(JobSQL.insert(jobs))
            return jobs
        }
        let ids = Set(try await transaction.queryValues(JobSQL.insert(jobs), as: UUID.self))
        return jobs.filter { ids.contains($0.id) }
    }
}

extension JSONEncoder {
    /// Payloads carry dates as RFC 3339, so that people and SQL can read them.
    static var jobs: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        return encoder
    }
}

extension JSONDecoder {
    static var jobs: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return decoder
    }
}
