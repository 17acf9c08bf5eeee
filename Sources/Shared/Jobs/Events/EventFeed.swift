package import Foundation
package import Postgres

/// The events on record, in the order of their positions.
package struct EventFeed: Sendable {
    /// Where it is said that there are new ones; PostgreSQL's LISTEN hears it.
    package static let channel = "haat_events"

    package init() {}

    /// The last position that was given.
    package func lastPosition(in executor: some PostgresExecutor) async throws(PostgresError) -> Int64 {
        try await executor.queryValue("SELECT last FROM event_positions", as: Int64.self) ?? 0
    }

    /// At most `limit` events after a position, the earliest first.
    package func events(
        after position: Int64, limit: Int, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [RecordedEvent] {
        try await executor.query(EventSQL.list(after: position, limit: limit), as: RecordedEvent.self)
    }

    /// At most `limit` numbered events of a span of time, without its end, in the order of their ids.
    /// - Parameter id: goes on after this one.
    package func events(
        from start: Date, until end: Date, after id: UUID?, limit: Int, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [RecordedEvent] {
        try await executor.query(
            EventSQL.list(from: start, until: end, after: id, limit: limit), as: RecordedEvent.self)
    }
}

/// Gives events their positions once they are committed, one batch after the other: whatever commits late gets a late position.
struct EventNumbering: Sendable {
    static let batch = 1_000

    let postgres: PostgresClient

    /// - Returns: whether there may be more to number at once.
    func turn() async throws -> Bool {
        guard try await postgres.queryValue(EventSQL.isAnyWaiting, as: Bool.self) == true else { return false }
        let numbered = try await postgres.withTransaction { transaction in
            // A statement of its own, so that the next one sees everything that was committed before the lock was had.
            try await transaction.pipeline(EventSQL.takeTurn)
            return try await transaction.queryValue(EventSQL.number(atMost: Self.batch), as: Int.self) ?? 0
        }
        // Apart from every other transaction: those that notify wait for one another's commits.
        if numbered > 0 { try await postgres.execute(EventSQL.notify) }
        return numbered == Self.batch
    }
}

extension RecordedEvent: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        id = try row.decode("id")
        position = try row.decode("position")
        name = try row.decode("name")
        version = try row.decode("version")
        payload = try row.decode("payload")
        occurredAt = try row.decode("occurred_at")
        trace = try row.decode("trace")
    }
}

private enum EventSQL {
    private static let columns =
        "id, position, name, version::int8 AS version, payload::text AS payload, occurred_at, trace"

    static func list(after position: Int64, limit: Int) -> PostgresStatement {
        """
        SELECT \(unescaped: columns) FROM events WHERE position > \(position) ORDER BY position LIMIT \(limit)
        """
    }

    /// Ids carry the time, by which partitions are left out.
    static func list(from start: Date, until end: Date, after id: UUID?, limit: Int) -> PostgresStatement {
        """
        SELECT \(unescaped: columns) FROM events
        WHERE id >= uuid7_floor(\(start)) AND id < uuid7_floor(\(end))
            AND id > coalesce(\(id)::uuid, '00000000-0000-0000-0000-000000000000') AND position IS NOT NULL
        ORDER BY id LIMIT \(limit)
        """
    }

    static let notify: PostgresStatement = "SELECT pg_notify(\(EventFeed.channel), '')"

    static let isAnyWaiting: PostgresStatement = "SELECT EXISTS (SELECT FROM events WHERE position IS NULL)"

    static let takeTurn: PostgresStatement = "SELECT FROM event_positions FOR UPDATE"

    /// Ids carry the time at which their transaction wrote them: within a batch they give the order.
    static func number(atMost limit: Int) -> PostgresStatement {
        """
        WITH waiting AS (
            SELECT id, last + row_number() OVER (ORDER BY id) AS position
            FROM (SELECT id FROM events WHERE position IS NULL ORDER BY id LIMIT \(limit)) AS batch, event_positions
        ), numbered AS (
            UPDATE events SET position = waiting.position FROM waiting WHERE events.id = waiting.id
            RETURNING events.position
        ), moved AS (
            UPDATE event_positions SET last = (SELECT max(position) FROM numbered)
            WHERE EXISTS (SELECT FROM numbered)
        )
        SELECT count(*) FROM numbered
        """
    }
}
