import Faults
package import Foundation
package import Jobs
import Logging
import Postgres

/// Stores arrived events with their jobs, one statement for as many as have come together.
struct WebhookPersistence: Sendable {
    let postgres: PostgresClient
    let hints: WebhookHints
    let queue: JobQueue
    let logger: Logger

    /// For each arrival whether it is new, or the error that kept it from being durable.
    func persist(_ arrivals: [ArrivedEvent]) async -> [Result<Bool, any Error>] {
        let remembered = await remembered(among: arrivals)
        faultPoint("webhook.hinted")
        let unknown = remembered.isEmpty ? arrivals : arrivals.filter { !remembered.contains($0.id) }
        let stored = await store(unknown)
        faultPoint("webhook.persisted")
        var remaining = stored.makeIterator()
        let missing = Result<Bool, any Error>.failure(PostgresError.unavailable("the event was not stored"))
        return arrivals.map { remembered.contains($0.id) ? .success(false) : remaining.next() ?? missing }
    }

    /// Those that Redis says are durable and the database has, in the very history that Redis speaks of. Only their commits
    /// are known to be safe; that a row is visible does not prove that a standby has it.
    private func remembered(among arrivals: [ArrivedEvent]) async -> Set<UUID> {
        let hinted = zip(arrivals, await hints.histories(of: arrivals)).filter { $0.1 != nil }
        guard !hinted.isEmpty else { return [] }
        do {
            let seen = try await postgres.query(WebhookSQL.seen(hinted.map(\.0)), as: SeenEvent.self)
            let histories = Dictionary(seen.map { ($0.arrivalID, $0.history) }, uniquingKeysWith: { first, _ in first })
            return Set(hinted.filter { histories[$0.0.id] == $0.1 }.map(\.0.id))
        } catch {
            logger.debug("Hints could not be confirmed", metadata: ["error": "\(error)"])
            return []
        }
    }

    private func store(_ arrivals: [ArrivedEvent]) async -> [Result<Bool, any Error>] {
        guard !arrivals.isEmpty else { return [] }
        do {
            return try await insert(arrivals).map { .success($0) }
        } catch PostgresError.server(let failure) where arrivals.count > 1 {
            logger.warning("A batch of events was refused; storing them one by one", metadata: ["error": "\(failure)"])
            return await storeSingly(arrivals)
        } catch {
            logger.warning("Events could not be stored", metadata: ["count": "\(arrivals.count)", "error": "\(error)"])
            return arrivals.map { _ in .failure(error) }
        }
    }

    /// For each arrival whether it is new.
    private func insert(_ arrivals: [ArrivedEvent]) async throws(PostgresError) -> [Bool] {
        let rows = try await postgres.query(WebhookSQL.insert(arrivals), as: InsertedEvent.self)
        let new = Set(rows.compactMap(\.newID))
        let areNew = arrivals.map { new.contains($0.id) }
        afterwards(arrivals, areNew, rows.lazy.compactMap(\.history).first)
        return areNew
    }

    private func storeSingly(_ arrivals: [ArrivedEvent]) async -> [Result<Bool, any Error>] {
        var results: [Result<Bool, any Error>] = []
        for arrival in arrivals {
            do {
                results += try await insert([arrival]).map { .success($0) }
            } catch {
                logger.error(
                    "An event could not be stored", metadata: ["event": "\(arrival.event.id)", "error": "\(error)"])
                results.append(.failure(error))
            }
        }
        return results
    }

    /// Step 5: nobody waits for it, and the relay does without it.
    private func afterwards(_ arrivals: [ArrivedEvent], _ areNew: [Bool], _ history: DatabaseHistory?) {
        queue.pushSoon(
            zip(arrivals, areNew).filter { $0.1 && $0.0.isRelevant }.map { ProcessWebhookEvent.envelope(of: $0.0) })
        guard let history else { return }
        // Keys alone: the bodies are done with, however long Redis takes.
        let keys = arrivals.map(\.hintKey)
        Task { [hints, logger] in
            do {
                try await hints.markDurable(keys, in: history)
                faultPoint("webhook.marked")
            } catch {
                logger.debug("Redis could not be told of stored events", metadata: ["error": "\(error)"])
            }
        }
    }
}

/// A row of the insert's answer: a new event, or the history in which all of them are durable now.
private struct InsertedEvent: PostgresRowDecodable, Sendable {
    let newID: UUID?
    let history: DatabaseHistory?

    init(row: PostgresRow) throws(PostgresError) {
        newID = try row.decode("new_id")
        history = (try row.decode("history") as String?).map(DatabaseHistory.init)
    }
}

