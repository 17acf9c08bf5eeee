import Testing

@testable import Redis

@Suite("A dedicated connection")
struct RedisDedicatedConnectionTests {
    @Test("may block without holding up the shared ones")
    func blocking() async throws {
        try await withRedis { _, redis in
            async let popped = redis.withDedicatedConnection { connection in
                try await connection.send(
                    RedisCommand("BLMOVE", "from", "to", "RIGHT", "LEFT", 60), timeout: .seconds(90))
            }
            try await untilTrue("a client blocks") {
                try await redis.send(RedisCommand("CLIENT", "LIST")).text?.contains("cmd=blmove") == true
            }
            for _ in 0..<100 {
                try await redis.send(RedisCommand("PING"))
            }
            try await redis.send(RedisCommand("LPUSH", "from", "job"))
            try await #expect(popped.text == "job")
            try await #expect(redis.send(RedisCommand("LRANGE", "to", 0, -1)).elements?.count == 1)
        }
    }

    @Test("answers null when a blocking command ran into its own timeout")
    func nothingToPop() async throws {
        try await withRedis { _, redis in
            let reply = try await redis.withDedicatedConnection { connection in
                try await connection.send(RedisCommand("BLPOP", "empty", "0.05"), timeout: .seconds(60))
            }
            #expect(reply.isNull)
        }
    }

    @Test("ends when the task that waits on it is cancelled")
    func cancellation() async throws {
        try await withRedis { _, redis in
            let task = Task {
                try await redis.withDedicatedConnection { connection in
                    try await connection.send(RedisCommand("BLPOP", "empty", 0), timeout: .seconds(60))
                }
            }
            try await untilTrue("a client blocks") {
                try await redis.send(RedisCommand("CLIENT", "LIST")).text?.contains("cmd=blpop") == true
            }
            task.cancel()
            await #expect(throws: RedisError.self) { try await task.value }
            try await untilTrue("the server has forgotten the client") {
                try await redis.send(RedisCommand("CLIENT", "LIST")).text?.contains("cmd=blpop") == false
            }
        }
    }

    @Test("is closed by a command that takes too long, and says so")
    func deadline() async throws {
        try await withRedis { _, redis in
            try await redis.withDedicatedConnection { connection in
                await #expect(throws: RedisError.timedOut) {
                    try await connection.send(RedisCommand("BLPOP", "empty", 0), timeout: .milliseconds(50))
                }
                await #expect(throws: RedisError.unavailable(RedisConnection.stuck)) {
                    try await connection.send(RedisCommand("PING"))
                }
            }
        }
    }

    @Test("runs a transaction with WATCH")
    func transaction() async throws {
        try await withRedis { _, redis in
            try await redis.withDedicatedConnection { connection in
                try await connection.send(RedisCommand("WATCH", "n"))
                try await redis.send(RedisCommand("SET", "n", "changed"))
                let replies = try await connection.pipeline([
                    RedisCommand("MULTI"), RedisCommand("SET", "n", "mine"), RedisCommand("EXEC"),
                ])
                #expect(try replies[2].get().isNull)
            }
            try await #expect(redis.send(RedisCommand("GET", "n")).text == "changed")
        }
    }

    @Test("receives what is published to its channels, in order")
    func subscription() async throws {
        try await withRedis { _, redis in
            let received = try await redis.withSubscription(to: ["news", "weather"]) { messages in
                for number in 0..<100 {
                    try await redis.send(RedisCommand("PUBLISH", number % 2 == 0 ? "news" : "weather", number))
                }
                var received: [RedisMessage] = []
                for await message in messages {
                    received.append(message)
                    if received.count == 100 { break }
                }
                return received
            }
            #expect(received.map { String(decoding: $0.payload, as: UTF8.self) } == (0..<100).map { "\($0)" })
            #expect(received[1].channel == "weather")
        }
    }

    @Test("A subscription that the server refuses says so")
    func refusedSubscription() async throws {
        let server = try PrivateRedisServer(options: ["--user", "haat", "on", ">pw", "~*", "&news", "+@all"])
        try await server.start()
        defer { #expect(throws: Never.self) { try server.remove() } }
        try await withRunning(try patientConfiguration("redis://haat:pw@127.0.0.1:\(server.port)")) { redis in
            try await redis.withSubscription(to: ["news"]) { _ in }
            await #expect {
                try await redis.withSubscription(to: ["news", "secrets"]) { _ in }
            } throws: { "\($0)".contains("NOPERM") }
        }
    }

    @Test("A subscription lives through its own checks and ends with the server")
    func endOfSubscription() async throws {
        try await withRedis { configuration in
            configuration.subscriptionCheckInterval = .milliseconds(20)
        } _: { server, redis in
            try await redis.withSubscription(to: ["news"]) { messages in
                try await Task.sleep(for: .milliseconds(200))
                try await redis.send(RedisCommand("PUBLISH", "news", "still here"))
                var iterator = messages.makeAsyncIterator()
                #expect(await iterator.next()?.payload == Array("still here".utf8))
                server.stop()
                #expect(await iterator.next() == nil)
            }
        }
    }
}
