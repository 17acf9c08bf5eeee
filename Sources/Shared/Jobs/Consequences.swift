import Foundation
import NIOConcurrencyHelpers
import Postgres
import Values

/// What was noted during one attempt of a transaction: events that were published, and jobs. Recorded just before COMMIT.
final class Consequences: Sendable {
    private struct Noted {
        var events: [NewEvent] = []
        var jobs: [NewJob] = []
    }

    private let makeID: @Sendable () -> UUID
    private let subscriptions: Subscriptions
    private let trace: String?
    private let noted = NIOLockedValueBox(Noted())

    init(makeID: @escaping @Sendable () -> UUID, subscriptions: Subscriptions, trace: String?) {
        self.makeID = makeID
        self.subscriptions = subscriptions
        self.trace = trace
    }

    func note<Payload: JobPayload>(_ payload: Payload, runAt: Date?) throws {
        let job = NewJob(
            id: makeID(), queue: Payload.queue, kind: Payload.kind,
            payload: Array(try JSONEncoder.jobs.encode(payload)),
            uniqueKey: payload.uniqueKey, runAt: runAt, trace: trace)
        noted.withLockedValue { $0.jobs.append(job) }
    }

    func publish<Published: Event>(_ event: Published) throws {
        let new = NewEvent(
            id: makeID(), name: Published.name, version: Published.version,
            payload: Array(try JSONEncoder.events.encode(event)))
        noted.withLockedValue { $0.events.append(new) }
        try subscriptions.notify(of: event, self)
    }

    /// Records what was noted, in one statement with what was put off; answers what may be pushed once the transaction has
    /// committed.
    func record(after deferred: DeferredWrites, in transaction: PostgresTransaction) async throws -> [JobEnvelope] {
        let (events, jobs) = noted.withLockedValue { ($0.events, $0.jobs) }
        guard !events.isEmpty || !jobs.isEmpty else {
            if let statement = deferred.take() { try await transaction.pipeline(statement) }
            return []
        }
        let statement = events.isEmpty ? JobSQL.insert(jobs) : JobSQL.insert(jobs, causedBy: events, trace: trace)
        let recorded = try await recorded(jobs, by: statement, after: deferred, in: transaction)
        let now = Date()
        return recorded.filter { $0.runAt.map { $0 <= now } ?? true }.map { job in
            JobEnvelope(
                key: DispatchKey(jobID: job.id, attempt: 0), queue: job.queue, kind: job.kind, trace: job.trace,
                payload: job.payload)
        }
    }

    /// Only unique keys can keep a job out, so only they are worth an answer.
    private func recorded(
        _ jobs: [NewJob], by statement: PostgresStatement, after deferred: DeferredWrites,
        in transaction: PostgresTransaction
    ) async throws -> [NewJob] {
        guard jobs.contains(where: { $0.uniqueKey != nil }) else {
            try await transaction.pipeline(deferred.take(with: statement) ?? statement)
            return jobs
        }
        if let fence = deferred.takeFence() { try await transaction.pipeline(fence) }
        let joined = deferred.take(with: statement) ?? statement
        let ids = Set(try await transaction.queryValues(joined, as: UUID.self))
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

extension JSONEncoder {
    /// Events are read outside, where names are snake_case.
    fileprivate static var events: JSONEncoder {
        let encoder = JSONEncoder.jobs
        // Not Foundation's own, to which `orderIDs` is `order_i_ds`.
        encoder.keyEncodingStrategy = .custom { path in
            EventKey(stringValue: SnakeCase.name(of: path.last?.stringValue ?? ""))
        }
        return encoder
    }
}

private struct EventKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }

    init?(intValue: Int) { nil }
}

extension JSONDecoder {
    static var jobs: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return decoder
    }
}
