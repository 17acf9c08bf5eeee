import CommerceTestSupport
import Core
import Jobs
import Postgres
import Testing

@Suite("Checkpoints over the audit record")
struct AuditCheckpointTests {
    private func store(_ market: Marketplace) throws -> AuditCheckpointStore {
        AuditCheckpointStore(sealer: try AuditSealer(keys: market.auditKeys), clock: market.clock)
    }

    private func record(_ count: Int, of subject: String, in market: Marketplace) async throws {
        for number in 1...count {
            try await market.queue.withUnitOfWork { work in
                try await market.audit.append(
                    AuditEntry(
                        actor: .system, action: "changed", subject: subject, payload: ["n": .integer(Int64(number))]),
                    in: work)
            }
        }
    }

    @discardableResult
    private func seal(_ market: Marketplace) async throws -> AuditCheckpoint {
        try await market.linkAuditTrail()
        let store = try store(market)
        return try await market.queue.withUnitOfWork { try await store.seal(in: $0, batch: 2) }
    }

    private func tamper(_ market: Marketplace, _ sql: String) async throws {
        try await market.owner.withConnection { session in
            try await session.runScript(
                "SET session_replication_role = replica; \(sql); RESET session_replication_role")
        }
    }

    @Test("Each checkpoint covers what has grown since the one before, and all of them verify")
    func growth() async throws {
        try await Marketplace.open { market in
            for subject in ["a_1", "b_1", "B_2", "c_1", "d_1"] { try await record(2, of: subject, in: market) }
            #expect(try await seal(market).chains == 5)
            #expect(try await seal(market).chains == 0)
            try await record(1, of: "b_1", in: market)
            try await record(1, of: "e_1", in: market)
            let last = try await seal(market)
            #expect(last.number == 3 && last.chains == 2)
            let report = try await store(market).verify(in: market.client, batch: 2)
            #expect(report.faults.isEmpty)
            #expect(report.checkpoints == 3 && report.last == last)
        }
    }

    @Test(
        "What a chain alone can't show is found",
        arguments: [
            // The end of a chain cut off, its head set back: the chain itself is sound.
            (
                """
                DELETE FROM audit_events WHERE subject = 'a_1' AND sequence = 3;
                UPDATE audit_chains SET sequence = 2, hash = (SELECT hash FROM audit_events WHERE subject = 'a_1'
                    AND sequence = 2) WHERE subject = 'a_1'
                """, "a_1", Int64(3), AuditFinding.sealedEventMissing
            ),
            // A whole chain gone.
            (
                "DELETE FROM audit_events WHERE subject = 'a_1'; DELETE FROM audit_chains WHERE subject = 'a_1'",
                "a_1", 3, .sealedEventMissing
            ),
            // The checkpoint adapted to the deed.
            (
                """
                DELETE FROM audit_events WHERE subject = 'a_1'; DELETE FROM audit_chains WHERE subject = 'a_1';
                DELETE FROM audit_checkpoint_heads WHERE subject = 'a_1'
                """, "audit_checkpoints", 1, .checkpointBroken
            ),
            (
                "UPDATE audit_checkpoints SET made_at = made_at + interval '1 day' WHERE number = 1",
                "audit_checkpoints", 1, .checkpointBroken
            ),
            ("DELETE FROM audit_checkpoints WHERE number = 1", "audit_checkpoints", 1, .checkpointMissing),
            ("DELETE FROM audit_checkpoints WHERE number = 2", "audit_checkpoints", 2, .checkpointMissing),
        ])
    func tampering(sql: String, subject: String, sequence: Int64, finding: AuditFinding) async throws {
        try await Marketplace.open(connections: 2) { market in
            try await record(3, of: "a_1", in: market)
            try await record(1, of: "b_1", in: market)
            try await seal(market)
            try await record(1, of: "b_1", in: market)
            try await seal(market)
            try await tamper(market, sql)
            let report = try await store(market).verify(in: market.client)
            #expect(report.faults.first == AuditReport.Fault(subject: subject, sequence: sequence, finding: finding))
        }
    }

