package import Core
import Foundation
package import Identity
package import Postgres

/// All SQL about deliveries and their calls.
package struct WebhookDeliveryStore: Sendable {
    package init() {}

    /// A page of an endpoint's deliveries, the newest first. Whether the endpoint is within reach is for its own store to say.
    package func deliveries(
        to endpoint: ID<WebhookEndpoint>, in state: WebhookDelivery.State?, of eventType: String?, page: PageRequest,
        in executor: some PostgresExecutor
    ) async throws -> Page<WebhookDelivery> {
        try await page.newestFirst("webhook_deliveries", by: \.id) { before, limit in
            try await executor.query(
                DeliverySQL.list(to: endpoint, in: state, of: eventType, before: before, limit: limit),
                as: WebhookDelivery.self)
        }
    }

    /// A delivery, or nil where there is none within reach.
    package func delivery(
        _ id: ID<WebhookDelivery>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> WebhookDelivery? {
        try await executor.queryOne(DeliverySQL.one(id, visibleTo: visibility), as: WebhookDelivery.self)
    }

    /// The same with its calls.
    package func details(
        _ id: ID<WebhookDelivery>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> WebhookDeliveryDetails? {
        guard let delivery = try await delivery(id, visibleTo: visibility, in: executor) else { return nil }
        let attempts = try await executor.query(
            """
            SELECT number, started_at, milliseconds, status, error, answer FROM webhook_delivery_attempts
            WHERE delivery_id = \(id) ORDER BY id DESC LIMIT \(WebhookDeliveryDetails.mostAttempts)
            """, as: WebhookAttempt.self)
        return WebhookDeliveryDetails(delivery: delivery, attempts: attempts)
    }

    func insert(_ deliveries: [WebhookDelivery], in transaction: some PostgresExecutor) async throws(PostgresError) {
        guard !deliveries.isEmpty else { return }
        try await transaction.pipeline(
            """
            INSERT INTO webhook_deliveries (id, endpoint_id, event_id, event_type, body, due_at, created_at)
            SELECT * FROM unnest(\(deliveries.map(\.id)), \(deliveries.map(\.endpoint)), \(deliveries.map(\.event)),
                \(deliveries.map(\.eventType)), \(deliveries.map(\.body)), \(deliveries.map(\.dueAt)),
                \(deliveries.map(\.createdAt)))
            """)
    }

    /// Those of an endpoint that are due, the longest waiting first.
    func due(
        to endpoint: ID<WebhookEndpoint>, at now: Date, limit: Int, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [WebhookDelivery] {
        try await executor.query(
            """
            SELECT \(unescaped: DeliverySQL.columns) FROM webhook_deliveries AS delivery
            WHERE endpoint_id = \(endpoint) AND state = 'pending' AND due_at <= \(now)
            ORDER BY due_at, id LIMIT \(limit)
            """, as: WebhookDelivery.self)
    }

    /// When the next one of an endpoint is due; nil where nothing waits.
    func nextDue(
        to endpoint: ID<WebhookEndpoint>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Date? {
        try await executor.queryValue(
            """
            SELECT due_at FROM webhook_deliveries WHERE endpoint_id = \(endpoint) AND state = 'pending'
            ORDER BY due_at LIMIT 1
            """, as: Date.self)
    }

    /// Puts a call on record, and what became of its delivery.
    func book(
        _ attempt: WebhookAttempt, as id: UUID, of delivery: WebhookDelivery, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            INSERT INTO webhook_delivery_attempts (id, delivery_id, number, started_at, milliseconds, status, error, answer)
            VALUES (\(id), \(delivery.id), \(Int32(attempt.number)), \(attempt.startedAt), \(Int64(attempt.milliseconds)),
                \(attempt.status.map { Int32($0) }), \(attempt.error), \(attempt.answer))
            """)
        try await transaction.pipeline(
            """
            UPDATE webhook_deliveries SET state = \(delivery.state.rawValue), attempts = \(Int32(delivery.attempts)),
                failures = \(Int32(delivery.failures)), due_at = \(delivery.dueAt)
            WHERE id = \(delivery.id)
            """)
    }

    /// Has those sent again that are not about to be sent anyway.
    func sendAgain(
        _ ids: [ID<WebhookDelivery>], at now: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        guard !ids.isEmpty else { return }
        try await transaction.pipeline(
            """
            UPDATE webhook_deliveries SET state = 'pending', failures = 0, due_at = \(now)
            WHERE id = ANY(\(ids)) AND (state <> 'pending' OR due_at > \(now))
            """)
    }

    /// What became of events for an endpoint; the newest delivery of each counts.
    func states(
        of events: [UUID], to endpoint: ID<WebhookEndpoint>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [DeliveredEvent] {
        try await executor.query(
            """
            SELECT DISTINCT ON (event_id) event_id, id, state FROM webhook_deliveries
            WHERE event_id = ANY(\(events)) AND endpoint_id = \(endpoint) ORDER BY event_id, id DESC
            """, as: DeliveredEvent.self)
    }
}

/// What became of an event for one endpoint.
struct DeliveredEvent: Sendable, PostgresRowDecodable {
    let event: UUID
    let delivery: ID<WebhookDelivery>
    let state: WebhookDelivery.State

    init(row: borrowing PostgresRow) throws(PostgresError) {
        event = try row.decode("event_id")
        delivery = try row.decode("id")
        state = try row.decode("state")
    }
}

extension WebhookDelivery.State: PostgresCodable {}

extension WebhookDelivery: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let (attempts, failures): (Int32, Int32) = (try row.decode("attempts"), try row.decode("failures"))
        self.init(
            id: try row.decode("id"), endpoint: try row.decode("endpoint_id"), event: try row.decode("event_id"),
            eventType: try row.decode("event_type"), body: try row.decode("body"), state: try row.decode("state"),
            attempts: Int(attempts), failures: Int(failures), dueAt: try row.decode("due_at"),
            createdAt: try row.decode("created_at"))
    }
}

extension WebhookAttempt: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let number: Int32 = try row.decode("number")
        let milliseconds: Int64 = try row.decode("milliseconds")
        let status: Int32? = try row.decode("status")
        self.init(
            number: Int(number), startedAt: try row.decode("started_at"), milliseconds: Int(milliseconds),
            status: status.map { Int($0) }, error: try row.decode("error"), answer: try row.decode("answer"))
    }
}

private enum DeliverySQL {
    static let columns = """
        delivery.id, delivery.endpoint_id, delivery.event_id, delivery.event_type, delivery.body, delivery.state, \
        delivery.attempts, delivery.failures, delivery.due_at, delivery.created_at
        """

    static func one(_ id: ID<WebhookDelivery>, visibleTo visibility: Visibility) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT \(columns) FROM webhook_deliveries AS delivery
                JOIN webhook_endpoints AS endpoint ON endpoint.id = delivery.endpoint_id
                WHERE delivery.id = $1 AND endpoint.removed_at IS NULL
                    AND \(visibility.condition("$2", vendor: "endpoint.vendor_id = $2"))
                """,
            parameters: [id, visibility.subject])
    }

    static func list(
        to endpoint: ID<WebhookEndpoint>, in state: WebhookDelivery.State?, of eventType: String?,
        before: ID<WebhookDelivery>?, limit: Int
    ) -> PostgresStatement {
        let inState = OptionalFilter.equals("delivery.state", state)
        let fromCursor = OptionalFilter.condition("delivery.id < $3", "$3::uuid", isSet: before != nil)
        let ofType = OptionalFilter.condition("delivery.event_type = $4", "$4::text", isSet: eventType != nil)
        return PostgresStatement(
            sql: """
                SELECT \(columns) FROM webhook_deliveries AS delivery
                WHERE delivery.endpoint_id = $1 AND \(inState) AND \(fromCursor) AND \(ofType)
                ORDER BY delivery.id DESC LIMIT $2
                """,
            parameters: [endpoint, limit, before, eventType])
    }
}
