import Foundation
package import Postgres

/// Makes checkpoints over the audit chains and verifies those there are.
package struct AuditCheckpointStore: Sendable {
    private let sealer: AuditSealer
    private let clock: any WallClock

    package init(sealer: AuditSealer, clock: some WallClock) {
        self.sealer = sealer
        self.clock = clock
    }

    /// How long before the last event that was seen another one may have begun and still not have been committed.
    private static let longestTransaction: UInt128 = 3_600_000

    /// Adds a checkpoint over all chains that have grown, also where none has: it is a sign of life. The work grows with the
    /// events since the last one, however many chains there are.
    package func seal(in transaction: some PostgresExecutor, batch: Int = 1000) async throws -> AuditCheckpoint {
        try await transaction.execute(CheckpointSQL.takeTurn)
        let last = try await transaction.queryOne(CheckpointSQL.last, as: AuditCheckpoint.self)
        let number = try (last?.number ?? 0).successor
        var seen = last.map { $0.upTo.earlier(byMilliseconds: Self.longestTransaction) } ?? UUID.zero
        while let next = try await transaction.queryValue(
            CheckpointSQL.recordHeads(number, after: seen, limit: batch), as: UUID.self)
        {
            seen = next
        }
        let (chains, digest) = try await digest(of: number, in: transaction, batch: batch)
        let checkpoint = try sealer.sealed(
            number: number, madeAt: clock.now, chains: chains, digest: digest,
            upTo: max(seen, last?.upTo ?? UUID.zero), previousHash: last?.hash ?? AuditChain.genesis)
        try await transaction.pipeline(CheckpointSQL.record(checkpoint))
        return checkpoint
    }

    /// Verifies every checkpoint: signatures, links, and that each chain end which one names is still on record. Run it in a
    /// repeatable-read transaction.
    package func verify(
        in executor: some PostgresExecutor, batch: Int = 1000
    ) async throws -> AuditCheckpointReport {
        var report = AuditCheckpointReport()
        while let checkpoint = try await executor.queryOne(
            CheckpointSQL.next(after: report.last?.number ?? 0), as: AuditCheckpoint.self)
        {
            try await verify(checkpoint, into: &report, in: executor, batch: batch)
            report.checkpoints += 1
            report.last = checkpoint
        }
        let stray = try await executor.queryValue(
            CheckpointSQL.headsBeyond(report.last?.number ?? 0), as: Int64?.self)
        if let number = stray ?? nil { report.note(number, .checkpointMissing) }
        return report
    }

    private func verify(
        _ checkpoint: AuditCheckpoint, into report: inout AuditCheckpointReport, in executor: some PostgresExecutor,
        batch: Int
    ) async throws {
        let number = checkpoint.number
        if number != (report.last?.number ?? 0) &+ 1 { report.note(number &- 1, .checkpointMissing) }
        let (chains, digest) = try await digest(of: number, in: executor, batch: batch)
        let fits =
            chains == checkpoint.chains && digest == checkpoint.digest
            && checkpoint.previousHash == report.last?.hash ?? AuditChain.genesis
        if !fits || !sealer.isGenuine(checkpoint) { report.note(number, .checkpointBroken) }
        for end in try await executor.query(CheckpointSQL.lostEnds(of: number), as: ChainHead.self) {
            report.faults.append(
                AuditReport.Fault(subject: end.subject, sequence: end.sequence, finding: .sealedEventMissing))
        }
    }

    /// The number of chain ends under a checkpoint and the digest over them, in the order of their subjects' bytes.
    private func digest(
        of number: Int64, in executor: some PostgresExecutor, batch: Int
    ) async throws -> (chains: Int64, digest: [UInt8]) {
        var parts = PartsDigest()
        var (chains, subject) = (Int64(0), "")
        while true {
            let heads = try await executor.query(
                CheckpointSQL.heads(of: number, after: subject, limit: batch), as: ChainHead.self)
            guard let last = heads.last else { return (chains, parts.finished()) }
            for head in heads {
                parts.add(head.subject)
                parts.add(String(head.sequence))
                parts.add(head.hash)
            }
            chains += Int64(heads.count)
            subject = last.subject
        }
    }
}

