import Core
import Foundation
import Postgres

/// All SQL about who calls which endpoint when, and how far the feed of events was followed.
struct WebhookRunStore: Sendable {
    /// Of one owner's endpoints so many are called at once: the marketplace's own, and a vendor's.
    static let mostRuns = (marketplace: 64, vendor: 8)
    /// What one turn has called.
    static let mostStarted = 256
    /// A run that has not ended by then is not under way any more.
    private static let patience: TimeInterval = 600

    /// Whether there is anything to do.
    func isDue(at now: Date, in executor: some PostgresExecutor) async throws(PostgresError) -> Bool {
        try await executor.queryValue(
            """
            SELECT EXISTS (SELECT FROM webhook_progress, event_positions WHERE position <> last)
                AND EXISTS (SELECT FROM webhook_endpoints WHERE removed_at IS NULL AND disabled_at IS NULL)
                OR EXISTS (SELECT FROM webhook_endpoint_states
                    WHERE next_due_at <= \(now) AND (run_until IS NULL OR run_until <= \(now)))
            """, as: Bool.self) ?? false
    }

    /// Takes the turn until the transaction is over.
    /// - Returns: how far the feed was followed; nil where somebody else has the turn.
    func takeTurn(in transaction: some PostgresExecutor) async throws(PostgresError) -> Int64? {
        try await transaction.queryValue("SELECT position FROM webhook_progress FOR UPDATE SKIP LOCKED", as: Int64.self)
    }

    /// The same, after whoever has the turn.
    func waitForTurn(in transaction: some PostgresExecutor) async throws(PostgresError) -> Int64 {
        try await transaction.queryValue("SELECT position FROM webhook_progress FOR UPDATE", as: Int64.self) ?? 0
    }

    func note(_ position: Int64, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.pipeline("UPDATE webhook_progress SET position = \(position)")
    }

