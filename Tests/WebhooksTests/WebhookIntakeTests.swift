import Foundation
import Jobs
import Postgres
import Redis
import Testing

@testable import Webhooks

@Suite(.timeLimit(.minutes(10))) struct WebhookIntakeTests {
    /// Nothing listens there.
    private static let nowhere = 9

    @Test("A new event is stored with its body, its headers and its job before it is accepted")
    func stored() async throws {
        try await IntakeBench.open { bench in
            let id = IntakeBench.newID()
            let body = IntakeBench.event(id, note: "é\\u0000")
            #expect(await bench.receive(body) == .accepted(isDuplicate: false))
            let row = try #require(
                try await bench.postgres.queryOne(
                    "SELECT id, event_id, event_type, body, headers->>'provider-signature' FROM webhook_events",
                    columns: (UUID, String, String, [UInt8], String).self))
            #expect(
                row.1 == id && row.2 == "payment_intent.created" && row.3 == body && row.4 == IntakeBench.sign(body))
            let job = try #require(
                try await bench.postgres.queryOne(
                    "SELECT id, queue, payload->>'event_id' FROM jobs", columns: (UUID, String, String).self))
            #expect(job.0 == row.0 && job.1 == "webhooks" && job.2 == row.0.uuidString.lowercased())
        }
    }

    @Test("A push begins a trace, and its job carries it through PostgreSQL as through Redis")
    func trace() async throws {
        try await IntakeBench.open { bench in
            #expect(await bench.receive(IntakeBench.event()) == .accepted(isDuplicate: false))
            let row = try #require(
                try await bench.postgres.queryOne("SELECT id, trace FROM jobs", columns: (UUID, String).self))
            let arrival = ArrivedEvent(
                id: row.0, account: "stripe", event: VerifiedEvent(id: "evt_1", type: "payment_intent.succeeded"),
                isRelevant: true, headers: "{}", body: [])
            #expect(row.1 == arrival.traceparent)
            #expect(ProcessWebhookEvent.envelope(of: arrival).trace == row.1)
            let digits = row.0.uuidString.lowercased().filter { $0 != "-" }
            #expect(row.1.hasPrefix("00-\(digits)-") && row.1.hasSuffix("-01"))
        }
    }

    @Test("A refused push writes nothing")
    func refused() async throws {
        try await IntakeBench.open { bench in
            let body = IntakeBench.event()
            let header = "sha256=" + String(repeating: "0", count: 64)
            let receipt = await bench.intake.receive(
                for: "stripe", bench.verifier, header: { _ in header }
            ) { await $0(body) }
            #expect(receipt == .rejected(.signatureMismatch))
            try await bench.expect(0, in: "webhook_events")
            try await bench.expect(0, in: "webhook_seen")
            try await bench.expect(0, in: "jobs")
        }
    }

    @Test("The body of a push whose head proves nothing is not read", arguments: [nil, "", "sha256=", "sha256=00"])
    func headBeforeBody(header: String?) async throws {
        try await IntakeBench.open { bench in
            let receipt = await bench.intake.receive(
                for: "stripe", bench.verifier, header: { _ in header }
            ) { _ in
                Issue.record("read")
                return .unavailable
            }
            guard case .rejected = receipt else {
                Issue.record("\(receipt)")
                return
            }
        }
    }

    @Test("Pushes whose bodies are still on their way keep nobody out")
    func arrivingBodies() async throws {
        try await IntakeBench.open(maximumInFlight: 1) { bench in
            let (reading, signal) = AsyncStream.makeStream(of: Void.self)
            let (finish, release) = AsyncStream.makeStream(of: Void.self)
            let body = IntakeBench.event()
            async let slow = bench.intake.receive(
                for: "stripe", bench.verifier, header: { _ in IntakeBench.sign(body) }
            ) { work in
                signal.finish()
                for await _ in finish {}
                return await work(body)
            }
            for await _ in reading {}
            #expect(await bench.receive(IntakeBench.event()) == .accepted(isDuplicate: false))
            release.finish()
            #expect(await slow == .accepted(isDuplicate: false))
        }
    }

    @Test("A proven push that is one too many is told to come back")
    func gate() async throws {
        try await IntakeBench.open(maximumInFlight: 0) { bench in
            #expect(await bench.receive(IntakeBench.event()) == .unavailable)
            try await bench.expect(0, in: "webhook_seen")
        }
    }

    @Test("A duplicate is accepted and stored once; the first body stays")
    func duplicate() async throws {
        try await IntakeBench.open { bench in
            let id = IntakeBench.newID()
            #expect(await bench.receive(IntakeBench.event(id, note: "first")) == .accepted(isDuplicate: false))
            #expect(await bench.receive(IntakeBench.event(id, note: "second")) == .accepted(isDuplicate: true))
            let bodies = try await bench.postgres.queryValues("SELECT body FROM webhook_events", as: [UInt8].self)
            #expect(bodies == [IntakeBench.event(id, note: "first")])
            try await bench.expect(1, in: "jobs")
        }
    }

    @Test("The same id for two accounts is two events")
    func accounts() async throws {
        try await IntakeBench.open { bench in
            let body = IntakeBench.event()
            for account in ["stripe", "stripe/eu"] {
                #expect(await bench.receive(body, for: account) == .accepted(isDuplicate: false))
                #expect(await bench.receive(body, for: account) == .accepted(isDuplicate: true))
            }
            let accounts = try await bench.postgres.queryValues(
                "SELECT account FROM webhook_events ORDER BY account", as: String.self)
            #expect(accounts == ["stripe", "stripe/eu"])
            let jobs = try await bench.postgres.queryValues(
                "SELECT payload->>'account' FROM jobs ORDER BY 1", as: String.self)
            #expect(jobs == accounts)
        }
    }

    @Test(
        "What headers hold comes back as it came, whatever is to be escaped in JSON",
        arguments: ["plain", #"a "quote" and a \ backslash"#, "tab\there", "é", ""])
    func headers(value: String) async throws {
        try await IntakeBench.open { bench in
            let body = IntakeBench.event()
            let receipt = await bench.intake.receive(
                for: "stripe", TwoHeaders(signed: bench.verifier),
                header: { $0 == SignedPushes.headerName ? IntakeBench.sign(body) : $0 == "note" ? value : nil }
            ) { await $0(body) }
            #expect(receipt == .accepted(isDuplicate: false))
            let id = try #require(try await bench.postgres.queryValue("SELECT id FROM webhook_events", as: UUID.self))
            let event = try await WebhookEventStore(postgres: bench.postgres).load(id)
            #expect(event?.headers == ["note": value])
        }
    }

    @Test("A push with an oversized header that would be kept is refused")
    func longHeader() async throws {
        try await IntakeBench.open { bench in
            let (body, note) = (IntakeBench.event(), String(repeating: "x", count: 4097))
            let receipt = await bench.intake.receive(
                for: "stripe", TwoHeaders(signed: bench.verifier),
                header: { $0 == "note" ? note : IntakeBench.sign(body) }
            ) { await $0(body) }
            #expect(receipt == .rejected(.headerTooLong("note")))
            try await bench.expect(0, in: "webhook_seen")
        }
    }

    @Test("Of a thousand concurrent pushes with repeated ids, each id is stored once")
    func storm() async throws {
        try await IntakeBench.open { bench in
            let ids = (0..<100).map { _ in IntakeBench.newID() }
            let receipts = await withTaskGroup(of: WebhookReceipt.self) { group in
                for number in 0..<1000 { group.addTask { await bench.receive(IntakeBench.event(ids[number % 100])) } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(receipts.count { $0 == .accepted(isDuplicate: false) } == 100)
            #expect(receipts.count { $0 == .accepted(isDuplicate: true) } == 900)
            for table in ["webhook_seen", "webhook_events", "jobs"] { try await bench.expect(100, in: table) }
        }
    }

    @Test("Two receivers that get the same storm store each id once")
    func twoReceivers() async throws {
        try await IntakeBench.open { bench in
            let other = IntakeBench(
                postgres: bench.postgres, owner: bench.owner, redis: bench.redis, queue: bench.queue,
                intake: WebhookIntake(
                    postgres: bench.postgres, redis: bench.redis, queue: bench.queue, logger: quietLogger,
                    makeID: makeUUIDv7))
            let ids = (0..<50).map { _ in IntakeBench.newID() }
            let receipts = await withTaskGroup(of: WebhookReceipt.self) { group in
                for number in 0..<600 {
                    let receiver = number.isMultiple(of: 2) ? bench : other
                    group.addTask { await receiver.receive(IntakeBench.event(ids[number % 50])) }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(receipts.count { $0 == .accepted(isDuplicate: false) } == 50)
            #expect(!receipts.contains(.unavailable))
            try await bench.expect(50, in: "webhook_events")
        }
    }

    @Test("Without Redis events are accepted all the same")
    func redisAbsent() async throws {
        try await IntakeBench.open(redisURL: "redis://127.0.0.1:\(Self.nowhere)/0") { bench in
            for _ in 0..<20 {
                #expect(await bench.receive(IntakeBench.event()) == .accepted(isDuplicate: false))
            }
            try await bench.expect(20, in: "jobs")
        }
    }

    @Test("Without PostgreSQL the answer is 'unavailable', within milliseconds once that is known")
    func postgresAbsent() async throws {
        try await IntakeBench.open(databaseURL: "postgresql://haat@127.0.0.1:\(Self.nowhere)/haat") { bench in
            #expect(await bench.receive(IntakeBench.event()) == .unavailable)
            var durations: [Duration] = []
            for _ in 0..<21 {
                let started = ContinuousClock.now
                #expect(await bench.receive(IntakeBench.event()) == .unavailable)
                durations.append(ContinuousClock.now - started)
            }
            #expect(durations.sorted()[10] < .seconds(1), "nobody waits for a connection")
        }
    }

    @Test("A row that the database refuses fails only its own caller, not the batch it came in")
    func poisonedRow() async throws {
        try await IntakeBench.open { bench in
            try await bench.owner.execute(
                "ALTER TABLE webhook_events ADD CONSTRAINT no_poison CHECK (event_type <> 'poison')")
            let receipts = await withTaskGroup(of: (Bool, WebhookReceipt).self) { group in
                for number in 0..<200 {
                    let isPoison = number % 20 == 7
                    group.addTask {
                        (isPoison, await bench.receive(IntakeBench.event(type: isPoison ? "poison" : "plain")))
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            for (isPoison, receipt) in receipts {
                #expect(receipt == (isPoison ? .unavailable : .accepted(isDuplicate: false)))
            }
            try await bench.expect(190, in: "webhook_seen")
            try await bench.expect(190, in: "jobs")
        }
    }

    @Test("What has not been stored is not remembered as durable: the provider's next try stores it")
    func noFalseMemory() async throws {
        try await IntakeBench.open { bench in
            let body = IntakeBench.event()
            try await bench.owner.execute("ALTER TABLE webhook_seen RENAME TO away")
            #expect(await bench.receive(body) == .unavailable)
            #expect(await bench.receive(body) == .unavailable)
            try await bench.owner.execute("ALTER TABLE away RENAME TO webhook_seen")
            #expect(await bench.receive(body) == .accepted(isDuplicate: false))
        }
    }
}

/// Asks for a signature and a note, and keeps only the note.
private struct TwoHeaders: WebhookVerifier {
    let signed: SignedPushes

    var headers: [String] { signed.headers + keptHeaders }
    let keptHeaders = ["note"]

    func isRelevant(_ type: String) -> Bool { true }

    func claim(header: (String) -> String?, now: Date) throws(WebhookRejection) -> String {
        try signed.claim(header: header, now: now)
    }

    func verify(_ claim: String, body: [UInt8]) throws(WebhookRejection) -> VerifiedEvent {
        try signed.verify(claim, body: body)
    }
}
