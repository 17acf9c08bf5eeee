package import Core
package import Foundation
package import Identity
package import Postgres
package import Vendors

/// All SQL about endpoints, but for how they are called.
package struct WebhookEndpointStore: Sendable {
    package init() {}

    /// An endpoint, or nil where there is none within reach or it was removed.
    package func endpoint(
        _ id: ID<WebhookEndpoint>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> WebhookEndpoint? {
        try await executor.queryOne(EndpointSQL.one(id, visibleTo: visibility), as: WebhookEndpoint.self)
    }

    /// The same with how calls to it go and what signs them.
    package func details(
        _ id: ID<WebhookEndpoint>, visibleTo visibility: Visibility, at now: Date, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> WebhookEndpointDetails? {
        guard let endpoint = try await endpoint(id, visibleTo: visibility, in: executor) else { return nil }
        let health = try await executor.queryOne(
            "SELECT \(unescaped: WebhookEndpointHealth.columns) FROM webhook_endpoint_states WHERE endpoint_id = \(id)",
            as: WebhookEndpointHealth.self)
        return WebhookEndpointDetails(
            endpoint: endpoint, health: health ?? WebhookEndpointHealth(),
            secrets: try await WebhookSecretStore().secrets(of: id, at: now, in: executor))
    }

    /// A page of endpoints, the newest first.
    package func endpoints(
        of vendor: ID<Vendor>? = nil, page: PageRequest, visibleTo visibility: Visibility,
        in executor: some PostgresExecutor
    ) async throws -> Page<WebhookEndpoint> {
        try await page.newestFirst("webhook_endpoints", by: \.id) { before, limit in
            try await executor.query(
                EndpointSQL.list(of: vendor, visibleTo: visibility, before: before, limit: limit),
                as: WebhookEndpoint.self)
        }
    }

    /// The endpoint for a change; others wait until the transaction is over.
    func lock(
        _ id: ID<WebhookEndpoint>, visibleTo visibility: Visibility, in transaction: some PostgresExecutor
    ) async throws -> WebhookEndpoint {
        let statement = EndpointSQL.one(id, visibleTo: visibility, isLocking: true)
        guard let endpoint = try await transaction.queryOne(statement, as: WebhookEndpoint.self) else {
            throw Problem.notFound("webhook endpoint")
        }
        return endpoint
    }

    /// How many there are of one owner; nil for the marketplace's.
    func count(of vendor: ID<Vendor>?, in executor: some PostgresExecutor) async throws(PostgresError) -> Int64 {
        try await executor.queryValue(
            """
            SELECT count(*) FROM webhook_endpoints
            WHERE removed_at IS NULL AND vendor_id IS NOT DISTINCT FROM \(vendor)
            """, as: Int64.self) ?? 0
    }

    /// Those that are enabled and want one of these kinds of event: the marketplace's, and those of these vendors.
    func wanting(
        _ types: [String], of vendors: [ID<Vendor>], in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [WebhookEndpoint] {
        try await executor.query(
            """
            SELECT \(unescaped: EndpointSQL.columns) FROM webhook_endpoints
            WHERE removed_at IS NULL AND disabled_at IS NULL
                AND (event_types = '{}' OR event_types && \(types))
                AND (vendor_id IS NULL OR vendor_id = ANY(\(vendors)))
            ORDER BY id
            """, as: WebhookEndpoint.self)
    }

    /// Waits for the answer, which may be that there is no such vendor.
    func insert(_ endpoint: WebhookEndpoint, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.execute(EndpointSQL.insert(endpoint))
        try await transaction.pipeline("INSERT INTO webhook_endpoint_states (endpoint_id) VALUES (\(endpoint.id))")
    }

    /// Replaces what may change of a locked endpoint.
    func update(_ endpoint: WebhookEndpoint, in transaction: some PostgresExecutor) async throws(PostgresError) {
        let (terms, disabling) = (endpoint.terms, endpoint.disabling)
        try await transaction.pipeline(
            """
            UPDATE webhook_endpoints SET url = \(terms.url), description = \(terms.description),
                event_types = \(terms.eventTypes), disabled_reason = \(disabling?.reason.rawValue),
                disabled_at = \(disabling?.at), version = \(endpoint.version)
            WHERE id = \(endpoint.id)
            """)
    }

    func remove(
        _ id: ID<WebhookEndpoint>, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline("UPDATE webhook_endpoints SET removed_at = \(time) WHERE id = \(id)")
    }
}

extension WebhookEndpoint: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let reason: String? = try row.decode("disabled_reason")
        let at: Date? = try row.decode("disabled_at")
        var disabling: Disabling?
        if let reason, let at {
            guard let reason = DisabledReason(rawValue: reason) else {
                throw .decoding("a webhook endpoint is disabled as \(reason)")
            }
            disabling = Disabling(reason: reason, at: at)
        }
        self.init(
            id: try row.decode("id"), vendor: try row.decode("vendor_id"),
            terms: WebhookEndpointTerms(
                url: try row.decode("url"), description: try row.decode("description"),
                eventTypes: try row.decode("event_types")),
            disabling: disabling, version: try row.decode("version"), createdAt: try row.decode("created_at"))
    }
}

extension WebhookEndpointHealth: PostgresRowDecodable {
    static let columns = "unanswered, paused_until, failing_since, last_delivered_at"

    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let unanswered: Int32 = try row.decode("unanswered")
        self.init(
            unanswered: Int(unanswered), pausedUntil: try row.decode("paused_until"),
            failingSince: try row.decode("failing_since"), lastDeliveredAt: try row.decode("last_delivered_at"))
    }
}

private enum EndpointSQL {
    static let columns = """
        id, vendor_id, url, description, event_types, disabled_reason, disabled_at, version, created_at
        """

    static func one(
        _ id: ID<WebhookEndpoint>, visibleTo visibility: Visibility, isLocking: Bool = false
    ) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT \(columns) FROM webhook_endpoints WHERE id = $1 AND removed_at IS NULL
                    AND \(visibility.condition("$2", vendor: "vendor_id = $2")) \(isLocking ? "FOR UPDATE" : "")
                """,
            parameters: [id, visibility.subject])
    }

    static func list(
        of vendor: ID<Vendor>?, visibleTo visibility: Visibility, before: ID<WebhookEndpoint>?, limit: Int
    ) -> PostgresStatement {
        let ofVendor = OptionalFilter.condition("vendor_id = $4", "$4::uuid", isSet: vendor != nil)
        let fromCursor = OptionalFilter.condition("id < $1", "$1::uuid", isSet: before != nil)
        return PostgresStatement(
            sql: """
                SELECT \(columns) FROM webhook_endpoints WHERE removed_at IS NULL AND \(fromCursor) AND \(ofVendor)
                    AND \(visibility.condition("$3", vendor: "vendor_id = $3"))
                ORDER BY id DESC LIMIT $2
                """,
            parameters: [before, limit, visibility.subject, vendor])
    }

    static func insert(_ endpoint: WebhookEndpoint) -> PostgresStatement {
        """
        INSERT INTO webhook_endpoints (id, vendor_id, url, description, event_types, created_at)
        VALUES (\(endpoint.id), \(endpoint.vendor), \(endpoint.terms.url), \(endpoint.terms.description),
            \(endpoint.terms.eventTypes), \(endpoint.createdAt))
        """
    }
}
