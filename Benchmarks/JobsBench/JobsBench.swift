import ArgumentParser
import Core
import Foundation
import Jobs
import Logging
import Postgres
import Redis
import Synchronization

/// Measures the queue: how fast no-op jobs with their ledger rows drain, and how soon a job starts on an idle machine.
@main
struct JobsBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "bench-jobs")

    @Option(help: "Jobs to drain.") var count = 100_000
    @Option(help: "Jobs run at once.") var concurrency = 128
    @Option(help: "Jobs of the latency measurement.") var samples = 500

    mutating func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        guard let database = environment["HAAT_DATABASE_URL"], let redisURL = environment["HAAT_REDIS_URL"] else {
            throw ValidationError("HAAT_DATABASE_URL and HAAT_REDIS_URL must be set")
        }
        var logger = Logger(label: "bench-jobs")
        logger.logLevel = .error
        let postgres = PostgresClient(
            configuration: try PostgresConfiguration(connectionString: database), logger: logger)
        let redis = RedisClient(configuration: try RedisConfiguration(url: redisURL), logger: logger)
        let identifiers = UUIDv7Generator()
        let key = try EncryptionKey(bytes: Array(0..<32)).derived(for: "job-envelope")
        let queue = JobQueue(postgres: postgres, redis: redis, envelopeKey: key, logger: logger) { identifiers.next() }
        try await withThrowingTaskGroup(of: Void.self) { [count, concurrency, samples] group in
            group.addTask { try await postgres.run() }
            group.addTask { try await redis.run() }
            let drained = try await measureDrain(queue, count: count, concurrency: concurrency, logger: logger)
            let latencies = try await measureLatency(queue, samples: samples, logger: logger)
            let report: [String: Double] = [
                "jobs": Double(count),
                "jobs_per_second": drained.rounded(),
                "enqueue_to_start_p50_ms": latencies[latencies.count / 2],
                "enqueue_to_start_p99_ms": latencies[latencies.count * 99 / 100],
            ]
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            print(String(decoding: try encoder.encode(report), as: UTF8.self))
            group.cancelAll()
        }
    }
}

struct NoOp: JobPayload {
    static let kind = "bench.noop"
    static let queue = QueueName(rawValue: "bench") ?? .maintenance

    let index: Int
}

/// Fills the queue first, as the peer does, then counts from the worker's start to the last job.
private func measureDrain(_ queue: JobQueue, count: Int, concurrency: Int, logger: Logger) async throws -> Double {
    for start in stride(from: 0, to: count, by: 1000) {
        try await queue.withUnitOfWork { work in
            for index in start..<min(start + 1000, count) { try work.enqueue(NoOp(index: index)) }
        }
    }
    try await Task.sleep(for: .seconds(1))
    let runs = Runs(expected: count)
    var registry = JobRegistry()
    registry.register(NoOp.self) { _, _ in runs.record() }
    let clock = ContinuousClock()
    let started = clock.now
    try await whileWorking(queue, registry, concurrency: concurrency, logger: logger) { await runs.waitForAll() }
    return Double(count) / ((clock.now - started) / .seconds(1))
}

/// One job at a time, with pauses between, in milliseconds and sorted.
private func measureLatency(_ queue: JobQueue, samples: Int, logger: Logger) async throws -> [Double] {
    let clock = ContinuousClock()
    let (starts, continuation) = AsyncStream.makeStream(of: ContinuousClock.Instant.self)
    var registry = JobRegistry()
    registry.register(NoOp.self) { _, _ in continuation.yield(clock.now) }
    let latencies = Latencies()
    try await whileWorking(queue, registry, concurrency: 16, logger: logger) {
        var iterator = starts.makeAsyncIterator()
        for index in 0..<samples {
            let enqueued = clock.now
            try await queue.withUnitOfWork { work in try work.enqueue(NoOp(index: index)) }
            guard let start = await iterator.next() else { return }
            latencies.append((start - enqueued) / .milliseconds(1))
            try await Task.sleep(for: .milliseconds(5))
        }
    }
    return latencies.sorted
}

private func whileWorking(
    _ queue: JobQueue, _ registry: JobRegistry, concurrency: Int, logger: Logger,
    _ body: @Sendable () async throws -> Void
) async throws {
    let worker = JobWorker(
        configuration: WorkerConfiguration(worker: UUID().uuidString, concurrency: [NoOp.queue: concurrency]),
        registry: registry, cron: [], queue: queue, logger: logger, onDead: { _, _, _, _ in })
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await worker.run() }
        try await body()
        group.cancelAll()
    }
}

/// Counts runs and wakes whoever waits for the last one.
private final class Runs: Sendable {
    private let expected: Int
    private let seen = Atomic<Int>(0)
    private let (stream, continuation) = AsyncStream.makeStream(of: Void.self)

    init(expected: Int) {
        self.expected = expected
    }

    func record() {
        if seen.add(1, ordering: .relaxed).newValue == expected { continuation.finish() }
    }

    func waitForAll() async {
        for await _ in stream {}
    }
}

private final class Latencies: Sendable {
    private let values = Mutex<[Double]>([])

    func append(_ value: Double) { values.withLock { $0.append(value) } }

    var sorted: [Double] { values.withLock { $0.sorted() } }
}
