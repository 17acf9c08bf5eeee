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

    /// Puts entries on record in the caller's transaction: with it they stay or vanish.
    ///
    /// Each subject's chain is locked until the transaction ends, the subjects of one call in their own order. A
    /// transaction therefore appends once, after its other locks. One round trip for each entry, two for a chain's
    /// first; almost every transaction has one, and arrays with their joins would cost it more than its rows.
    package func append(_ entries: [AuditEntry], in transaction: some PostgresExecutor) async throws(PostgresError) {
        let bySubject = Dictionary(grouping: entries, by: \.subject).sorted { $0.key < $1.key }
        for entry in bySubject.flatMap(\.value) { try await append(entry, in: transaction) }
    }

    /// Puts one entry on record; see `append(_:in:)` for entries.
    package func append(_ entry: AuditEntry, in transaction: some PostgresExecutor) async throws(PostgresError) {
        let head = try await lockHead(of: entry.subject, in: transaction)
        try await transaction.pipeline(AuditSQL.record(link(entry, after: head.hash, as: try head.sequence.successor)))
    }

    private func lockHead(
        of subject: String, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> ChainHead {
        if let head = try await transaction.queryOne(AuditSQL.lockHead(of: subject), as: ChainHead.self) { return head }
        guard let head = try await transaction.queryOne(AuditSQL.openHead(of: subject), as: ChainHead.self) else {
            throw .decoding("no audit chain for \(subject)")
        }
        return head
    }

    /// Records the first event of a subject that this very transaction has made. No round trip, no lock to wait for.
    /// - Throws: a unique violation when the subject has events already.
    package func open(_ entry: AuditEntry, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.pipeline(AuditSQL.open(link(entry, after: AuditChain.genesis, as: 1)))
    }

    /// A page of events, the newest first; those of one subject, or of all.
    package func events(
        of subject: String?, page: PageRequest, in executor: some PostgresExecutor
    ) async throws -> Page<AuditEvent> {
        let listing = "audit_events"
        let before: ID<AuditEvent>? = try page.cursor.map { text throws(Problem) in
            try Cursor.id(in: text, listing: listing)
        }
        let rows = try await executor.query(
            AuditSQL.list(subject: subject, before: before, limit: page.limit + 1), as: AuditEvent.self)
        return Page(fetched: rows, limit: page.limit) { Cursor(listing: listing, after: $0.id) }
    }

    private func link(_ entry: AuditEntry, after hash: [UInt8], as sequence: Int64) -> AuditEvent {
        chain.link(entry, id: ID(uuid: ids.next()), sequence: sequence, recordedAt: clock.now, previousHash: hash)
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
        sequence = try row.decode("sequence")
        recordedAt = try row.decode("recorded_at")
        previousHash = try row.decode("previous_hash")
        hash = try row.decode("hash")
        signature = try row.decode("signature")
    }
}

enum AuditSQL {
    private static let columns =
        "id, subject, sequence, actor, action, payload, recorded_at, previous_hash, hash, signature"

    /// The end of a chain, locked to the end of the transaction.
    static func lockHead(of subject: String) -> PostgresStatement {
        "SELECT subject, sequence, hash FROM audit_chains WHERE subject = \(subject) FOR UPDATE"
    }

    /// The same of a chain without events; the update is for a chain that somebody else has opened meanwhile.
    static func openHead(of subject: String) -> PostgresStatement {
        """
        INSERT INTO audit_chains (subject, sequence, hash) VALUES (\(subject), 0, \(AuditChain.genesis))
        ON CONFLICT (subject) DO UPDATE SET sequence = audit_chains.sequence
        RETURNING subject, sequence, hash
        """
    }

    static func record(_ event: AuditEvent) -> PostgresStatement {
        PostgresStatement(
            sql: """
                WITH recorded AS (
                    INSERT INTO audit_events (\(columns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                )
                UPDATE audit_chains SET sequence = $3, hash = $9 WHERE subject = $2
                """,
            parameters: parameters(of: event))
    }

    private static func parameters(of event: AuditEvent) -> [any PostgresEncodable] {
        [
            event.id, event.entry.subject, event.sequence, event.entry.actor.rawValue, event.entry.action,
            event.entry.payload.canonicalText, event.recordedAt, event.previousHash, event.hash, event.signature,
        ]
    }

    static func open(_ event: AuditEvent) -> PostgresStatement {
        PostgresStatement(
            sql: """
                WITH opened AS (INSERT INTO audit_chains (subject, sequence, hash) VALUES ($2, $3, $9))
                INSERT INTO audit_events (\(columns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                """,
            parameters: parameters(of: event))
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
        "SELECT \(unescaped: columns) FROM audit_events WHERE subject = \(subject) ORDER BY sequence"
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
