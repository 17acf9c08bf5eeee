import Crypto
import Foundation
import Logging
import NIOConcurrencyHelpers
import Postgres
import Redis
import ServiceLifecycle
import TestSupport
import Testing

@testable import Jobs

/// A database and a queue of a test's own, and workers that can be started and stopped in it.
struct Workbench: Sendable {
    let database: TestDatabase
    let redis: RedisClient
    let queue: JobQueue
    let name: QueueName
    let keys: QueueKeys
    /// What its processes believe.
    let seal: EnvelopeSeal

    /// An installation with an encryption key of its own.
    init(database: TestDatabase, redis: RedisClient, name: QueueName) {
        let key = SymmetricKey(size: .bits256)
        self.database = database
        self.redis = redis
        self.name = name
        keys = QueueKeys(name)
        seal = EnvelopeSeal(key: key)
        queue = JobQueue(
            postgres: database.client, redis: redis, envelopeKey: key, logger: quietLogger, makeID: makeUUIDv7)
    }

    var postgres: PostgresClient { database.client }
    var owner: PostgresClient { database.owner }
    var transport: JobTransport { queue.transport }

    /// Runs the body with everything ready, and leaves neither database nor keys behind.
    static func open(_ body: @escaping @Sendable (Workbench) async throws -> Void) async throws {
        try await TestDatabase.withDatabase { database in
            let support = try TestRedis()
            var configuration = try RedisConfiguration(url: support.url)
            configuration.connectTimeout = .seconds(60)
            configuration.commandTimeout = .seconds(60)
            let redis = RedisClient(configuration: configuration, logger: quietLogger)
            guard let name = QueueName(rawValue: support.prefix) else { throw UnusableName() }
            try await withThrowingTaskGroup { group in
                group.addTask { try await redis.run() }
                let bench = Workbench(database: database, redis: redis, name: name)
                try await TestQueue.$current.withValue(name) { try await body(bench) }
                try await bench.forgetRedis()
                group.cancelAll()
            }
        }
    }

    /// Records jobs and, unless the test is about that push, waits until it has happened.
    func enqueue(_ payloads: [some JobPayload], runAt: Date? = nil) async throws {
        try await queue.withUnitOfWork { work in
            for payload in payloads { try work.enqueue(payload, runAt: runAt) }
        }
    }

    /// Records jobs as a process does that dies right after its commit: nothing is pushed.
    func recordOnly(_ payloads: [some JobPayload]) async throws {
        try await postgres.withTransaction { transaction in
            let consequences = Consequences(makeID: makeUUIDv7, subscriptions: Subscriptions(), trace: nil)
            let work = UnitOfWork(transaction: transaction, consequences: consequences)
            for payload in payloads { try work.enqueue(payload) }
            _ = try await work.close()
        }
    }

    func states() async throws -> [String] {
        try await postgres.queryValues("SELECT state FROM jobs ORDER BY id", as: String.self)
    }

    func count(_ state: JobState) async throws -> Int {
        try await postgres.queryValue(
            "SELECT count(*) FROM jobs WHERE state = \(state.rawValue) AND queue = \(name.rawValue)", as: Int.self) ?? 0
    }

    func length(_ key: String) async throws -> Int {
        try await redis.send(RedisCommand("LLEN", key)).int ?? -1
    }

    /// What `FLUSHALL` does to this queue.
    func forgetRedis() async throws {
        let found = try await redis.send(RedisCommand("KEYS", "haat:{\(name.rawValue)}:*")).elements ?? []
        for key in found.compactMap(\.text) { try await redis.send(RedisCommand("DEL", key)) }
    }

