import Foundation
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import Redis

/// A redis-server of a test's own, on a free port with its data in a temporary directory.
// Unchecked: one test holds it, and only that test starts and stops it.
final class PrivateRedisServer: @unchecked Sendable {
    let port: Int
    private let directory: URL
    private let options: [String]
    private var process: Process?

    init(options: [String] = []) async throws {
        port = try await Self.freePort()
        self.options = options
        directory = FileManager.default.temporaryDirectory.appending(path: "redis-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    func start() async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/redis-server")
        process.arguments =
            [
                "--port", "\(port)", "--bind", "127.0.0.1", "--dir", directory.path, "--save", "", "--appendonly", "no",
                "--loglevel", "warning",
            ] + options
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        self.process = process
        try await untilTrue("redis-server listens on \(port)") { await Self.accepts(self.port) }
    }

    func stop() {
        guard let process else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        self.process = nil
    }

    func signal(_ signal: Int32) {
        guard let process else { return }
        kill(process.processIdentifier, signal)
    }

    func remove() throws {
        signal(SIGCONT)
        stop()
        try FileManager.default.removeItem(at: directory)
    }

    static func freePort() async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(channel.localAddress?.port)
        try await channel.close()
        return port
    }

    private static func accepts(_ port: Int) async -> Bool {
        do {
            let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            try await bootstrap.connect(host: "127.0.0.1", port: port).get().close()
            return true
        } catch {
            return false
        }
    }
}

/// Polls until the condition holds; fails the test after thirty seconds.
func untilTrue(_ what: String, _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(30)
    while try await !condition() {
        guard ContinuousClock.now < deadline else {
            Issue.record("not within 30 s: \(what)")
            return
        }
        try await Task.sleep(for: .milliseconds(5))
    }
}

let quiet = Logger(label: "redis.tests") { _ in SwiftLogNoOpLogHandler() }

/// A configuration that a busy machine does not upset.
func patientConfiguration(_ url: String) throws -> RedisConfiguration {
    var configuration = try RedisConfiguration(url: url)
    configuration.connectTimeout = .seconds(10)
    configuration.commandTimeout = .seconds(10)
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
    let server = try await PrivateRedisServer(options: options)
    try await server.start()
    defer { #expect(throws: Never.self) { try server.remove() } }
    var configuration = try patientConfiguration("redis://127.0.0.1:\(server.port)/0")
    configure(&configuration)
    return try await withRunning(configuration) { try await body(server, $0) }
}
