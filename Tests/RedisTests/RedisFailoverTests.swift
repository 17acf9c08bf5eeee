import Foundation
import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import Redis

/// Two servers behind an address that can be switched, of which the second follows the first.
private struct Pair {
    let primary: PrivateRedisServer
    let replica: PrivateRedisServer
    let proxy: TCPProxy

    static func with(
        _ configure: (inout RedisConfiguration) -> Void = { _ in },
        _ body: @Sendable (Pair, RedisClient) async throws -> Void
    ) async throws {
        let primary = try PrivateRedisServer()
        try await primary.start()
        defer { #expect(throws: Never.self) { try primary.remove() } }
        let replica = try PrivateRedisServer(options: ["--replicaof", "127.0.0.1 \(primary.port)"])
        try await replica.start()
        defer { #expect(throws: Never.self) { try replica.remove() } }
        let proxy = try TCPProxy(toPort: UInt16(primary.port))
        defer { proxy.stop() }
        var configuration = try patientConfiguration("redis://127.0.0.1:\(proxy.port)/0")
        configuration.connectTimeout = .seconds(2)
        configuration.commandTimeout = .seconds(2)
        configure(&configuration)
        try await withRunning(configuration) { redis in
            try await untilTrue("the replica follows") {
                let state = try? await redis.send(RedisCommand("INFO", "replication")).text
                return state?.contains("state=online") == true
            }
            try await body(Pair(primary: primary, replica: replica, proxy: proxy), redis)
        }
    }

    /// The replica takes over; connections that exist stay at the old primary, which lives and follows.
    func failOver() async throws {
        try await order(replica, "REPLICAOF", "NO", "ONE")
        try await order(primary, "REPLICAOF", "127.0.0.1", "\(replica.port)")
        proxy.setTarget(port: UInt16(replica.port))
    }

    /// To the server itself, whatever it is: the client would refuse a replica.
    func order(_ server: PrivateRedisServer, _ command: String...) async throws {
        try await ServerProcess.run(
            URL(filePath: "/usr/bin/redis-cli"), ["-p", "\(server.port)", "-e"] + command, log: server.log)
    }
}

@Suite("When Redis fails over")
struct RedisFailoverTests {
    @Test("under load, calls succeed again at the promoted server")
    func underLoad() async throws {
        try await Pair.with { pair, redis in
            let acknowledged = NIOLockedValueBox(0)
            let load = Task {
                await withTaskGroup { group in
                    for _ in 0..<8 { group.addTask { await write(redis, acknowledged) } }
                }
            }
            defer { load.cancel() }
            try await untilTrue("the load runs") { acknowledged.withLockedValue { $0 } > 200 }
            try await pair.failOver()
            let before = acknowledged.withLockedValue { $0 }
            try await untilTrue("the load runs on") { acknowledged.withLockedValue { $0 } > before + 200 }
            load.cancel()
            await load.value
            try await #expect(redis.send(RedisCommand("ROLE")).elements?.first?.text == "master")
        }
    }

    private func write(_ redis: RedisClient, _ acknowledged: NIOLockedValueBox<Int>) async {
        let script = RedisScript("return redis.call('INCR', KEYS[1])")
        while !Task.isCancelled {
            do {
                try await redis.send(RedisCommand("INCR", "n"))
                try await redis.evaluate(script, keys: ["m"])
                acknowledged.withLockedValue { $0 += 1 }
                try await Task.sleep(for: .milliseconds(1))
            } catch {
                try? await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    @Test(
        "the refused caller gets the error, and the next one a connection to the promoted server",
        arguments: [true, false])
    func refusal(inPipeline: Bool) async throws {
        try await Pair.with {
            $0.connections = 1
            $0.roleCheckInterval = .seconds(600)
        } _: { pair, redis in
            try await pair.failOver()
            if inPipeline {
                let replies = try await redis.pipeline([
                    RedisCommand("GET", "a"), RedisCommand("SET", "a", "1"), RedisCommand("ECHO", "still answered"),
                ])
                #expect(throws: RedisError.self) { try replies[1].get() }
                #expect(try replies[2].get().text == "still answered")
            } else {
                await #expect {
                    try await redis.send(RedisCommand("SET", "a", "1"))
                } throws: { "\($0)".contains("READONLY") }
            }
            try await redis.send(RedisCommand("SET", "a", "2"))
            #expect(redis.statistics.connects == 2)
        }
    }

    @Test("a connection on which nobody writes finds out by itself")
    func readers() async throws {
        try await Pair.with {
            $0.roleCheckInterval = .milliseconds(50)
        } _: { pair, redis in
            try await redis.send(RedisCommand("SET", "a", "old"))
            try await pair.failOver()
            try await pair.order(pair.replica, "SET", "b", "new")
            try await untilTrue("both connections were made again") {
                redis.statistics.connects >= 4 && redis.statistics.connectedConnections == 2
            }
            try await #expect(redis.send(RedisCommand("GET", "b")).text == "new")
        }
    }

    @Test("a dedicated connection that waits is closed")
    func dedicated() async throws {
        try await Pair.with { pair, redis in
            try await redis.withDedicatedConnection { connection in
                let popped = Task {
                    try await connection.send(RedisCommand("BLPOP", "empty", 0), timeout: .seconds(60))
                }
                try await untilTrue("a client blocks") {
                    try await redis.send(RedisCommand("CLIENT", "LIST")).text?.contains("cmd=blpop") == true
                }
                try await pair.failOver()
                await #expect {
                    _ = try await popped.value
                } throws: { "\($0)".contains("UNBLOCKED") }
                await #expect {
                    try await connection.send(RedisCommand("PING"))
                } throws: { error in
                    guard case .unavailable(let reason) = error as? RedisError else { return false }
                    return reason.contains("UNBLOCKED")
                }
            }
            _ = try await redis.withDedicatedConnection { connection in
                try await connection.send(RedisCommand("LPUSH", "list", "a"))
            }
        }
    }

    @Test("a subscription ends, and a new one hears what is published at the promoted server")
    func subscription() async throws {
        try await Pair.with {
            $0.subscriptionCheckInterval = .milliseconds(50)
        } _: { pair, redis in
            try await redis.withSubscription(to: ["news", "weather"]) { messages in
                try await pair.failOver()
                for await _ in messages {}
            }
            try await redis.withSubscription(to: ["news"]) { messages in
                try await pair.order(pair.replica, "PUBLISH", "news", "after")
                var iterator = messages.makeAsyncIterator()
                #expect(await iterator.next()?.payload == Array("after".utf8))
            }
        }
    }

    @Test("a server that is a replica counts as one that is down, until it is promoted")
    func replicaAlone() async throws {
        try await Pair.with { pair, _ in
            let url = "redis://127.0.0.1:\(pair.replica.port)"
            try await withRunning(try patientConfiguration(url)) { redis in
                await #expect {
                    try await redis.send(RedisCommand("GET", "a"))
                } throws: { error in
                    guard case .unavailable(let reason) = error as? RedisError else { return false }
                    return reason.contains("it is a replica")
                }
                #expect(await medianTimeToFail(redis) < .milliseconds(50))
                #expect(redis.statistics.isUnavailable)
                try await pair.failOver()
                try await untilTrue("calls succeed") { await isAnswered(redis) }
            }
        }
    }

    @Test("a server that may not be asked for its role is left when it refuses to write")
    func roleForbidden() async throws {
        try await Pair.with { pair, redis in
            for server in [pair.primary, pair.replica] {
                try await pair.order(
                    server, "ACL", "SETUSER", "haat", "on", ">pw", "~*", "+get", "+set", "+ping", "+auth")
            }
            var configuration = try patientConfiguration("redis://haat:pw@127.0.0.1:\(pair.proxy.port)")
            configuration.connections = 1
            configuration.roleCheckInterval = .milliseconds(20)
            try await withRunning(configuration) { redis in
                try await redis.send(RedisCommand("SET", "a", "1"))
                try await Task.sleep(for: .milliseconds(200))
                #expect(redis.statistics.commands <= 6, "it does not ask again and again")
                try await pair.failOver()
                await #expect(throws: RedisError.self) { try await redis.send(RedisCommand("SET", "a", "2")) }
                try await untilTrue("calls succeed") {
                    do {
                        try await redis.send(RedisCommand("SET", "a", "3"))
                        return true
                    } catch {
                        return false
                    }
                }
            }
        }
    }
}
