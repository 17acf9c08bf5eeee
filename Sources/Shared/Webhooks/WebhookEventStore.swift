import Core
package import Foundation
package import Jobs
package import Postgres

/// An event as it was received.
package struct StoredWebhookEvent: Sendable, PostgresRowDecodable {
    package let id: UUID
    /// Ours at the provider, for which it came.
    package let account: String
    package let eventID: String
    package let type: String
    /// Those that its verifier keeps, by lower-case name.
    package let headers: [String: String]
    /// The raw bytes that the signature covers.
    package let body: [UInt8]
    package let receivedAt: Date

    package init(row: PostgresRow) throws(PostgresError) {
        id = try row.decode("id")
        account = try row.decode("account")
        eventID = try row.decode("event_id")
        type = try row.decode("event_type")
        let headers: JSONValue = try row.decode("headers")
        self.headers = (headers.objectValue ?? [:]).reduce(into: [:]) { $0[$1.key.string] = $1.value.textValue?.string }
        body = try row.decode("body")
        receivedAt = try row.decode("received_at")
    }
}

/// What became of an event.
package enum WebhookOutcome: String, Sendable, CaseIterable, Codable {
    /// It moved something, or confirmed what was known.
    case applied
    /// Of a type, or about an object, that is not ours.
    case ignored
    /// Not to be understood, so that the gateway is asked instead: about the payments that it names, else about all that are open.
    case unreadable
}

/// A line of the operators' list.
package struct WebhookEventSummary: Sendable, PostgresRowDecodable {
    package let id: UUID
    package let account: String
    package let eventID: String
    package let type: String
    package let receivedAt: Date
    /// `nil` until its job has run.
    package let outcome: WebhookOutcome?
    package let detail: String?

    package init(row: PostgresRow) throws(PostgresError) {
        id = try row.decode("id")
        account = try row.decode("account")
        eventID = try row.decode("event_id")
        type = try row.decode("event_type")
        receivedAt = try row.decode("received_at")
        let outcome: String? = try row.decode("outcome")
        self.outcome = outcome.flatMap { WebhookOutcome(rawValue: $0) }
        detail = try row.decode("detail")
    }
}

/// Reads stored events and notes what became of them.
package struct WebhookEventStore: Sendable {
    private let postgres: PostgresClient

    package init(postgres: PostgresClient) {
        self.postgres = postgres
    }

    package func load(_ id: UUID) async throws(PostgresError) -> StoredWebhookEvent? {
        try await load(id, in: postgres)
    }

    /// The same inside the caller's transaction.
    package func load(
        _ id: UUID, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> StoredWebhookEvent? {
        try await executor.queryOne(
            """
            SELECT id, account, event_id, event_type, headers, body, received_at FROM webhook_events WHERE id = \(id)
            """, as: StoredWebhookEvent.self)
    }

    /// Notes the outcome in the transaction that brings it about; a replay overwrites the earlier one.
    package static func record(
        _ outcome: WebhookOutcome, detail: String? = nil, for id: UUID, in executor: some PostgresExecutor
    ) async throws(PostgresError) {
        try await executor.deferUpdate(
            """
            INSERT INTO webhook_outcomes (webhook_event_id, outcome, detail) VALUES (\(id), \(outcome.rawValue), \(detail))
            ON CONFLICT (webhook_event_id) DO UPDATE
                SET outcome = excluded.outcome, detail = excluded.detail, decided_at = now()
            """)
    }

    /// Newest first; `before` is the id that the previous page ended with.
    package func list(account: String?, before: UUID?, limit: Int) async throws(PostgresError) -> [WebhookEventSummary]
    {
        let ofAccount = OptionalFilter.condition("account = $1", "$1::text", isSet: account != nil)
        let older = OptionalFilter.condition("id < $2", "$2::uuid", isSet: before != nil)
        return try await postgres.query(
            PostgresStatement(
                sql: """
                    SELECT id, account, event_id, event_type, received_at, outcome, detail
                    FROM webhook_events LEFT JOIN webhook_outcomes ON webhook_event_id = id
                    WHERE \(ofAccount) AND \(older)
                    ORDER BY id DESC LIMIT $3
                    """,
                parameters: [account, before, limit]),
            as: WebhookEventSummary.self)
    }

    /// Has a stored event processed once more, from its raw body.
    package func replay(_ id: UUID, in work: UnitOfWork) async throws -> Bool {
        guard let event = try await load(id, in: work) else { return false }
        try work.enqueue(ProcessWebhookEvent(eventID: event.id, account: event.account))
        return true
    }
}
