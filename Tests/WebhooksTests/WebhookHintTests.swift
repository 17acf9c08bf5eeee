import Foundation
import Postgres
import Redis
import Testing

@testable import Webhooks

@Suite("What Redis remembers of events", .timeLimit(.minutes(10))) struct WebhookHintTests {
    private static func hint(of id: String, in bench: IntakeBench) async throws -> String? {
        try await bench.redis.send(RedisCommand("GET", "{wh}:stripe:\(id)"), timeout: .seconds(10)).text
    }

    /// Stores an event and waits until Redis has been told.
    private static func stored(in bench: IntakeBench) async throws -> String {
        let id = IntakeBench.newID()
        #expect(await bench.receive(IntakeBench.event(id)) == .accepted(isDuplicate: false))
        while try await hint(of: id, in: bench) == nil { try await Task.sleep(for: .milliseconds(5)) }
        return id
    }

    private static func set(_ hint: String, for id: String, in bench: IntakeBench) async throws {
        _ = try await bench.redis.send(
            RedisCommand("SET", "{wh}:stripe:\(id)", hint, "PX", 60_000), timeout: .seconds(10))
    }

    @Test("A duplicate that Redis knows is accepted without being stored again")
    func known() async throws {
        try await IntakeBench.open { bench in
            let id = try await Self.stored(in: bench)
            #expect(await bench.receive(IntakeBench.event(id)) == .accepted(isDuplicate: true))
            for table in ["webhook_seen", "webhook_events", "jobs"] { try await bench.expect(1, in: table) }
        }
    }

    @Test(
        "A hint that was not made in the present history of this database is not believed",
        arguments: ["d", "p", "", "1732000000.000000 base/1/2", String(repeating: "x", count: 100_000)])
    func foreign(hint: String) async throws {
        try await IntakeBench.open { bench in
            let id = IntakeBench.newID()
            try await Self.set(hint, for: id, in: bench)
            #expect(await bench.receive(IntakeBench.event(id)) == .accepted(isDuplicate: false))
            for table in ["webhook_seen", "webhook_events", "jobs"] { try await bench.expect(1, in: table) }
        }
    }

    @Test("A forged hint of the present history does not stand for a row")
    func forged() async throws {
        try await IntakeBench.open { bench in
            let genuine = try await Self.hint(of: Self.stored(in: bench), in: bench)
            let id = IntakeBench.newID()
            try await Self.set(try #require(genuine), for: id, in: bench)
            #expect(await bench.receive(IntakeBench.event(id)) == .accepted(isDuplicate: false))
            try await bench.expect(2, in: "webhook_seen")
        }
    }

    @Test("After the table was emptied and loaded anew, older hints are not believed")
    func reloaded() async throws {
        try await IntakeBench.open { bench in
            let (kept, lost) = (try await Self.stored(in: bench), try await Self.stored(in: bench))
            let before = try await Self.hint(of: kept, in: bench)
            try await bench.owner.withConnection { session in
                try await session.runScript(
                    """
                    ALTER TABLE webhook_seen DISABLE TRIGGER USER;
                    CREATE TEMP TABLE dump AS SELECT * FROM webhook_seen WHERE event_id = '\(kept)';
                    TRUNCATE webhook_seen;
                    INSERT INTO webhook_seen SELECT * FROM dump;
                    ALTER TABLE webhook_seen ENABLE TRIGGER USER;
                    """)
            }
            #expect(await bench.receive(IntakeBench.event(lost)) == .accepted(isDuplicate: false))
            #expect(await bench.receive(IntakeBench.event(kept)) == .accepted(isDuplicate: true))
            while try await Self.hint(of: kept, in: bench) == before { try await Task.sleep(for: .milliseconds(5)) }
        }
    }

    @Test("Two installations that share a Redis store an event each")
    func sharedRedis() async throws {
        try await IntakeBench.open { first in
            let id = try await Self.stored(in: first)
            try await IntakeBench.open { second in
                #expect(await second.receive(IntakeBench.event(id)) == .accepted(isDuplicate: false))
                try await second.expect(1, in: "webhook_events")
                #expect(await first.receive(IntakeBench.event(id)) == .accepted(isDuplicate: true))
                #expect(await second.receive(IntakeBench.event(id)) == .accepted(isDuplicate: true))
                try await second.expect(1, in: "webhook_events")
            }
        }
    }

    @Test("A duplicate that Redis does not know makes its commit wait for what the first one wrote")
    func barrier() async throws {
        try await IntakeBench.open { bench in
            let event = try await Self.stored(in: bench)
            _ = try await bench.redis.send(RedisCommand("DEL", "{wh}:stripe:\(event)"), timeout: .seconds(10))
            let insert = WebhookSQL.insert([
                ArrivedEvent(
                    id: makeUUIDv7(), account: "stripe",
                    event: VerifiedEvent(id: event, type: "x"), isRelevant: true, headers: "{}", body: [])
            ])
            try await bench.postgres.withTransaction { transaction in
                try await transaction.execute(insert)
                let wrote = try await transaction.queryValue(
                    "SELECT pg_current_xact_id_if_assigned() IS NOT NULL", as: Bool.self)
                #expect(wrote == true)
            }
            #expect(await bench.receive(IntakeBench.event(event)) == .accepted(isDuplicate: true))
        }
    }
}
