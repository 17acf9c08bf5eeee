import Foundation
import NIOConcurrencyHelpers
import Postgres
import Redis
import TestSupport
import Testing

@testable import Jobs

@Suite(.timeLimit(.minutes(10))) struct RunningTests {
    private struct Mishap: Error {}

    /// Counts effects in the database, in the same transaction as the end of the job.
    ///
    /// - Parameter runs: nobody goes on before so many have begun.
    private static func ledgerRegistry(_ tally: Tally = Tally(), together runs: Int = 1) -> JobRegistry {
        var registry = JobRegistry()
        registry.register(Errand.self) { errand, context in
            tally.note(errand.number)
            try await expectEventually { tally.total >= runs }
            _ = try await context.finish { work in
                try await work.execute("INSERT INTO effects (number) VALUES (\(errand.number))")
            }
        }
        return registry
    }

    private static func withEffects(_ body: @escaping @Sendable (Workbench) async throws -> Void) async throws {
        try await Workbench.open { bench in
            try await bench.database.makeTable("effects", "number int8 NOT NULL")
            try await body(bench)
        }
    }

    private static func effects(_ bench: Workbench) async throws -> [Int] {
        try await bench.postgres.queryValues("SELECT number FROM effects ORDER BY number", as: Int.self)
    }

    @Test("Every job has its effect exactly once, whichever of several workers runs it")
    func severalWorkers() async throws {
        try await Self.withEffects { bench in
            try await bench.withWorkers(["one", "two", "three"], registry: Self.ledgerRegistry()) {
                for batch in 0..<10 { try await bench.enqueue((0..<30).map { Errand(number: batch * 30 + $0) }) }
                try await expectEventually { try await bench.count(.done) == 300 }
            }
            #expect(try await Self.effects(bench) == Array(0..<300))
            #expect(try await bench.length(bench.keys.ready) == 0)
            #expect(try await bench.redis.send(RedisCommand("HLEN", bench.keys.envelopes)).int == 0)
        }
    }

    @Test("A job that two workers run at once has one effect: the slower one rolls back")
    func doubleRun() async throws {
        try await Self.withEffects { bench in
            let tally = Tally()
            try await bench.withWorkers(["one", "two"], registry: Self.ledgerRegistry(tally, together: 2)) {
                try await bench.enqueue([Errand(number: 1)])
                try await expectEventually { tally.total == 1 }
                // What a recovery does that takes a living worker for dead.
                let key = try #require(
                    try await bench.redis.send(RedisCommand("HKEYS", bench.keys.envelopes)).elements?.first?.text)
                try await bench.redis.send(RedisCommand("LPUSH", bench.keys.ready, key))
                try await expectEventually { tally.total == 2 }
                try await expectEventually { try await bench.count(.done) == 1 }
                for worker in ["one", "two"] {
                    try await expectEventually { try await bench.length(bench.keys.active(worker)) == 0 }
                }
            }
            #expect(tally.total == 2)
            #expect(try await Self.effects(bench) == [1])
            #expect(try await bench.states() == ["done"])
        }
    }

    @Test("A dead worker's jobs go to another one")
    func deadWorker() async throws {
        try await Self.withEffects { bench in
            try await bench.enqueue((0..<5).map { Errand(number: $0) })
            try await expectEventually { try await bench.length(bench.keys.ready) == 5 }
            #expect(try await bench.claimAndDie("dead", count: 5).count == 5)
            try await bench.withWorkers(registry: Self.ledgerRegistry()) {
                try await expectEventually { try await bench.count(.done) == 5 }
            }
            #expect(try await Self.effects(bench) == Array(0..<5))
            #expect(try await bench.length(bench.keys.active("dead")) == 0)
        }
    }

    @Test("Jobs in the list of a worker that never registered are found too")
    func unregisteredWorker() async throws {
        try await Self.withEffects { bench in
            try await bench.enqueue([Errand(number: 1)])
            try await expectEventually { try await bench.length(bench.keys.ready) == 1 }
            _ = try await bench.claimAndDie("ghost", count: 1)
            try await bench.redis.send(RedisCommand("ZREM", bench.keys.workers, "ghost"))
            try await bench.withWorkers(registry: Self.ledgerRegistry()) {
                try await expectEventually { try await bench.count(.done) == 1 }
            }
        }
    }

    @Test("A job that has ended three workers is dead, and the hook hears of it in the same transaction")
    func poisonPill() async throws {
        try await Self.withEffects { bench in
            try await bench.database.makeTable("funerals", "reason text NOT NULL")
            try await bench.enqueue([Errand(number: 1)])
            try await expectEventually { try await bench.length(bench.keys.ready) == 1 }
            let tally = Tally()
            for number in 1...3 {
                let claims = try await bench.claimAndDie("dead\(number)", count: 1)
                try await bench.runWithoutEnd(try #require(claims.first), tally)
                #expect(try await bench.transport.recover(bench.name, expiry: .seconds(2)) == 1)
            }
            #expect(tally.total == 3)
            try await bench.withWorkers(
                registry: Self.ledgerRegistry(tally),
                onDead: { _, _, reason, work in try await work.execute("INSERT INTO funerals VALUES (\(reason))") }
            ) {
                try await expectEventually { try await bench.count(.dead) == 1 }
            }
            #expect(tally.total == 3)
            #expect(try await bench.postgres.queryValues("SELECT reason FROM funerals", as: String.self).count == 1)
            #expect(try await bench.length(bench.keys.ready) == 0)
        }
    }

    @Test("A job is not held to end workers by being handed back, however often that happens")
    func handedBack() async throws {
        try await Self.withEffects { bench in
            var stuck = JobRegistry()
            let (tally, started) = (Tally(), Tally())
            stuck.register(Errand.self) { errand, context in
                try await context.withUnitOfWork { _ in }
                started.note(errand.number)
                try await Task.sleep(for: .seconds(60))
            }
            try await bench.enqueue([Errand(number: 1)])
            for round in 1...5 {
                try await bench.withWorkers(registry: stuck, drainDeadline: .zero) {
                    try await expectEventually { started.total == round }
                }
            }
            #expect(try await bench.postgres.queryValue("SELECT unended_runs::int8 FROM jobs", as: Int.self) == 0)
            try await bench.withWorkers(registry: Self.ledgerRegistry(tally)) {
                try await expectEventually { try await bench.count(.done) == 1 }
            }
        }
    }

    @Test("A run that takes longer than a hold keeps it")
    func longHold() async throws {
        try await Workbench.open { bench in
            var registry = JobRegistry()
            registry.register(Errand.self) { errand, context in
                try await context.hold()
                try await Task.sleep(for: .seconds(4))
                let isHeld = try await bench.postgres.queryValue("SELECT held_until > now() FROM jobs", as: Bool.self)
                #expect(isHeld == true)
                try await context.finish { _ in }
            }
            try await bench.withWorkers(registry: registry) {
                try await bench.enqueue([Errand(number: 1)])
                try await expectEventually { try await bench.count(.done) == 1 }
            }
        }
    }

    @Test("Whoever goes on after finishing a job is told so, and nothing of that is done")
    func finishedTwice() async throws {
        try await Self.withEffects { bench in
            let (tally, refused) = (Tally(), Tally())
            var registry = JobRegistry()
            registry.register(Errand.self) { errand, context in
                tally.note(errand.number)
                try await context.finish { _ in }
                await #expect(throws: JobFinishedAlready.self) { try await context.hold() }
                await #expect(throws: JobFinishedAlready.self) {
                    try await context.withUnitOfWork { try await $0.execute("INSERT INTO effects VALUES (98)") }
                }
                do {
                    try await context.finish { try await $0.execute("INSERT INTO effects VALUES (99)") }
                } catch {
                    refused.note(errand.number)
                    throw error
                }
            }
            try await bench.withWorkers(registry: registry) {
                try await bench.enqueue([Errand(number: 1)])
                try await expectEventually { refused.total == 1 }
                try await expectEventually { try await bench.length(bench.keys.active("one")) == 0 }
            }
            #expect(try await bench.count(.done) == 1)
            #expect(tally.total == 1)
            #expect(try await bench.postgres.queryValue("SELECT count(*) FROM effects", as: Int.self) == 0)
        }
    }

    @Test("A kind that no worker knows is parked for a newer one, not dropped and not counted")
    func unknownKind() async throws {
        try await Workbench.open { bench in
            try await bench.withWorkers(registry: JobRegistry()) {
                try await bench.enqueue([Riddle()])
                try await expectEventually {
                    try await bench.postgres.queryValue(
                        "SELECT count(*) FROM jobs WHERE state = 'pending' AND last_error LIKE 'no handler%' AND attempt = 0 AND run_at > now() + interval '30 seconds'",
                        as: Int.self) == 1
                }
            }
        }
    }

    @Test("A job that fails runs again until it succeeds")
    func retries() async throws {
        try await Workbench.open { bench in
            let tally = Tally()
            var registry = JobRegistry()
            registry.register(Errand.self, policy: RetryPolicy(base: .milliseconds(20), cap: .milliseconds(50))) {
                errand, context in
                tally.note(errand.number)
                if context.attempt < 3 { throw Mishap() }
            }
            try await bench.withWorkers(registry: registry) {
                try await bench.enqueue([Errand(number: 1)])
                try await expectEventually { try await bench.count(.done) == 1 }
            }
            #expect(tally.total == 4)
        }
    }

    @Test("A job that keeps failing is dead after its last attempt; a permanent failure at once")
    func exhaustion() async throws {
        try await Workbench.open { bench in
            let tally = Tally()
            var registry = JobRegistry()
            registry.register(
                Errand.self, policy: RetryPolicy(maximumAttempts: 3, base: .milliseconds(10), cap: .milliseconds(20))
            ) { errand, _ in
                tally.note(errand.number)
                if errand.number == 2 { throw PermanentJobFailure("the address is refused") }
                throw Mishap()
            }
            try await bench.withWorkers(registry: registry) {
                try await bench.enqueue([Errand(number: 1), Errand(number: 2)])
                try await expectEventually { try await bench.count(.dead) == 2 }
            }
            #expect(tally.all == [1: 3, 2: 1])
        }
    }

    @Test("A payload that can't be read is dead at once, and says why")
    func unreadablePayload() async throws {
        try await Workbench.open { bench in
            try await bench.recordOnly([Errand(number: 1)])
            try await bench.owner.execute("UPDATE jobs SET payload = '{\"number\":\"x\"}', relay_at = now()")
            try await bench.withWorkers(registry: Self.ledgerRegistry()) {
                try await expectEventually { try await bench.count(.dead) == 1 }
            }
            let error = try await bench.postgres.queryValue("SELECT last_error FROM jobs", as: String.self)
            #expect(error?.contains("tests.errand can't be read") == true)
        }
    }

    @Test("'Later' waits without counting as an attempt")
    func retryLater() async throws {
        try await Workbench.open { bench in
            let tally = Tally()
            var registry = JobRegistry()
            registry.register(Errand.self, policy: RetryPolicy(maximumAttempts: 1)) { errand, context in
                tally.note(errand.number)
                #expect(context.attempt == 0)
                if tally.total < 3 { throw RetryLater(after: .milliseconds(100), reason: "not yet") }
            }
            try await bench.withWorkers(registry: registry) {
                try await bench.enqueue([Errand(number: 1)])
                try await expectEventually { try await bench.count(.done) == 1 }
            }
            #expect(tally.total == 3)
        }
    }

    @Test("A run that exceeds its time is cancelled and counts as failed")
    func timeouts() async throws {
        try await Workbench.open { bench in
            var registry = JobRegistry()
            registry.register(Errand.self, policy: RetryPolicy(maximumAttempts: 1), timeout: .milliseconds(100)) {
                _, _ in
                try await Task.sleep(for: .seconds(60))
            }
            try await bench.withWorkers(registry: registry) {
                try await bench.enqueue([Errand(number: 1)])
                try await expectEventually { try await bench.count(.dead) == 1 }
            }
        }
    }

    @Test("No more jobs run at once than the queue's concurrency")
    func concurrency() async throws {
        try await Workbench.open { bench in
            let gauge = Gauge()
            var registry = JobRegistry()
            registry.register(Errand.self) { _, _ in
                gauge.enter()
                defer { gauge.leave() }
                // The first ones stay until the queue is full, the others for long enough that one too many would be seen.
                try await expectEventually { gauge.highest >= 3 }
                try await Task.sleep(for: .milliseconds(20))
            }
            try await bench.withWorkers(concurrency: 3, registry: registry) {
                try await bench.enqueue((0..<40).map { Errand(number: $0) })
                try await expectEventually { try await bench.count(.done) == 40 }
            }
            #expect(gauge.highest == 3)
        }
    }

    @Test("A rate limit holds over all workers")
    func rateLimit() async throws {
        try await Workbench.open { bench in
            let limit = RateLimit(name: bench.name.rawValue, perSecond: 20, burst: 5)
            var registry = JobRegistry()
            registry.register(Errand.self, rateLimit: limit) { _, _ in }
            let started = ContinuousClock.now
            try await bench.withWorkers(["one", "two"], concurrency: 16, registry: registry) {
                try await bench.enqueue((0..<25).map { Errand(number: $0) })
                try await expectEventually { try await bench.count(.done) == 25 }
            }
            // Five at once, then twenty a second.
            #expect(ContinuousClock.now - started >= .milliseconds(950))
            try await bench.redis.send(RedisCommand("DEL", "haat:rate:{\(limit.name)}"))
        }
    }

    @Test("At shutdown running jobs finish, and the rest is handed back at once")
    func drain() async throws {
        try await Workbench.open { bench in
            let tally = Tally()
            var registry = JobRegistry()
            registry.register(Errand.self) { errand, _ in
                tally.note(errand.number)
                try await Task.sleep(for: errand.number < 2 ? .milliseconds(500) : .seconds(60))
            }
            try await bench.withWorkers(concurrency: 4, registry: registry, drainDeadline: .seconds(5)) {
                try await bench.enqueue((0..<8).map { Errand(number: $0) })
                try await expectEventually { tally.total == 4 }
            }
            #expect(try await bench.count(.done) == 2)
            let states = try await bench.states()
            #expect(states.filter { $0 == "pending" || $0 == "dispatched" }.count == 6)
            #expect(try await bench.length(bench.keys.active("one")) == 0)
            #expect(tally.total <= 6)
            var second = JobRegistry()
            second.register(Errand.self) { _, context in #expect(context.attempt == 0) }
            try await bench.withWorkers(["two"], registry: second) {
                try await expectEventually { try await bench.count(.done) == 8 }
            }
        }
    }
}

/// The highest number that were inside at once.
private final class Gauge: Sendable {
    private let counts = NIOLockedValueBox((now: 0, highest: 0))

    func enter() {
        counts.withLockedValue { counts in
            counts.now += 1
            counts.highest = max(counts.highest, counts.now)
        }
    }

    func leave() { counts.withLockedValue { $0.now -= 1 } }

    var highest: Int { counts.withLockedValue { $0.highest } }
}
