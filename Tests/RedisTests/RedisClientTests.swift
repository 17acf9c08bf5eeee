import ServiceLifecycle
import Testing

@testable import Redis

@Suite("The Redis client")
struct RedisClientTests {
    @Test("sets, gets and misses")
    func basics() async throws {
        try await withRedis { _, redis in
            try await #expect(redis.send(RedisCommand("SET", "a", "1")) == .status("OK"))
            try await #expect(redis.send(RedisCommand("GET", "a")).text == "1")
            try await #expect(redis.send(RedisCommand("GET", "b")).isNull)
            try await #expect(redis.send(RedisCommand("SET", "a", "2", "NX", "GET", "PX", 30_000)).text == "1")
        }
    }

    @Test("throws what the server refuses, with the server's words")
    func serverError() async throws {
        try await withRedis { _, redis in
            try await redis.send(RedisCommand("SET", "text", "x"))
            await #expect {
                try await redis.send(RedisCommand("LPUSH", "text", "y"))
            } throws: { error in
                guard case .server(let message) = error as? RedisError else { return false }
                return message.hasPrefix("WRONGTYPE")
            }
            try await #expect(redis.send(RedisCommand("GET", "text")).text == "x")
        }
    }

    @Test("answers a pipeline in order, errors in their places")
    func pipeline() async throws {
        try await withRedis { _, redis in
            let replies = try await redis.pipeline([
                RedisCommand("SET", "n", 41), RedisCommand("INCR", "n"), RedisCommand("LPOP", "n"),
                RedisCommand("GET", "n"),
            ])
            #expect(replies.count == 4)
            #expect(try replies[1].get() == .integer(42))
            #expect(throws: RedisError.self) { try replies[2].get() }
            #expect(try replies[3].get().text == "42")
            try await #expect(redis.pipeline([]).isEmpty)
        }
    }

    @Test("keeps 10,000 concurrent increments and their replies apart")
    func concurrency() async throws {
        try await withRedis { _, redis in
            let values = try await withThrowingTaskGroup(of: Int?.self) { group in
                for _ in 0..<10_000 {
                    group.addTask { try await redis.send(RedisCommand("INCR", "n")).int }
                }
                return try await group.reduce(into: Set<Int?>()) { $0.insert($1) }
            }
            #expect(values == Set((1...10_000).map { $0 }))
        }
    }

    @Test("gives each of many tasks its own echo")
    func echoes() async throws {
        try await withRedis { _, redis in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<64 {
                    group.addTask {
                        for round in 0..<50 {
                            let text = "\(task)/\(round)"
                            let reply = try await redis.send(RedisCommand("ECHO", text))
                            #expect(reply.text == text)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(redis.statistics.commands >= 3200)
            try await untilTrue("both connections are up") { redis.statistics.connectedConnections == 2 }
            #expect(!redis.statistics.isUnavailable)
        }
    }

    @Test("carries binary values of several megabytes")
    func largeValue() async throws {
        try await withRedis { _, redis in
            let value = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try await redis.send(RedisCommand("SET", "big", value), timeout: .seconds(60))
            try await #expect(redis.send(RedisCommand("GET", "big"), timeout: .seconds(60)).bytes == value)
        }
    }

    @Test("gives a reply beyond the limit up with its connection, and goes on")
    func tooLarge() async throws {
        try await withRedis { configuration in
            configuration.maximumReplyBytes = 1000
        } _: { _, redis in
            try await redis.send(RedisCommand("SET", "big", [UInt8](repeating: 1, count: 2000)))
            await #expect {
                try await redis.send(RedisCommand("GET", "big"))
            } throws: { error in
                guard case .connectionLost(let reason) = error as? RedisError else { return false }
                return reason.contains("larger than 1000 bytes")
            }
            try await #expect(redis.send(RedisCommand("STRLEN", "big")) == .integer(2000))
        }
    }

    @Test("loads a script when the server does not know it, also after SCRIPT FLUSH")
    func scripts() async throws {
        try await withRedis { _, redis in
            let script = RedisScript("return {KEYS[1], ARGV[1], redis.call('INCRBY', KEYS[1], ARGV[2])}")
            for round in 1...3 {
                let reply = try await redis.evaluate(script, keys: ["k"], arguments: ["x", 5])
                #expect(reply.elements?[1].text == "x")
                #expect(reply.elements?[2] == .integer(5 * round))
                if round == 2 { try await redis.send(RedisCommand("SCRIPT", "FLUSH")) }
            }
        }
    }

    @Test("selects the database of its URL")
    func database() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        defer { #expect(throws: Never.self) { try server.remove() } }
        try await withRunning(try patientConfiguration("redis://127.0.0.1:\(server.port)/7")) { redis in
            try await redis.send(RedisCommand("SET", "here", "1"))
            try await #expect(redis.send(RedisCommand("CLIENT", "INFO")).text?.contains(" db=7 ") == true)
        }
        try await withRunning(try patientConfiguration("redis://127.0.0.1:\(server.port)")) { redis in
            try await #expect(redis.send(RedisCommand("GET", "here")).isNull)
        }
    }

    @Test("finishes what is in flight when it is told to shut down, and refuses the rest")
    func gracefulShutdown() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        defer { #expect(throws: Never.self) { try server.remove() } }
        let configuration = try patientConfiguration("redis://127.0.0.1:\(server.port)/0")
        let redis = RedisClient(configuration: configuration, logger: quiet)
        let services = ServiceGroup(services: [redis], logger: quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            try await redis.send(RedisCommand("PING"))
            try await untilTrue("both connections are up") { redis.statistics.connectedConnections == 2 }
            let written = redis.statistics.commands
            async let slow = redis.send(
                RedisCommand("EVAL", "local n = 0 while n < 5000000 do n = n + 1 end return n", 0),
                timeout: .seconds(60))
            try await untilTrue("the slow command was written") { redis.statistics.commands > written }
            await services.triggerGracefulShutdown()
            try await #expect(slow == .integer(5_000_000))
            try await group.waitForAll()
        }
        await #expect(throws: RedisError.unavailable("the client is shutting down")) {
            try await redis.send(RedisCommand("PING"))
        }
        #expect(redis.statistics.connectedConnections == 0)
    }

    @Test("tells callers that nobody runs it")
    func notRunning() async throws {
        let redis = RedisClient(configuration: try patientConfiguration("redis://127.0.0.1:1"), logger: quiet)
        await #expect {
            try await redis.send(RedisCommand("PING"), timeout: .milliseconds(20))
        } throws: { error in
            guard case .unavailable = error as? RedisError else { return false }
            return true
        }
    }
}