/// An arrival whose event is in the database, and the history of that.
private struct SeenEvent: PostgresRowDecodable, Sendable {
    let arrivalID: UUID
    let history: DatabaseHistory

    init(row: PostgresRow) throws(PostgresError) {
        arrivalID = try row.decode("arrival_id")
        history = DatabaseHistory(try row.decode("history"))
    }
}

extension DatabaseHistory {
    fileprivate init(_ text: String) {
        self.init(bytes: Array(text.utf8))
    }
}

enum WebhookSQL {
    /// Which of the arrivals' events are in the database. A subquery for each, which no plan turns into a scan.
    static func seen(_ arrivals: [ArrivedEvent]) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT arrived.id AS arrival_id, \(DatabaseHistory.query) AS history
                FROM unnest($1::uuid[], $2::text[], $3::text[]) AS arrived (id, account, event_id)
                WHERE (SELECT true FROM webhook_seen
                       WHERE webhook_seen.account = arrived.account AND webhook_seen.event_id = arrived.event_id)
                """,
            parameters: [arrivals.map(\.id), arrivals.map(\.account), arrivals.map(\.event.id)])
    }

    /// Event, its uniqueness and its job (or its being ignored), in one statement and so in one transaction. Answers the ids
    /// of those that are new, and the history in which all of them are durable once it has committed.
    /// Sorted, so that two batches with the same events can't wait for each other.
    ///
    /// Where none is new, a message in the write-ahead log gives the commit something to wait for: whoever stored the events
    /// may have been kept from waiting for the synchronous standby, and nothing else would prove that it has them.
    static func insert(_ arrivals: [ArrivedEvent]) -> PostgresStatement {
        PostgresStatement(
            sql: """
                WITH arrived AS (
                    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::bool[])
                        AS arrived (id, account, event_id, event_type, headers, body, is_relevant)
                ), new AS (
                    INSERT INTO webhook_seen (account, event_id, webhook_event_id)
                    SELECT account, event_id, id FROM arrived ORDER BY account, event_id
                    ON CONFLICT DO NOTHING
                    RETURNING webhook_event_id
                ), stored AS (
                    INSERT INTO webhook_events (id, account, event_id, event_type, headers, body)
                    SELECT id, account, event_id, event_type, headers::jsonb, body
                    FROM arrived JOIN new ON new.webhook_event_id = arrived.id
                ), ignored AS (
                    INSERT INTO webhook_outcomes (webhook_event_id, outcome, detail)
                    SELECT id, '\(WebhookOutcome.ignored.rawValue)', 'events of this type change nothing here'
                    FROM arrived JOIN new ON new.webhook_event_id = arrived.id WHERE NOT is_relevant
                ), caused AS (
                    INSERT INTO jobs (id, queue, kind, payload, relay_at, trace)
                    SELECT id, '\(ProcessWebhookEvent.queue.rawValue)', '\(ProcessWebhookEvent.kind)',
                        jsonb_build_object('event_id', id, 'account', account), now() + interval '2 seconds',
                        '00-' || replace(id::text, '-', '') || '-' || right(replace(id::text, '-', ''), 16) || '-01'
                    FROM arrived JOIN new ON new.webhook_event_id = arrived.id WHERE is_relevant
                )
                SELECT webhook_event_id AS new_id, NULL AS history FROM new
                UNION ALL SELECT NULL, \(DatabaseHistory.query)
                UNION ALL SELECT NULL, NULL FROM pg_logical_emit_message(true, 'haat.webhook_seen', '')
                    WHERE NOT EXISTS (SELECT FROM new)
                """,
            parameters: [
                arrivals.map(\.id), arrivals.map(\.account), arrivals.map(\.event.id), arrivals.map(\.event.type),
                arrivals.map(\.headers), arrivals.map(\.body), arrivals.map(\.isRelevant),
            ])
    }
}

/// Understand a stored event. The job bears the event's id.
package struct ProcessWebhookEvent: JobPayload {
    package static let kind = "webhooks.process"
    package static let queue = QueueName.webhooks

    package let eventID: UUID
    package let account: String

    package init(eventID: UUID, account: String) {
        self.eventID = eventID
        self.account = account
    }

    private enum CodingKeys: String, CodingKey {
        case eventID = "event_id"
        case account
    }

    /// What the insert above records, as it travels through Redis.
    static func envelope(of arrival: ArrivedEvent) -> JobEnvelope {
        JobEnvelope(
            key: DispatchKey(jobID: arrival.id, attempt: 0), queue: queue, kind: kind, trace: arrival.traceparent,
            payload: Array(#"{"event_id":"\#(arrival.id.lowercaseText)","account":"\#(arrival.account)"}"#.utf8))
    }
}
