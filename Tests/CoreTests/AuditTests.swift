import CommerceTestSupport
import Core
import Jobs
import Postgres
import Testing

@Suite("The audit record")
struct AuditTests {
    private func entry(_ action: String, _ subject: String = "thing_1", _ payload: JSONValue = ["n": 1]) -> AuditEntry {
        AuditEntry(actor: .system, action: action, subject: subject, payload: payload)
    }

    private func record(_ count: Int, of subject: String, in market: Marketplace) async throws {
        for number in 1...count {
            try await market.queue.withUnitOfWork { work in
                try await market.audit.append(entry("changed", subject, ["n": .integer(Int64(number))]), in: work)
            }
        }
    }

    /// Records and gives the events their places.
    private func link(_ count: Int, of subject: String, in market: Marketplace) async throws {
        try await record(count, of: subject, in: market)
        try await market.linkAuditTrail()
    }

    /// Runs SQL as somebody who can switch the triggers off.
    private func tamper(_ market: Marketplace, _ sql: String) async throws {
        try await market.owner.withConnection { session in
            try await session.runScript(
                "SET session_replication_role = replica; \(sql); RESET session_replication_role")
        }
    }

    @Test("Events of a subject form a chain that verifies")
    func chain() async throws {
        try await Marketplace.open { market in
            try await market.queue.withUnitOfWork { work in
                try await market.audit.append(entry("made", "thing_1", ["text": "ক \"quoted\"\n"]), in: work)
                try await market.audit.append(
                    [entry("painted"), entry("seen", "thing_2"), entry("sold")], in: work)
            }
            try await record(3, of: "thing_1", in: market)
            try await market.linkAuditTrail()
            let report = try await market.audit.verify("thing_1", in: market.client)
            #expect(report.isSound)
            #expect(report.events == 6)
            let all = try await market.audit.verifyAll(in: market.client, batch: 2)
            #expect(all.isSound)
            #expect(all.subjects == 2 && all.events == 7)
            let page = try await market.audit.events(of: "thing_1", page: PageRequest(limit: 4), in: market.client)
            #expect(page.items.map(\.link?.sequence) == [6, 5, 4, 3])
            let rest = try await market.audit.events(
                of: "thing_1", page: PageRequest(limit: 4, cursor: page.next?.encoded), in: market.client)
            #expect(rest.items.map(\.entry.action) == ["painted", "made"])
            #expect(rest.next == nil)
        }
    }

    @Test(
        "A chain at the last number there is links no further event, keeps no other chain from it, and its verification comes to an end"
    )
    func lastNumber() async throws {
        try await Marketplace.open { market in
            try await link(2, of: "thing_1", in: market)
            try await tamper(
                market,
                """
                UPDATE audit_chains SET sequence = 9223372036854775807;
                UPDATE audit_events SET sequence = 9223372036854775807 WHERE sequence = 1
                """)
            try await link(1, of: "thing_1", in: market)
            try await link(1, of: "thing_2", in: market)
            let unlinked = try await market.client.queryValues(
                "SELECT subject FROM audit_events WHERE sequence IS NULL", as: String.self)
            #expect(unlinked == ["thing_1"])
            #expect(try await market.audit.verify("thing_2", in: market.client).isSound)
            #expect(try await !market.audit.verify("thing_1", in: market.client).isSound)
            #expect(try await !market.audit.verifyAll(in: market.client).isSound)
        }
    }

