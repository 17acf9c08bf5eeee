import Foundation
import Logging
import TestSupport
import Testing

@testable import Redis

/// A redis-server of a test's own, on a port of its own with its data in a temporary directory.
// Unchecked: one test holds it, and only that test starts and stops it.
final class PrivateRedisServer: @unchecked Sendable {
    private let held: HeldPort
    private let directory: URL
    private let options: [String]
    private var process: ServerProcess?

    var port: Int { held.number }

    init(options: [String] = []) throws {
        held = try HeldPort()
        self.options = options
        directory = FileManager.default.temporaryDirectory.appending(path: "redis-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    /// Returns when it accepts connections.
    func start() async throws {
        try Data().write(to: log)
        let program = ProcessInfo.processInfo.environment["HAAT_REDIS_SERVER"] ?? "/usr/bin/redis-server"
        let process = try ServerProcess(
            URL(filePath: program),
            [
                "--port", "\(port)", "--bind", "127.0.0.1", "--dir", directory.path, "--save", "", "--appendonly", "no",
            ] + options, log: log)
        self.process = process
        try await untilTrue("redis-server listens on \(port)") {
            guard !process.hasEnded else { throw ServerFailure(reason: "redis-server does not start", log: log) }
            return try ListeningSockets.isListening(process.pid, on: port)
        }
    }

    /// Whether it answers a connection of its own in time.
    func answers(within seconds: Int) async throws -> Bool {
        var configuration = try RedisConfiguration(url: "redis://127.0.0.1:\(port)")
        configuration.connectTimeout = .seconds(seconds)
        configuration.commandTimeout = .seconds(seconds)
        return try await withRunning(configuration) { await isAnswered($0) }
    }

    var log: URL { directory.appending(path: "log") }

    func stop() {
        process?.end(SIGKILL)
        process = nil
    }

    func signal(_ signal: Int32) {
        process?.send(signal)
    }

    func remove() throws {
        signal(SIGCONT)
        stop()
        try FileManager.default.removeItem(at: directory)
    }
}

/// Polls until the condition holds; fails the test after a minute.
func untilTrue(_ what: String, _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while try await !condition() {
        guard ContinuousClock.now < deadline else {
            Issue.record("not within a minute: \(what)")
            return
        }
        try await Task.sleep(for: .milliseconds(5))
    }
}

let quiet = Logger(label: "redis.tests") { _ in SwiftLogNoOpLogHandler() }

/// A configuration that a busy machine does not upset.
func patientConfiguration(_ url: String) throws -> RedisConfiguration {
    var configuration = try RedisConfiguration(url: url)
    configuration.connectTimeout = .seconds(60)
    configuration.commandTimeout = .seconds(60)
    return configuration
}

/// Runs a client for the length of `body`.
@discardableResult
func withRunning<Value: Sendable>(
    _ configuration: RedisConfiguration, _ body: @Sendable (RedisClient) async throws -> Value
) async throws -> Value {
    let client = RedisClient(configuration: configuration, logger: quiet)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await client.run() }
        defer { group.cancelAll() }
        return try await body(client)
    }
}

/// Runs a server of its own and a client of it for the length of `body`.
@discardableResult
func withRedis<Value: Sendable>(
    options: [String] = [], _ configure: (inout RedisConfiguration) -> Void = { _ in },
    _ body: @Sendable (PrivateRedisServer, RedisClient) async throws -> Value
) async throws -> Value {
    let server = try PrivateRedisServer(options: options)
    try await server.start()
    defer { #expect(throws: Never.self) { try server.remove() } }
    var configuration = try patientConfiguration("redis://127.0.0.1:\(server.port)/0")
    configure(&configuration)
    return try await withRunning(configuration) { try await body(server, $0) }
}