/// What a verification of the checkpoints found.
package struct AuditCheckpointReport: Hashable, Sendable {
    package var checkpoints = 0
    package var last: AuditCheckpoint?
    /// A checkpoint's own faults are those of the subject `audit_checkpoints`, by its number.
    package var faults: [AuditReport.Fault] = []

    mutating func note(_ number: Int64, _ finding: AuditFinding) {
        faults.append(AuditReport.Fault(subject: "audit_checkpoints", sequence: number, finding: finding))
    }
}

private enum CheckpointSQL {
    /// One maker at a time; the number is the lock's own and means nothing.
    static let takeTurn: PostgresStatement = "SELECT pg_advisory_xact_lock(4850187346190283745)"

    static let last: PostgresStatement = "SELECT * FROM audit_checkpoints ORDER BY number DESC LIMIT 1"

    static func next(after number: Int64) -> PostgresStatement {
        "SELECT * FROM audit_checkpoints WHERE number > \(number) ORDER BY number LIMIT 1"
    }

    /// Looks at the chains of so many events in their order and answers the last of these, nothing at the end. In batches,
    /// because no statement may take longer than the connection's limit; each end belongs to events that are committed. A chain
    /// that grows between two batches is pinned where the first one saw it; the rest is for the next checkpoint.
    static func recordHeads(_ number: Int64, after event: UUID, limit: Int) -> PostgresStatement {
        """
        WITH page AS (
            SELECT id, subject FROM audit_events WHERE id > \(event) ORDER BY id LIMIT \(limit)
        ), recorded AS (
            INSERT INTO audit_checkpoint_heads (checkpoint, subject, sequence, hash)
            SELECT \(number), subject, sequence, hash FROM audit_chains
            WHERE subject IN (SELECT subject FROM page)
            ON CONFLICT DO NOTHING
        )
        SELECT id FROM page ORDER BY id DESC LIMIT 1
        """
    }

    static func heads(of number: Int64, after subject: String, limit: Int) -> PostgresStatement {
        """
        SELECT subject, sequence, hash FROM audit_checkpoint_heads
        WHERE checkpoint = \(number) AND subject COLLATE "C" > \(subject) ORDER BY subject COLLATE "C" LIMIT \(limit)
        """
    }

    static func record(_ checkpoint: AuditCheckpoint) -> PostgresStatement {
        """
        INSERT INTO audit_checkpoints (number, made_at, chains, digest, up_to, previous_hash, hash, signature)
        VALUES (\(checkpoint.number), \(checkpoint.madeAt), \(checkpoint.chains), \(checkpoint.digest),
            \(checkpoint.upTo), \(checkpoint.previousHash), \(checkpoint.hash), \(checkpoint.signature))
        """
    }

    /// With the collation of the events, else their index would not serve.
    static func lostEnds(of number: Int64) -> PostgresStatement {
        """
        SELECT subject, sequence, hash FROM audit_checkpoint_heads AS head
        WHERE checkpoint = \(number) AND NOT EXISTS (SELECT FROM audit_events AS event
            WHERE event.subject = head.subject COLLATE "default" AND event.sequence = head.sequence AND event.hash = head.hash)
        ORDER BY subject LIMIT 100
        """
    }

    static func headsBeyond(_ number: Int64) -> PostgresStatement {
        "SELECT min(checkpoint) FROM audit_checkpoint_heads WHERE checkpoint > \(number)"
    }
}

extension UUID {
    fileprivate static let zero = UUID(0)

    /// The lowest UUIDv7 of a time before this one's.
    fileprivate func earlier(byMilliseconds pause: UInt128) -> UUID {
        let time = UInt128(self) >> 80
        return UUID((time > pause ? time - pause : 0) << 80)
    }
}
