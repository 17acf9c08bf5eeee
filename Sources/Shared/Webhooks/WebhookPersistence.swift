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
        let areDurable = await hints.areDurable(arrivals)
        faultPoint("webhook.hinted")
        let unknown = zip(arrivals, areDurable).filter { !$0.1 }.map(\.0)
        let stored = await store(unknown)
        faultPoint("webhook.persisted")
        afterwards(unknown, stored)
        var remaining = stored.makeIterator()
        let missing = Result<Bool, any Error>.failure(PostgresError.unavailable("the event was not stored"))
        return areDurable.map { isDurable in isDurable ? .success(false) : remaining.next() ?? missing }
    }

    private func store(_ arrivals: [ArrivedEvent]) async -> [Result<Bool, any Error>] {
        guard !arrivals.isEmpty else { return [] }
        do {
            let new = Set(try await postgres.queryValues(WebhookSQL.insert(arrivals), as: UUID.self))
            return arrivals.map { .success(new.contains($0.id)) }
        } catch PostgresError.server(let failure) where arrivals.count > 1 {
            logger.warning("A batch of events was refused; storing them one by one", metadata: ["error": "\(failure)"])
            return await storeSingly(arrivals)
        } catch {
            logger.warning("Events could not be stored", metadata: ["count": "\(arrivals.count)", "error": "\(error)"])
            return arrivals.map { _ in .failure(error) }
        }
    }

    private func storeSingly(_ arrivals: [ArrivedEvent]) async -> [Result<Bool, any Error>] {
        var results: [Result<Bool, any Error>] = []
        for arrival in arrivals {
            do {
                results.append(
                    .success(try await !postgres.queryValues(WebhookSQL.insert([arrival]), as: UUID.self).isEmpty))
            } catch {
                logger.error(
                    "An event could not be stored", metadata: ["event": "\(arrival.event.id)", "error": "\(error)"])
                results.append(.failure(error))
            }
        }
        return results
    }

    /// Step 5: nobody waits for it, and the relay does without it.
    private func afterwards(_ arrivals: [ArrivedEvent], _ stored: [Result<Bool, any Error>]) {
        // Keys alone: the bodies are done with, however long Redis takes.
        var durable: [String] = []
        var new: [JobEnvelope] = []
        for (arrival, result) in zip(arrivals, stored) {
            guard case .success(let isNew) = result else { continue }
            durable.append(arrival.hintKey)
            if isNew, arrival.isRelevant { new.append(ProcessWebhookEvent.envelope(of: arrival)) }
        }
        guard !durable.isEmpty else { return }
        queue.pushSoon(new)
        Task { [hints, logger, durable] in
            do {
                try await hints.markDurable(durable)
                faultPoint("webhook.marked")
            } catch {
                logger.debug("Redis could not be told of stored events", metadata: ["error": "\(error)"])
            }
        }
    }
}

enum WebhookSQL {
    /// Event, its uniqueness and its job (or its being ignored), in one statement and so in one transaction. Answers the ids of those that are new.
    /// Sorted, so that two batches with the same events can't wait for each other.
    static func insert(_ arrivals: [ArrivedEvent]) -> PostgresStatement {
        PostgresStatement(
            sql: """
                WITH arrived AS (
                    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::bool[])
                        AS arrived (id, provider, event_id, event_type, signature, body, is_relevant)
                ), new AS (
                    INSERT INTO webhook_seen (provider, event_id, webhook_event_id)
                    SELECT provider, event_id, id FROM arrived ORDER BY provider, event_id
                    ON CONFLICT DO NOTHING
                    RETURNING webhook_event_id
                ), stored AS (
                    INSERT INTO webhook_events (id, provider, event_id, event_type, signature, body)
                    SELECT id, provider, event_id, event_type, signature, body
                    FROM arrived JOIN new ON new.webhook_event_id = arrived.id
                ), ignored AS (
                    INSERT INTO webhook_outcomes (webhook_event_id, outcome, detail)
                    SELECT id, '\(WebhookOutcome.ignored.rawValue)', 'events of this type change nothing here'
                    FROM arrived JOIN new ON new.webhook_event_id = arrived.id WHERE NOT is_relevant
                ), caused AS (
                    INSERT INTO jobs (id, queue, kind, payload, relay_at)
                    SELECT id, '\(ProcessWebhookEvent.queue.rawValue)', '\(ProcessWebhookEvent.kind)',
                        jsonb_build_object('event_id', id, 'provider', provider), now() + interval '2 seconds'
                    FROM arrived JOIN new ON new.webhook_event_id = arrived.id WHERE is_relevant
                )
                SELECT webhook_event_id FROM new
                """,
            parameters: [
                arrivals.map(\.id), arrivals.map(\.provider), arrivals.map(\.event.id), arrivals.map(\.event.type),
                arrivals.map(\.event.signature), arrivals.map(\.body), arrivals.map(\.isRelevant),
            ])
    }
}

/// Understand a stored event. The job bears the event's id.
package struct ProcessWebhookEvent: JobPayload {
    package static let kind = "webhooks.process"
    package static let queue = QueueName.webhooks

    package let eventID: UUID
    package let provider: String

    package init(eventID: UUID, provider: String) {
        self.eventID = eventID
        self.provider = provider
    }

    private enum CodingKeys: String, CodingKey {
        case eventID = "event_id"
        case provider
    }

    /// What the insert above records, as it travels through Redis.
    static func envelope(of arrival: ArrivedEvent) -> JobEnvelope {
        JobEnvelope(
            key: DispatchKey(jobID: arrival.id, attempt: 0), queue: queue, kind: kind, trace: nil,
            payload: Array(#"{"event_id":"\#(arrival.id.lowercaseText)","provider":"\#(arrival.provider)"}"#.utf8))
    }
}
