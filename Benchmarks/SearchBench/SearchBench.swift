import ArgumentParser
import Catalog
import Core
import Foundation
import Jobs
import Logging
import Postgres
import Redis
import Search

/// Measures searches and suggestions over a large catalogue, which `Benchmarks/Search/catalogue.sql` makes.
@main
struct SearchBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "bench-search")

    @Option(help: "Searches of each measurement.") var count = 2_000
    @Option(help: "Searches at once.") var connections = 4
    @Flag(help: "Make the documents anew first.") var rebuild = false

    mutating func run() async throws {
        guard let database = ProcessInfo.processInfo.environment["HAAT_DATABASE_URL"] else {
            throw ValidationError("HAAT_DATABASE_URL must be set")
        }
        var logger = Logger(label: "bench-search")
        logger.logLevel = .error
        var configuration = try PostgresConfiguration(connectionString: database)
        configuration.maximumConnections = connections
        let postgres = PostgresClient(configuration: configuration, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { [count, connections, rebuild, logger] group in
            group.addTask { try await postgres.run() }
            var report: [String: Double] = [:]
            if rebuild { report.merge(try await rebuildDocuments(in: postgres, logger: logger)) { $1 } }
            let (find, suggest) = (FindProducts(clock: SystemClock()), SuggestTerms(clock: SystemClock()))
            let searches = Workload.searches(count)
            let cold = try await measure(searches, connections) { _ = try await find($0, from: postgres) }
            report.merge(cold.report("search")) { $1 }
            let one = searches[0]
            _ = try await find(one, from: postgres)
            let repeated = try await measure(Array(repeating: one, count: count), connections) {
                _ = try await find($0, from: postgres)
            }
            report.merge(repeated.report("repeated")) { $1 }
            let typed = try await measure(Workload.typed(count), connections) {
                _ = try await suggest($0, limit: 10, from: postgres)
            }
            report.merge(typed.report("suggestion")) { $1 }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
            print(String(decoding: try encoder.encode(report), as: UTF8.self))
            group.cancelAll()
        }
    }
}

private func rebuildDocuments(in postgres: PostgresClient, logger: Logger) async throws -> [String: Double] {
    let identifiers = UUIDv7Generator()
    let redis = RedisClient(configuration: try RedisConfiguration(url: "redis://127.0.0.1:1/0"), logger: logger)
    let key = try EncryptionKey(bytes: Array(0..<32)).derived(for: "job-envelope")
    let queue = JobQueue(postgres: postgres, redis: redis, envelopeKey: key, logger: logger) { identifiers.next() }
    let began = ContinuousClock.now
    let progress = try await RebuildSearch(clock: SystemClock())(in: queue)
    let seconds = (ContinuousClock.now - began) / .seconds(1)
    return ["documents": Double(progress.documents), "rebuild_seconds": seconds.rounded()]
}

/// How long each call takes, in milliseconds and sorted.
private func measure<Input: Sendable>(
    _ inputs: [Input], _ width: Int, _ call: @escaping @Sendable (Input) async throws -> Void
) async throws -> [Double] {
    try await withThrowingTaskGroup(of: [Double].self) { group in
        for lane in 0..<width {
            group.addTask {
                var taken: [Double] = []
                for index in stride(from: lane, to: inputs.count, by: width) {
                    let began = ContinuousClock.now
                    try await call(inputs[index])
                    taken.append((ContinuousClock.now - began) / .milliseconds(1))
                }
                return taken
            }
        }
        return try await group.reduce(into: []) { $0 += $1 }.sorted()
    }
}

extension [Double] {
    fileprivate func report(_ name: String) -> [String: Double] {
        func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
        return [
            "\(name)_p50_ms": rounded(self[count / 2]), "\(name)_p99_ms": rounded(self[count * 99 / 100]),
            "\(name)_max_ms": rounded(self[count - 1]),
        ]
    }
}
