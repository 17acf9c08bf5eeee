import Foundation
package import Postgres

/// The append-only record of who did what to which subject.
package struct AuditStore: Sendable {
    let chain: AuditChain
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(chain: AuditChain, ids: UUIDv7Generator, clock: some WallClock) {
        self.chain = chain
        self.ids = ids
        self.clock = clock
    }

    /// Puts entries on record in the caller's transaction: with it they stay or vanish. They get their places in their subjects'
    /// chains once they are committed, so that nobody waits for anybody; those of one subject in the order of their ids.
    package func append(_ entries: [AuditEntry], in transaction: some PostgresExecutor) async throws(PostgresError) {
        guard !entries.isEmpty else { return }
        let events = entries.map { chain.sign($0, id: ID(uuid: ids.next()), recordedAt: clock.now) }
        try await transaction.deferInsert(AuditSQL.record(events))
    }

    /// Puts one entry on record; see `append(_:in:)` for entries.
    package func append(_ entry: AuditEntry, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await append([entry], in: transaction)
    }

    /// A page of events, the newest first; those of one subject, or of all.
    package func events(
        of subject: String?, page: PageRequest, in executor: some PostgresExecutor
    ) async throws -> Page<AuditEvent> {
        try await page.newestFirst("audit_events", by: \.id) { before, limit in
            try await executor.query(
                AuditSQL.list(subject: subject, before: before, limit: limit), as: AuditEvent.self)
        }
    }
}

extension Int64 {
    /// The number after this one that a table holds.
    /// - Throws: `PostgresError.decoding` where somebody has written the last one there is.
    var successor: Int64 {
        get throws(PostgresError) {
            let (next, overflow) = addingReportingOverflow(1)
            guard !overflow else { throw .decoding("there is no number after \(self)") }
            return next
        }
    }
}

/// The end of one subject's chain.
struct ChainHead: PostgresRowDecodable, Sendable {
    let subject: String
    let sequence: Int64
    let hash: [UInt8]

    init(row: borrowing PostgresRow) throws(PostgresError) {
        subject = try row.decode("subject")
        sequence = try row.decode("sequence")
        hash = try row.decode("hash")
    }
}

extension AuditEvent: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let payload: String = try row.decode("payload")
        do {
            entry = AuditEntry(
                actor: AuditActor(rawValue: try row.decode("actor")), action: try row.decode("action"),
                subject: try row.decode("subject", as: String.self), payload: try JSONValue(parsing: payload))
        } catch let error as PostgresError {
            throw error
        } catch {
            throw .decoding("audit payload: \(error)")
        }
        id = try row.decode("id")
        recordedAt = try row.decode("recorded_at")
        signature = try row.decode("signature")
        let sequence: Int64? = try row.decode("sequence")
        guard let sequence else {
            link = nil
            return
        }
        link = AuditLink(
            sequence: sequence, previousHash: try row.decode("previous_hash"), hash: try row.decode("hash"),
            signature: try row.decode("link_signature"))
    }
}

enum AuditSQL {
    static let columns = """
        id, subject, actor, action, payload, recorded_at, signature, sequence, previous_hash, hash, link_signature
        """

    static func record(_ events: [AuditEvent]) -> PostgresStatement {
        PostgresStatement(
            sql: """
                INSERT INTO audit_events (id, subject, actor, action, payload, recorded_at, signature)
                SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::bytea[])
                """,
            parameters: [
                events.map(\.id.uuid), events.map(\.entry.subject), events.map(\.entry.actor.rawValue),
                events.map(\.entry.action), events.map(\.entry.payload.canonicalText), events.map(\.recordedAt),
                events.map(\.signature),
            ])
    }

    static func list(subject: String?, before: ID<AuditEvent>?, limit: Int) -> PostgresStatement {
        let ofSubject = OptionalFilter.condition("subject = $1", "$1::text", isSet: subject != nil)
        let fromCursor = OptionalFilter.condition("id < $2", "$2::uuid", isSet: before != nil)
        return PostgresStatement(
            sql: """
                SELECT \(columns) FROM audit_events WHERE \(ofSubject) AND \(fromCursor)
                ORDER BY id DESC LIMIT $3
                """,
            parameters: [subject, before, limit])
    }

    /// The events after a position in the order of subjects and sequences.
    static func chain(afterSubject subject: String, sequence: Int64, limit: Int) -> PostgresStatement {
        """
        SELECT \(unescaped: columns) FROM audit_events
        WHERE (subject, sequence) > (\(subject), \(sequence)) ORDER BY subject, sequence LIMIT \(limit)
        """
    }

    static func chain(of subject: String) -> PostgresStatement {
        "SELECT \(unescaped: columns) FROM audit_events WHERE subject = \(subject) AND sequence > 0 ORDER BY sequence"
    }

    static func heads(of subjects: [String]) -> PostgresStatement {
        "SELECT subject, sequence, hash FROM audit_chains WHERE subject = ANY(\(subjects)::text[])"
    }

    static func subjectsWithoutEvents(limit: Int) -> PostgresStatement {
        """
        SELECT subject FROM audit_chains AS head
        WHERE NOT EXISTS (SELECT FROM audit_events AS event WHERE event.subject = head.subject) LIMIT \(limit)
        """
    }
}
