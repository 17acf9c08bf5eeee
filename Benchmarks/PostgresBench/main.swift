import Foundation
import Logging
import Postgres
import Synchronization

/// Prepared `select $1::int4` through the client, as JSON on standard output.
///
///     bench-postgres [--url URL] [--connections 8] [--concurrency 64] [--seconds 5]
struct Options {
    var url = ProcessInfo.processInfo.environment["HAAT_DATABASE_URL"] ?? "postgresql://127.0.0.1/postgres"
    var connections = 8
    var concurrency = 64
    var seconds = 5

    init(arguments: [String]) throws(UsageError) {
        var rest = arguments[...]
        while let name = rest.popFirst() {
            guard let value = rest.popFirst() else { throw UsageError(text: "\(name) needs a value") }
            switch name {
            case "--url": url = value
            case "--connections": connections = try Self.positive(name, value)
            case "--concurrency": concurrency = try Self.positive(name, value)
            case "--seconds": seconds = try Self.positive(name, value)
            default: throw UsageError(text: "unknown option \(name)")
            }
        }
    }

    private static func positive(_ name: String, _ value: String) throws(UsageError) -> Int {
        guard let number = Int(value), number > 0 else { throw UsageError(text: "\(name) needs a number above 0") }
        return number
    }
}

struct UsageError: Error, CustomStringConvertible {
    let text: String
    var description: String { text }
}

struct Report: Encodable {
    var connections: Int
    var concurrency: Int
    var seconds: Double
    var statements: Int
    var statementsPerSecond: Double
    var openConnections: Int
}

/// Runs statements one after the other until the deadline.
func worker(_ client: PostgresClient, until deadline: ContinuousClock.Instant) async throws -> Int {
    var statements = 0
    var number: Int32 = 0
    while statements % 64 != 0 || ContinuousClock.now < deadline {
        number &+= 1
        let statement = PostgresStatement(sql: "select $1::int4", parameters: [number])
        guard try await client.queryValue(statement, as: Int32.self) == number else {
            throw UsageError(text: "the server returned another number")
        }
        statements += 1
    }
    return statements
}

func measure(_ client: PostgresClient, _ options: Options, duration: Duration) async throws -> Report {
    let start = ContinuousClock.now
    let statements = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<options.concurrency { group.addTask { try await worker(client, until: start + duration) } }
        return try await group.reduce(0, +)
    }
    let elapsed = start.duration(to: .now) / .seconds(1)
    return Report(
        connections: options.connections, concurrency: options.concurrency, seconds: elapsed, statements: statements,
        statementsPerSecond: Double(statements) / elapsed, openConnections: client.statistics.open)
}

let options = try Options(arguments: Array(CommandLine.arguments.dropFirst()))
var configuration = try PostgresConfiguration(connectionString: options.url)
configuration.minimumConnections = options.connections
configuration.maximumConnections = options.connections
let client = PostgresClient(configuration: configuration, logger: Logger(label: "bench"))
try await withThrowingTaskGroup { group in
    group.addTask { try await client.run() }
    _ = try await measure(client, options, duration: .milliseconds(500))
    let report = try await measure(client, options, duration: .seconds(options.seconds))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    print(String(decoding: try encoder.encode(report), as: UTF8.self))
    group.cancelAll()
    try await group.waitForAll()
}
