package import Postgres

/// Gives audit events their places in their subjects' chains once they are committed, one batch after the other: whatever
/// commits late gets a late place.
package struct AuditLinking: Sendable {
    private let postgres: PostgresClient
    private let chain: AuditChain
    private let batch: Int

    /// - Parameter batch: how many events are linked in one transaction at most.
    package init(postgres: PostgresClient, audit: AuditStore, batch: Int = 1_000) {
        self.postgres = postgres
        chain = audit.chain
        self.batch = max(1, batch)
    }

    /// Links every event that is committed by now, unless somebody else is at it.
    package func run() async throws {
        while try await turn() {}
    }

    /// - Returns: whether there may be more to link at once.
    package func turn() async throws -> Bool {
        guard try await postgres.queryValue(LinkingSQL.isAnyWaiting, as: Bool.self) == true else { return false }
        return try await postgres.withTransaction { transaction in
            // A statement of its own, so that the next one sees everything that was committed before the turn was had.
            guard try await transaction.queryValue(LinkingSQL.takeTurn, as: Bool.self) == true else { return false }
            let waiting = try await transaction.query(LinkingSQL.waiting(atMost: batch), as: WaitingEvent.self)
            guard !waiting.isEmpty else { return false }
            try await transaction.pipeline(LinkingSQL.record(try links(of: waiting)))
            return waiting.count == batch
        }
    }

    private func links(of waiting: [WaitingEvent]) throws(PostgresError) -> [(AuditEvent, AuditLink)] {
        var ends: [String: AuditLink] = [:]
        var links: [(AuditEvent, AuditLink)] = []
        for next in waiting {
            let subject = next.event.entry.subject
            let end = ends[subject].map { (sequence: $0.sequence, hash: $0.hash) } ?? next.end
            let link = chain.link(next.event, as: try end.sequence.successor, after: end.hash)
            ends[subject] = link
            links.append((next.event, link))
        }
        return links
    }
}

/// An event without a place, and the end of its chain.
private struct WaitingEvent: PostgresRowDecodable, Sendable {
    let event: AuditEvent
    let end: (sequence: Int64, hash: [UInt8])

    init(row: borrowing PostgresRow) throws(PostgresError) {
        event = try AuditEvent(row: row)
        end = (try row.decode("end_sequence"), try row.decode("end_hash"))
    }
}

private enum LinkingSQL {
    static let isAnyWaiting: PostgresStatement = "SELECT EXISTS (SELECT FROM audit_events WHERE sequence IS NULL)"

    /// The number is the lock's own and means nothing.
    static let takeTurn: PostgresStatement = "SELECT pg_try_advisory_xact_lock(4850187346190283746)"

    /// Ids carry the time at which their transaction wrote them: within a batch they give the order. A chain whose end somebody
    /// has moved to where nothing can follow keeps the others from nothing; its verification tells.
    static func waiting(atMost limit: Int) -> PostgresStatement {
        """
        SELECT \(unescaped: AuditSQL.columns), end_sequence, end_hash
        FROM audit_events LEFT JOIN LATERAL (
            SELECT sequence AS last, hash AS last_hash FROM audit_chains WHERE subject = audit_events.subject
        ) AS chain ON true CROSS JOIN LATERAL (
            SELECT coalesce(last, 0) AS end_sequence, coalesce(last_hash, \(AuditChain.genesis)) AS end_hash
        ) AS chain_end
        WHERE sequence IS NULL AND end_sequence BETWEEN 0 AND \(Int64.max - Int64(limit))
        ORDER BY id LIMIT \(limit)
        """
    }

    static func record(_ links: [(AuditEvent, AuditLink)]) -> PostgresStatement {
        PostgresStatement(
            sql: """
                WITH links AS (
                    SELECT * FROM unnest($1::uuid[], $2::text[], $3::int8[], $4::bytea[], $5::bytea[], $6::bytea[])
                        AS link (id, subject, sequence, previous_hash, hash, signature)
                ), linked AS (
                    UPDATE audit_events SET sequence = links.sequence, previous_hash = links.previous_hash,
                        hash = links.hash, link_signature = links.signature
                    FROM links WHERE audit_events.id = links.id
                )
                INSERT INTO audit_chains (subject, sequence, hash)
                SELECT DISTINCT ON (subject) subject, sequence, hash FROM links ORDER BY subject, sequence DESC
                ON CONFLICT (subject) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash
                """,
            parameters: [
                links.map(\.0.id.uuid), links.map(\.0.entry.subject), links.map(\.1.sequence),
                links.map(\.1.previousHash), links.map(\.1.hash), links.map(\.1.signature),
            ])
    }
}