    /// Where no other endpoint is told anything, nobody has followed the feed: it is followed from now on.
    func begin(
        with endpoint: ID<WebhookEndpoint>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            UPDATE webhook_progress SET position = greatest(position, last) FROM event_positions
            WHERE NOT EXISTS (SELECT FROM webhook_endpoints
                WHERE removed_at IS NULL AND disabled_at IS NULL AND id <> \(endpoint))
            """)
    }

    /// Keeps runs of these endpoints from ending until the transaction is over: they will see what it adds.
    func lock(_ endpoints: [ID<WebhookEndpoint>], in transaction: some PostgresExecutor) async throws(PostgresError) {
        guard !endpoints.isEmpty else { return }
        try await transaction.pipeline(
            """
            SELECT FROM webhook_endpoint_states WHERE endpoint_id = ANY(\(endpoints)) ORDER BY endpoint_id FOR UPDATE
            """)
    }

    /// There is something for them now; they get it once they have rested.
    func wake(
        _ endpoints: [ID<WebhookEndpoint>], at now: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        guard !endpoints.isEmpty else { return }
        try await transaction.pipeline(
            """
            UPDATE webhook_endpoint_states
            SET next_due_at = least(next_due_at, greatest(\(now)::timestamptz, paused_until))
            WHERE endpoint_id = ANY(\(endpoints))
            """)
    }

    /// Nothing is to be sent to it.
    func rest(_ endpoint: ID<WebhookEndpoint>, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.pipeline(
            "UPDATE webhook_endpoint_states SET next_due_at = NULL WHERE endpoint_id = \(endpoint)")
    }

    /// Begins anew with an endpoint: whatever it did is forgotten, and what waits is due.
    func reset(
        _ endpoint: ID<WebhookEndpoint>, at now: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            UPDATE webhook_endpoint_states SET unanswered = 0, paused_until = NULL, failing_since = NULL, next_due_at = \(now)
            WHERE endpoint_id = \(endpoint)
            """)
    }

    /// Starts a run for each endpoint that is due and has none, the longest waiting first; an owner who has many under way waits.
    func start(at now: Date, in transaction: some PostgresExecutor) async throws(PostgresError) -> [WebhookRun] {
        let most = Self.mostRuns
        return try await transaction.query(
            """
            WITH running AS (
                SELECT endpoint.vendor_id, count(*) AS runs
                FROM webhook_endpoint_states AS state JOIN webhook_endpoints AS endpoint ON endpoint.id = state.endpoint_id
                WHERE state.run_until > \(now) GROUP BY endpoint.vendor_id
            ), due AS (
                SELECT state.endpoint_id, state.next_due_at, endpoint.vendor_id,
                    row_number() OVER (PARTITION BY endpoint.vendor_id ORDER BY state.next_due_at, endpoint.id)
                        + coalesce(running.runs, 0) AS place
                FROM webhook_endpoint_states AS state JOIN webhook_endpoints AS endpoint ON endpoint.id = state.endpoint_id
                LEFT JOIN running ON running.vendor_id IS NOT DISTINCT FROM endpoint.vendor_id
                WHERE state.next_due_at <= \(now) AND (state.run_until IS NULL OR state.run_until <= \(now))
            ), chosen AS (
                SELECT endpoint_id FROM due
                WHERE place <= CASE WHEN vendor_id IS NULL THEN \(most.marketplace)::int8 ELSE \(most.vendor)::int8 END
                ORDER BY next_due_at LIMIT \(Self.mostStarted)
            )
            UPDATE webhook_endpoint_states AS state
            SET run_id = gen_random_uuid(), run_until = \(now + Self.patience)
            FROM chosen WHERE state.endpoint_id = chosen.endpoint_id
            RETURNING state.endpoint_id, state.run_id, state.unanswered > 0 AS is_slow
            """, as: WebhookRun.self)
    }

    /// The endpoint's health, while the run is under way; others wait until the transaction is over.
    func lock(
        _ run: WebhookRun.Key, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> WebhookEndpointHealth? {
        try await transaction.queryOne(
            """
            SELECT \(unescaped: WebhookEndpointHealth.columns) FROM webhook_endpoint_states
            WHERE endpoint_id = \(run.endpoint) AND run_id = \(run.id) FOR UPDATE
            """, as: WebhookEndpointHealth.self)
    }

    func isUnderWay(
        _ run: WebhookRun.Key, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> WebhookEndpointHealth? {
        try await executor.queryOne(
            """
            SELECT \(unescaped: WebhookEndpointHealth.columns) FROM webhook_endpoint_states
            WHERE endpoint_id = \(run.endpoint) AND run_id = \(run.id)
            """, as: WebhookEndpointHealth.self)
    }

    func note(
        _ health: WebhookEndpointHealth, of endpoint: ID<WebhookEndpoint>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            UPDATE webhook_endpoint_states SET unanswered = \(Int32(clamping: health.unanswered)),
                paused_until = \(health.pausedUntil), failing_since = \(health.failingSince),
                last_delivered_at = \(health.lastDeliveredAt)
            WHERE endpoint_id = \(endpoint)
            """)
    }

    /// Ends a run whose endpoint is locked.
    /// - Parameter next: when the next one is due; nil where nothing waits.
    func end(
        _ run: WebhookRun.Key, next: Date?, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            UPDATE webhook_endpoint_states SET run_id = NULL, run_until = NULL, next_due_at = \(next)
            WHERE endpoint_id = \(run.endpoint) AND run_id = \(run.id)
            """)
    }
}

/// A run of calls to one endpoint.
struct WebhookRun: Sendable, PostgresRowDecodable {
    struct Key: Codable, Hashable, Sendable {
        let endpoint: ID<WebhookEndpoint>
        let id: UUID
    }

    let key: Key
    /// Whether the last call was not answered: it may hold up whoever calls.
    let isSlow: Bool

    init(row: borrowing PostgresRow) throws(PostgresError) {
        key = Key(endpoint: try row.decode("endpoint_id"), id: try row.decode("run_id"))
        isSlow = try row.decode("is_slow")
    }
}