    @Test("A checkpoint that was signed with another key is not ours")
    func forgery() async throws {
        try await Marketplace.open(connections: 2) { market in
            try await record(1, of: "a_1", in: market)
            let forger = AuditCheckpointStore(
                sealer: try AuditSealer(keys: RootKeys(EncryptionKey())), clock: market.clock
            )
            try await market.linkAuditTrail()
            try await market.queue.withUnitOfWork { _ = try await forger.seal(in: $0) }
            let report = try await store(market).verify(in: market.client)
            #expect(report.faults.map(\.finding) == [.checkpointBroken])
        }
    }

    @Test("Checkpoints of an audit key that was rotated verify as long as that is named")
    func rotation() async throws {
        try await Marketplace.open(connections: 2) { market in
            let next = EncryptionKey()
            func store(_ keys: RootKeys) throws -> AuditCheckpointStore {
                AuditCheckpointStore(sealer: try AuditSealer(keys: keys), clock: market.clock)
            }
            let rotated = try store(RootKeys(next, retired: market.auditKeys.all))
            try await record(1, of: "a_1", in: market)
            try await seal(market)
            try await market.queue.withUnitOfWork { _ = try await rotated.seal(in: $0) }
            #expect(try await rotated.verify(in: market.client).faults.isEmpty)
            let faults = try await store(RootKeys(next)).verify(in: market.client).faults
            #expect(faults.map(\.sequence) == [1])
        }
    }

    @Test("The database refuses to change or delete checkpoints")
    func appendOnly() async throws {
        try await Marketplace.open(connections: 2) { market in
            try await record(1, of: "a_1", in: market)
            try await seal(market)
            for sql in ["UPDATE audit_checkpoints SET chains = 0", "DELETE FROM audit_checkpoint_heads"] {
                let error = await #expect(throws: PostgresError.self) {
                    try await market.owner.execute(PostgresStatement(sql: sql))
                }
                #expect(error?.sqlState == "42501")
            }
        }
    }

    @Test("A checkpoint looks at what is new, not at every chain there is; what committed late is found all the same")
    func constantWork() async throws {
        try await Marketplace.open { market in
            for number in 0..<20 { try await record(1, of: "old_\(number)", in: market) }
            try await seal(market)
            // Their events are long ago, so that their chains are not looked at; if they were, they would seem to have grown.
            try await tamper(
                market,
                """
                UPDATE audit_events SET id = moved.id FROM (
                    SELECT id AS old, uuid7_floor(now() - interval '2 days' + row_number() OVER () * interval '1 s') AS id
                    FROM audit_events) AS moved
                WHERE audit_events.id = moved.old;
                UPDATE audit_chains SET sequence = sequence + 1
                """)
            try await market.queue.withUnitOfWork { late in
                try await market.audit.append(
                    AuditEntry(actor: .system, action: "late", subject: "late_1"), in: late)
                try await record(1, of: "new_1", in: market)
                #expect(try await seal(market).chains == 1)
            }
            #expect(try await seal(market).chains == 1)
            let heads = try await market.client.queryValues(
                "SELECT subject FROM audit_checkpoint_heads WHERE checkpoint > 1 ORDER BY checkpoint", as: String.self)
            #expect(heads == ["new_1", "late_1"])
        }
    }

    @Test("Makers at the same time take turns")
    func concurrency() async throws {
        try await Marketplace.open { market in
            try await record(1, of: "a_1", in: market)
            try await withThrowingTaskGroup { group in
                for _ in 0..<6 { group.addTask { try await seal(market) } }
                try await group.waitForAll()
            }
            let report = try await store(market).verify(in: market.client)
            #expect(report.checkpoints == 6 && report.faults.isEmpty)
        }
    }
}