    @Test("What is rolled back leaves no trace in the chain")
    func rollback() async throws {
        try await Marketplace.open { market in
            try await record(1, of: "thing_1", in: market)
            await #expect(throws: Problem.self) {
                try await market.queue.withUnitOfWork { work in
                    try await market.audit.append(entry("undone"), in: work)
                    throw Problem.notFound("thing")
                }
            }
            try await link(1, of: "thing_1", in: market)
            let report = try await market.audit.verifyAll(in: market.client)
            #expect(report.isSound && report.events == 2)
        }
    }

    @Test("Many writers on the same subjects in opposite order neither break the chain nor deadlock")
    func concurrency() async throws {
        try await Marketplace.open(connections: 8) { market in
            try await withThrowingTaskGroup { group in
                for number in 0..<64 {
                    group.addTask {
                        let subjects = number.isMultiple(of: 2) ? ["a_1", "b_1"] : ["b_1", "a_1"]
                        try await market.queue.withUnitOfWork { work in
                            try await market.audit.append(subjects.map { entry("changed", $0) }, in: work)
                        }
                    }
                }
                // Whoever comes second goes on to its next turn.
                for _ in 0..<4 { group.addTask { try await market.linkAuditTrail() } }
                try await group.waitForAll()
            }
            try await market.linkAuditTrail()
            let report = try await market.audit.verifyAll(in: market.client)
            #expect(report.isSound)
            #expect(report.events == 128 && report.subjects == 2)
            #expect(try await market.deadlocks() == 0)
        }
    }

    @Test(
        "Tampering is found",
        arguments: [
            ("UPDATE audit_events SET payload = '{\"n\":9}' WHERE sequence = 2", 2, AuditFinding.contentChanged),
            ("UPDATE audit_events SET actor = 'anyone' WHERE sequence = 2", 2, .contentChanged),
            (
                "UPDATE audit_events SET recorded_at = recorded_at + interval '1 microsecond' WHERE sequence = 3", 3,
                .contentChanged
            ),
            ("UPDATE audit_events SET signature = hash WHERE sequence = 1", 1, .contentChanged),
            ("UPDATE audit_events SET link_signature = hash WHERE sequence = 1", 1, .signatureInvalid),
            ("DELETE FROM audit_events WHERE sequence = 2", 3, .sequenceGap),
            (
                "DELETE FROM audit_events WHERE sequence = 2; UPDATE audit_events SET sequence = 2 WHERE sequence = 3",
                2, .linkBroken
            ),
            ("DELETE FROM audit_events WHERE sequence = 3", 2, .endMissing),
            ("DELETE FROM audit_events", 3, .endMissing),
        ])
    func tampering(sql: String, sequence: Int64, finding: AuditFinding) async throws {
        try await Marketplace.open(connections: 2) { market in
            try await link(3, of: "thing_1", in: market)
            try await tamper(market, sql)
            let one = try await market.audit.verify("thing_1", in: market.client)
            #expect(one.faults.contains { $0.sequence == sequence && $0.finding == finding })
            let all = try await market.audit.verifyAll(in: market.client)
            #expect(all.faults.contains { $0.finding == finding })
        }
    }

    @Test("A forger without the key can rebuild hashes but not signatures")
    func forgery() async throws {
        try await Marketplace.open(connections: 2) { market in
            let forger = AuditStore(
                chain: AuditChain(keys: RootKeys(EncryptionKey())), ids: market.ids,
                clock: market.clock)
            try await record(1, of: "thing_1", in: market)
            try await market.queue.withUnitOfWork { try await forger.append(entry("forged"), in: $0) }
            try await market.linkAuditTrail()
            let report = try await market.audit.verify("thing_1", in: market.client)
            #expect(
                report.faults == [AuditReport.Fault(subject: "thing_1", sequence: 2, finding: .signatureInvalid)])
        }
    }

    @Test("After the audit key was rotated, what the one before has signed verifies as long as that is named")
    func rotation() async throws {
        try await Marketplace.open(connections: 2) { market in
            let (old, next) = (market.auditKeys.current, EncryptionKey())
            func trail(_ keys: RootKeys) -> AuditStore {
                AuditStore(chain: AuditChain(keys: keys), ids: market.ids, clock: market.clock)
            }
            try await link(1, of: "thing_1", in: market)
            let rotated = trail(RootKeys(next, retired: [old]))
            try await market.queue.withUnitOfWork { try await rotated.append(entry("changed"), in: $0) }
            try await AuditLinking(postgres: market.client, audit: rotated).run()
            #expect(try await rotated.verify("thing_1", in: market.client).isSound)
            let faults = try await trail(RootKeys(next)).verify("thing_1", in: market.client).faults
            #expect(faults == [AuditReport.Fault(subject: "thing_1", sequence: 1, finding: .signatureInvalid)])
            let before = try await market.audit.verify("thing_1", in: market.client).faults
            #expect(before.map(\.sequence) == [2])
        }
    }

    @Test(
        "The database refuses to change or delete events, even for a superuser",
        arguments: ["UPDATE audit_events SET actor = 'x'", "DELETE FROM audit_events", "TRUNCATE audit_events"])
    func appendOnly(sql: String) async throws {
        try await Marketplace.open(connections: 2) { market in
            try await link(1, of: "thing_1", in: market)
            let error = await #expect(throws: PostgresError.self) {
                try await market.owner.execute(PostgresStatement(sql: sql))
            }
            #expect(error?.sqlState == "42501")
        }
    }

    @Test("What an event says can't be changed before it has its place, nor can it get half a place")
    func unlinked() async throws {
        try await Marketplace.open(connections: 2) { market in
            try await record(1, of: "thing_1", in: market)
            for sql in [
                "UPDATE audit_events SET actor = 'x'", "UPDATE audit_events SET sequence = 1",
                "UPDATE audit_events SET payload = '{}', sequence = 1, previous_hash = signature, hash = signature, link_signature = signature",
            ] {
                let error = await #expect(throws: PostgresError.self) {
                    try await market.client.execute(PostgresStatement(sql: sql))
                }
                #expect(["42501", "23514"].contains(error?.sqlState))
            }
        }
    }

    @Test("Places are given in batches, and what commits late comes after what was linked before")
    func late() async throws {
        try await Marketplace.open { market in
            try await market.queue.withUnitOfWork { late in
                try await market.audit.append(entry("late"), in: late)
                // Its id is older than those of the others.
                try await late.execute("SELECT")
                try await record(5, of: "thing_1", in: market)
                try await AuditLinking(postgres: market.client, audit: market.audit, batch: 2).run()
            }
            try await market.linkAuditTrail()
            let events = try await market.audit.events(
                of: "thing_1", page: PageRequest(limit: 10), in: market.client)
            #expect(events.items.map(\.link?.sequence) == [5, 4, 3, 2, 1, 6])
            #expect(events.items.last?.entry.action == "late")
            #expect(try await market.audit.verifyAll(in: market.client).isSound)
        }
    }
}
