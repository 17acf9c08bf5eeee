import Crypto
import Foundation
import Postgres
import Redis
import TestSupport
import Testing

@testable import Jobs

/// What somebody may put into Redis who can write there.
@Suite("Redis in strange hands", .timeLimit(.minutes(10))) struct HostileRedisTests {
    /// Counts runs, and their effects once they are allowed.
    private static func registry(_ tally: Tally, effects: Tally = Tally(), pace: Duration = .zero) -> JobRegistry {
        var registry = JobRegistry()
        registry.register(Errand.self) { errand, context in
            tally.note(errand.number)
            try await context.withUnitOfWork { _ in }
            effects.note(errand.number)
            try await Task.sleep(for: pace)
            try await context.finish { _ in }
        }
        return registry
    }

    private static let unreasonable = [
        "2147483647", "2147483648", "99999999999", "9223372036854775807", "9223372036854775808", "-1", "-0", "nan",
        "1e9",
    ]

    private static func untilDropped(_ bench: Workbench) async throws {
        try await expectEventually { try await bench.length(bench.keys.ready) == 0 }
        try await expectEventually { try await bench.length(bench.keys.active("one")) == 0 }
    }

    @Test("Attempts that no row can have end no worker, with and without an envelope")
    func attempts() async throws {
        try await Workbench.open { bench in
            let tally = Tally()
            try await bench.withWorkers(registry: Self.registry(tally)) {
                for attempt in Self.unreasonable {
                    for contents in [nil, "tests.errand\n\n{\"number\":13}"] {
                        try await bench.plant("\(UUID().lowercaseText):\(attempt)", contents.map { Array($0.utf8) })
                    }
                }
                try await bench.enqueue([Errand(number: 1)])
                try await expectEventually { try await bench.count(.done) == 1 }
                try await Self.untilDropped(bench)
            }
            #expect(tally.all == [1: 1])
        }
    }

    @Test("An envelope without a row runs nothing, whoever has sealed it")
    func withoutRow() async throws {
        try await Workbench.open { bench in
            let (tally, effects) = (Tally(), Tally())
            try await bench.withWorkers(registry: Self.registry(tally, effects: effects)) {
                let envelope = bench.envelope(of: DispatchKey(jobID: makeUUIDv7(), attempt: 0), Errand(number: 1))
                try await bench.plant(envelope.key.text, Array("tests.errand\n\n{\"number\":1}".utf8))
                try await bench.plant(
                    envelope.key.text, EnvelopeSeal(key: SymmetricKey(size: .bits256)).seal(envelope))
                try await Self.untilDropped(bench)
                #expect(tally.total == 0)
                // As after the restoration of an older database.
                try await bench.plant(envelope.key.text, bench.seal.seal(envelope))
                try await Self.untilDropped(bench)
            }
            #expect(effects.total == 0)
            #expect(try await bench.states().isEmpty)
        }
    }

    @Test(
        "The row decides what runs, whatever its envelope says",
        arguments: [
            "tests.errand\n\n{\"number\":\"x\"}", "tests.riddle\n\n{}", "tests.errand\n\n{\"number\":13}", "", "\n\n",
        ])
    func forgedContents(contents: String) async throws {
        try await Workbench.open { bench in
            let tally = Tally()
            try await bench.recordOnly([Errand(number: 1)])
            let key = try await bench.onlyKey()
            try await bench.plant(key.text, Array(contents.utf8))
            try await bench.withWorkers(registry: Self.registry(tally)) {
                try await expectEventually { try await bench.count(.done) == 1 }
            }
            #expect(tally.all == [1: 1])
        }
    }

    @Test("An envelope of one job proves nothing for another, for another attempt or in another queue")
    func movedEnvelope() async throws {
        try await Workbench.open { bench in
            let tally = Tally()
            try await bench.recordOnly([Errand(number: 1)])
            let key = try await bench.onlyKey()
            let other = bench.envelope(of: DispatchKey(jobID: makeUUIDv7(), attempt: 0), Errand(number: 13))
            let later = bench.envelope(of: DispatchKey(jobID: key.jobID, attempt: 1), Errand(number: 13))
            let elsewhere = JobEnvelope(
                key: key, queue: .maintenance, kind: Errand.kind, trace: nil, payload: other.payload)
            for envelope in [other, later, elsewhere] {
                #expect(bench.seal.open(bench.seal.seal(envelope), key: key, queue: bench.name) == nil)
            }
            try await bench.plant(key.text, bench.seal.seal(other))
            try await bench.withWorkers(registry: Self.registry(tally)) {
                try await expectEventually { try await bench.count(.done) == 1 }
            }
            #expect(tally.all == [1: 1])
        }
    }

    @Test("A job that is done has no effect again, however often its own envelope comes back")
    func replay() async throws {
        try await Workbench.open { bench in
            let effects = Tally()
            try await bench.enqueue([Errand(number: 1)])
            try await expectEventually { try await bench.length(bench.keys.ready) == 1 }
            let key = try await bench.onlyKey()
            let genuine = try #require(
                try await bench.redis.send(RedisCommand("HGET", bench.keys.envelopes, key.text)).bytes)
            try await bench.withWorkers(["one", "two"], registry: Self.registry(Tally(), effects: effects)) {
                try await expectEventually { try await bench.count(.done) == 1 }
                for _ in 0..<20 { try await bench.plant(key.text, genuine) }
                try await expectEventually { try await bench.length(bench.keys.ready) == 0 }
                try await Task.sleep(for: .milliseconds(200))
            }
            #expect(effects.all == [1: 1])
            #expect(try await bench.states() == ["done"])
        }
    }

    @Test("A job that is being run has its effect once, however many workers are given it meanwhile")
    func doubled() async throws {
        try await Workbench.open { bench in
            let (tally, effects) = (Tally(), Tally())
            let registry = Self.registry(tally, effects: effects, pace: .milliseconds(3000))
            try await bench.withWorkers(["one", "two"], registry: registry) {
                try await bench.enqueue([Errand(number: 1)])
                try await expectEventually { effects.total == 1 }
                let key = try await bench.onlyKey()
                let genuine = bench.seal.seal(bench.envelope(of: key, Errand(number: 1)))
                for _ in 0..<10 {
                    try await bench.plant(key.text, genuine)
                    try await Task.sleep(for: .milliseconds(100))
                    // Also as if its worker had died, and as if it could not be read.
                    try await bench.redis.send(RedisCommand("HSET", bench.keys.recovered, key.text, "9999"))
                    try await bench.plant(key.text, [])
                    try await Task.sleep(for: .milliseconds(100))
                }
                try await expectEventually { try await bench.count(.done) == 1 }
            }
            #expect(tally.total > 1)
            #expect(effects.all == [1: 1])
        }
    }

    @Test("Whatever Redis says of recoveries, a job that was never run is not dead", arguments: ["9999", "x", "-1"])
    func forgedRecoveries(forgery: String) async throws {
        try await Workbench.open { bench in
            let tally = Tally()
            try await bench.recordOnly((0..<5).map { Errand(number: $0) })
            for id in try await bench.postgres.queryValues("SELECT id FROM jobs", as: UUID.self) {
                let key = DispatchKey(jobID: id, attempt: 0)
                try await bench.redis.send(RedisCommand("HSET", bench.keys.recovered, key.text, forgery))
                for ghost in 0..<5 {
                    try await bench.redis.send(RedisCommand("LPUSH", bench.keys.active("ghost\(ghost)"), key.text))
                    try await bench.redis.send(RedisCommand("ZADD", bench.keys.workers, "1", "ghost\(ghost)"))
                }
            }
            try await bench.withWorkers(registry: Self.registry(tally)) {
                try await expectEventually { try await bench.count(.done) == 5 }
            }
        }
    }

    @Test("A job that is not due does not run, nor does one whose turn comes later, whatever proves its envelope")
    func early() async throws {
        try await Workbench.open { bench in
            let effects = Tally()
            try await bench.enqueue([Errand(number: 1)], runAt: Date() + 3600)
            let key = try await bench.onlyKey()
            try await bench.withWorkers(registry: Self.registry(Tally(), effects: effects)) {
                try await bench.plant(key.text, [])
                try await bench.plant(key.text, bench.seal.seal(bench.envelope(of: key, Errand(number: 1))))
                try await Self.untilDropped(bench)
                try await Task.sleep(for: .milliseconds(200))
            }
            #expect(effects.total == 0)
            #expect(try await bench.states() == ["pending"])
        }
    }

    @Test("Failing early is no end of a job either")
    func earlyFailures() async throws {
        try await Workbench.open { bench in
            let tally = Tally()
            var registry = JobRegistry()
            registry.register(Errand.self) { errand, _ in
                tally.note(errand.number)
                if errand.number == 1 { throw PermanentJobFailure("no") }
                throw RetryLater(after: .seconds(1), reason: "later")
            }
            try await bench.enqueue([Errand(number: 1), Errand(number: 2)], runAt: Date() + 3600)
            let due = try await bench.postgres.queryValues("SELECT run_at::text FROM jobs ORDER BY 1", as: String.self)
            let ids = try await bench.postgres.queryValues("SELECT id FROM jobs ORDER BY payload", as: UUID.self)
            try await bench.withWorkers(registry: registry) {
                for (id, number) in zip(ids, 1...) {
                    let key = DispatchKey(jobID: id, attempt: 0)
                    try await bench.plant(key.text, bench.seal.seal(bench.envelope(of: key, Errand(number: number))))
                }
                try await expectEventually { tally.total == 2 }
                try await Self.untilDropped(bench)
            }
            #expect(try await bench.states() == ["pending", "pending"])
            #expect(
                try await bench.postgres.queryValues("SELECT run_at::text FROM jobs ORDER BY 1", as: String.self) == due
            )
        }
    }

    @Test("Two installations with one Redis run their own jobs, each once, and never the other's")
    func twoInstallations() async throws {
        try await Workbench.open { ours in
            try await TestDatabase.withDatabase { database in
                let theirs = Workbench(database: database, redis: ours.redis, name: ours.name)
                let (ourTally, theirTally) = (Tally(), Tally())
                try await ours.withWorkers(["ours"], registry: Self.registry(ourTally)) {
                    try await theirs.withWorkers(["theirs"], registry: Self.registry(theirTally)) {
                        try await ours.enqueue((0..<20).map { Errand(number: $0) })
                        try await theirs.enqueue((100..<120).map { Errand(number: $0) })
                        try await expectEventually(within: .seconds(60)) {
                            let (our, their) = (try await ours.count(.done), try await theirs.count(.done))
                            return our == 20 && their == 20
                        }
                    }
                }
                #expect(ourTally.all == Dictionary(uniqueKeysWithValues: (0..<20).map { ($0, 1) }))
                #expect(theirTally.all == Dictionary(uniqueKeysWithValues: (100..<120).map { ($0, 1) }))
            }
        }
    }

    @Test("A rate bucket that holds no number, or too large a one, delays no job for long")
    func rateBuckets() async throws {
        try await Workbench.open { bench in
            let limit = RateLimit(name: bench.name.rawValue, perSecond: 20, burst: 5)
            let bucket = "haat:rate:{\(limit.name)}"
            let tally = Tally()
            var registry = JobRegistry()
            registry.register(Errand.self, rateLimit: limit) { errand, _ in tally.note(errand.number) }
            try await bench.withWorkers(registry: registry) {
                let forgeries = Self.unreasonable + ["-inf", "inf", "-1e300", "1e300", "-nan", "x"]
                for (number, forgery) in forgeries.enumerated() {
                    for field in ["tokens", "at"] {
                        try await bench.redis.send(RedisCommand("DEL", bucket))
                        try await bench.redis.send(RedisCommand("HSET", bucket, field, forgery))
                        try await bench.enqueue([Errand(number: number)])
                    }
                    try await expectEventually { tally.total == 2 * (number + 1) }
                }
            }
            try await bench.redis.send(RedisCommand("DEL", bucket))
        }
    }
}

extension Workbench {
    /// Puts an entry at the head of the queue, with contents of its own where they are given.
    fileprivate func plant(_ entry: String, _ contents: [UInt8]?) async throws {
        if let contents { try await redis.send(RedisCommand("HSET", keys.envelopes, entry, contents)) }
        try await redis.send(RedisCommand("RPUSH", keys.ready, entry))
    }

    fileprivate func envelope(of key: DispatchKey, _ errand: Errand) -> JobEnvelope {
        JobEnvelope(
            key: key, queue: name, kind: Errand.kind, trace: nil,
            payload: Array("{\"number\":\(errand.number)}".utf8))
    }

    fileprivate func onlyKey() async throws -> DispatchKey {
        DispatchKey(
            jobID: try #require(try await postgres.queryValue("SELECT id FROM jobs", as: UUID.self)), attempt: 0)
    }
}
