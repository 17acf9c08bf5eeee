import Foundation
import Postgres
import Redis
import Testing

@testable import Jobs

@Suite(.timeLimit(.minutes(10))) struct RecoveryTests {
    private static func registry(_ tally: Tally, pace: Duration = .zero) -> JobRegistry {
        var registry = JobRegistry()
        registry.register(Errand.self) { errand, context in
            tally.note(errand.number)
            try await Task.sleep(for: pace)
            try await context.finish { _ in }
        }
        return registry
    }

    @Test("FLUSHALL loses no job, neither waiting nor running nor dispatched")
    func flushAll() async throws {
        try await Workbench.open { bench in
            try await bench.withWorkers(
                ["one", "two"], concurrency: 2, registry: Self.registry(Tally(), pace: .milliseconds(50))
            ) {
                try await bench.enqueue((0..<40).map { Errand(number: $0) })
                for _ in 0..<3 {
                    try await Task.sleep(for: .milliseconds(150))
                    try await bench.forgetRedis()
                }
                try await expectEventually { try await bench.count(.done) == 40 }
            }
        }
    }

    @Test("A claim whose answer was lost comes back while its worker lives")
    func lostClaim() async throws {
        try await Workbench.open { bench in
            let tally = Tally()
            try await bench.withWorkers(registry: Self.registry(tally)) {
                try await bench.enqueue([Errand(number: 1)])
                try await expectEventually { try await bench.count(.done) == 1 }
                try await bench.recordOnly([Errand(number: 2)])
                // The server has moved it into the worker's list, and the worker has never heard of it.
                let job = try #require(
                    try await bench.postgres.queryValue("SELECT id FROM jobs WHERE state = 'pending'", as: UUID.self))
                let key = DispatchKey(jobID: job, attempt: 0).text
                try await bench.redis.send(
                    RedisCommand("HSET", bench.keys.envelopes, key, "tests.errand\n\n{\"number\":2}"))
                try await bench.redis.send(RedisCommand("LPUSH", bench.keys.active("one"), key))
                try await expectEventually { try await bench.count(.done) == 2 }
            }
            #expect(tally.all == [1: 1, 2: 1])
        }
    }

    @Test("A run whose end could not be told to PostgreSQL is repeated while its worker lives")
    func unsettledRun() async throws {
        try await Workbench.open { bench in
            let tally = Tally()
            var registry = JobRegistry()
            registry.register(Errand.self) { errand, _ in
                tally.note(errand.number)
                // Until the second run, nobody can mark a job.
                if tally.total == 1 {
                    try await bench.owner.execute("ALTER TABLE jobs RENAME TO jobs_away")
                } else {
                    throw PermanentJobFailure("seen again")
                }
            }
            try await bench.withWorkers(registry: registry) {
                try await bench.enqueue([Errand(number: 1)])
                try await expectEventually { tally.total == 1 }
                try await Task.sleep(for: .milliseconds(500))
                try await bench.owner.execute("ALTER TABLE jobs_away RENAME TO jobs")
                try await expectEventually { try await bench.count(.dead) == 1 }
            }
        }
    }

    @Test("An envelope that stands in no list is forgotten, and PostgreSQL brings its job back")
    func strayEnvelope() async throws {
        try await Workbench.open { bench in
            try await bench.enqueue([Errand(number: 1)])
            try await expectEventually { try await bench.length(bench.keys.ready) == 1 }
            try await bench.redis.send(RedisCommand("DEL", bench.keys.ready))
            try await bench.withWorkers(registry: Self.registry(Tally())) {
                try await expectEventually { try await bench.count(.done) == 1 }
            }
        }
    }

    @Test("A claimed key without its envelope is read from PostgreSQL")
    func lostEnvelope() async throws {
        try await Workbench.open { bench in
            try await bench.enqueue([Errand(number: 1)])
            try await expectEventually { try await bench.length(bench.keys.ready) == 1 }
            try await bench.redis.send(RedisCommand("DEL", bench.keys.envelopes))
            let tally = Tally()
            try await bench.withWorkers(registry: Self.registry(tally)) {
                try await expectEventually { try await bench.count(.done) == 1 }
            }
            #expect(tally.all == [1: 1])
        }
    }

    @Test("Nonsense in a list harms nobody")
    func nonsense() async throws {
        try await Workbench.open { bench in
            try await bench.redis.send(RedisCommand("LPUSH", bench.keys.ready, "nonsense"))
            try await bench.redis.send(
                RedisCommand("LPUSH", bench.keys.ready, DispatchKey(jobID: UUID(), attempt: 3).text))
            try await bench.withWorkers(registry: Self.registry(Tally())) {
                try await bench.enqueue([Errand(number: 1)])
                try await expectEventually { try await bench.count(.done) == 1 }
                try await expectEventually { try await bench.length(bench.keys.active("one")) == 0 }
            }
        }
    }

    @Test("A stale entry of an earlier attempt does not run again")
    func staleAttempt() async throws {
        try await Workbench.open { bench in
            try await bench.recordOnly([Errand(number: 1)])
            try await bench.postgres.execute("UPDATE jobs SET attempt = 2, relay_at = now() + interval '1 hour'")
            let job = try #require(try await bench.postgres.queryValue("SELECT id FROM jobs", as: UUID.self))
            try await bench.redis.send(
                RedisCommand("LPUSH", bench.keys.ready, DispatchKey(jobID: job, attempt: 1).text))
            let tally = Tally()
            try await bench.withWorkers(registry: Self.registry(tally)) {
                try await expectEventually { try await bench.length(bench.keys.ready) == 0 }
                try await Task.sleep(for: .milliseconds(300))
            }
            #expect(tally.total == 0)
            #expect(try await bench.states() == ["pending"])
        }
    }
}