    /// Runs the body beside running workers, and stops them gracefully.
    func withWorkers(
        _ names: [String] = ["one"], concurrency: Int = 4, registry: JobRegistry, cron: [CronJob] = [],
        now: @escaping @Sendable () -> Date = { Date() }, onDead: @escaping DeadJobHook = { _, _, _, _ in },
        drainDeadline: Duration = .seconds(5), _ body: @Sendable () async throws -> Void
    ) async throws {
        let workers = names.map { worker in
            JobWorker(
                configuration: .hasty(
                    worker: worker, queue: name, concurrency: concurrency, drainDeadline: drainDeadline),
                registry: registry, cron: cron, queue: queue, logger: quietLogger, onDead: onDead, now: now)
        }
        let services = ServiceGroup(configuration: .init(services: workers, logger: quietLogger))
        try await withThrowingTaskGroup { group in
            group.addTask { try await services.run() }
            try await body()
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
    }

    /// Moves jobs into the active list of a worker that will never be heard of again.
    func claimAndDie(_ worker: String, count: Int) async throws -> [ClaimedJob] {
        let claims = try await transport.claim(name, worker: worker, count: count)
        try await redis.send(RedisCommand("ZADD", keys.workers, "1", worker))
        return claims
    }

    /// Begins to run a claim as a worker does that never gets to its end.
    func runWithoutEnd(_ claim: ClaimedJob, _ tally: Tally) async throws {
        let holds = JobHolds(postgres: postgres, lease: .milliseconds(50))
        var registry = JobRegistry()
        registry.register(Errand.self) { errand, context in
            try await context.hold()
            tally.note(errand.number)
            try await Task.sleep(for: .seconds(60))
        }
        let runner = JobRunner(
            queueName: name, registry: registry, queue: queue, loader: JobLoader(queue: name, postgres: postgres),
            holds: holds,
            settler: JobSettler(
                queue: name, worker: "dead", postgres: postgres, transport: transport, logger: quietLogger),
            onDead: { _, _, _, _ in }, metrics: JobMetrics(queue: name, registry: registry), logger: quietLogger)
        let before = tally.total
        Task { await runner.run(claim) }
        try await expectEventually { tally.total > before }
        try await Task.sleep(for: .milliseconds(100))
    }

    private struct UnusableName: Error {}
}

extension WorkerConfiguration {
    /// Everything a real worker does in seconds, in fractions of them.
    static func hasty(
        worker: String, queue: QueueName, concurrency: Int = 4, drainDeadline: Duration = .seconds(5)
    ) -> WorkerConfiguration {
        WorkerConfiguration(
            worker: worker, concurrency: [queue: concurrency], heartbeatInterval: .milliseconds(200),
            heartbeatExpiry: .seconds(10), recoveryInterval: .milliseconds(200), relayInterval: .milliseconds(25),
            ledgerSweepAge: .milliseconds(800), drainDeadline: drainDeadline)
    }
}

/// The queue of the test that is running: payloads name theirs statically.
enum TestQueue {
    @TaskLocal static var current = QueueName.maintenance
}

/// A job that says who it is.
struct Errand: JobPayload, Equatable {
    static let kind = "tests.errand"
    static var queue: QueueName { TestQueue.current }

    let number: Int
    var unique: String?

    var uniqueKey: String? { unique }
}

/// A job that no worker knows.
struct Riddle: JobPayload {
    static let kind = "tests.riddle"
    static var queue: QueueName { TestQueue.current }
}

/// What handlers have done, counted outside of any transaction.
final class Tally: Sendable {
    private let runs = NIOLockedValueBox<[Int: Int]>([:])

    func note(_ number: Int) {
        runs.withLockedValue { $0[number, default: 0] += 1 }
    }

    var all: [Int: Int] { runs.withLockedValue { $0 } }

    var total: Int { runs.withLockedValue { $0.values.reduce(0, +) } }
}

let quietLogger: Logger = {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
}()

/// 48 bits of time, then randomness.
@Sendable func makeUUIDv7() -> UUID {
    let milliseconds = UInt64(Date().timeIntervalSince1970 * 1000)
    var bytes = (0..<16).map { _ in UInt8.random(in: 0...255) }
    for index in 0..<6 { bytes[index] = UInt8(truncatingIfNeeded: milliseconds >> UInt64(8 * (5 - index))) }
    bytes[6] = bytes[6] & 0x0F | 0x70
    bytes[8] = bytes[8] & 0x3F | 0x80
    return UUID(
        uuid: (
            bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7], bytes[8], bytes[9],
            bytes[10],
            bytes[11], bytes[12], bytes[13], bytes[14], bytes[15]
        ))
}

/// Fails the test unless the condition comes to hold in time.
func expectEventually(
    within limit: Duration = .seconds(60), sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else {
            Issue.record("not within \(limit)", sourceLocation: sourceLocation)
            return
        }
        try await Task.sleep(for: .milliseconds(20))
    }
}
