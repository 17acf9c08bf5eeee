import Foundation
import Testing

@testable import Redis

@Suite("When Redis is away")
struct RedisOutageTests {
    @Test("calls fail within milliseconds, and succeed again soon after it is back")
    func restart() async throws {
        try await withRedis { server, redis in
            try await redis.send(RedisCommand("SET", "a", "1"))
            server.stop()
            try await untilTrue("calls fail as unavailable") { await isUnavailable(redis) }
            #expect(await medianTimeToFail(redis) < .seconds(1), "nobody waits for a connection")
            #expect(redis.statistics.isUnavailable)
            try await server.start()
            try await untilTrue("calls succeed again") { await isAnswered(redis) }
            try await #expect(redis.send(RedisCommand("GET", "a")).isNull)
        }
    }

    @Test("a client that starts first connects when the server comes")
    func startsLater() async throws {
        let server = try PrivateRedisServer()
        defer { #expect(throws: Never.self) { try server.remove() } }
        let configuration = try patientConfiguration("redis://127.0.0.1:\(server.port)")
        try await withRunning(configuration) { redis in
            #expect(await isUnavailable(redis))
            try await server.start()
            try await untilTrue("calls succeed") { await isAnswered(redis) }
        }
    }

    @Test("a command in flight when the server dies has an unknown outcome")
    func dies() async throws {
        try await withRedis { server, redis in
            try await redis.send(RedisCommand("PING"))
            try await untilTrue("both connections are up") { redis.statistics.connectedConnections == 2 }
            let written = redis.statistics.commands
            let reply = Task {
                try await redis.send(RedisCommand("EVAL", "while true do end", 0), timeout: .seconds(120))
            }
            try await untilTrue("the script keeps the server from answering") { try await !server.answers(within: 1) }
            server.stop()
            await #expect {
                _ = try await reply.value
            } throws: { error in
                guard case .connectionLost = error as? RedisError else { return false }
                return true
            }
        }
    }

    @Test("a caller's own short limit ends its wait and not the connection")
    func impatience() async throws {
        try await withRedis { configuration in
            configuration.connections = 1
        } _: { _, redis in
            try await redis.send(RedisCommand("CLIENT", "PAUSE", 6000))
            let start = ContinuousClock.now
            await #expect(throws: RedisError.timedOut) {
                try await redis.send(RedisCommand("INCR", "n"), timeout: .milliseconds(50))
            }
            #expect(ContinuousClock.now - start < .seconds(5), "before the server goes on")
            try await #expect(redis.send(RedisCommand("INCR", "n")) == .integer(2))
            #expect(redis.statistics.connects == 1)
            #expect(redis.statistics.timeouts == 1)
        }
    }

    @Test("a server that stops answering costs the connection, fails calls at once and recovers")
    func stoppedProcess() async throws {
        try await withRedis { configuration in
            configuration.commandTimeout = .milliseconds(150)
            configuration.connectTimeout = .milliseconds(500)
        } _: { server, redis in
            try await untilTrue("calls succeed") { await isAnswered(redis) }
            server.signal(SIGSTOP)
            let errors = await failures(redis, ofCalls: 100)
            #expect(errors.count == 100)
            #expect(errors.contains(.timedOut))
            try await untilTrue("calls fail at once") { await isUnavailable(redis) }
            #expect(await medianTimeToFail(redis) < redis.configuration.commandTimeout)
            server.signal(SIGCONT)
            try await untilTrue("calls succeed again") { await isAnswered(redis) }
        }
    }

    @Test("replies that come after a pause are nobody else's")
    func paused() async throws {
        try await withRedis { configuration in
            configuration.commandTimeout = .milliseconds(150)
            configuration.connectTimeout = .milliseconds(500)
        } _: { _, redis in
            try await untilTrue("calls succeed") { await isAnswered(redis) }
            try await redis.send(RedisCommand("CLIENT", "PAUSE", 1000), timeout: .seconds(60))
            _ = await failures(redis, ofCalls: 100)
            try await untilTrue("calls succeed again") { await isAnswered(redis) }
            for number in 0..<100 {
                let reply = try await redis.send(RedisCommand("ECHO", number), timeout: .seconds(60))
                #expect(reply.int == number)
            }
        }
    }

    @Test("a peer that speaks something else is refused with the reason")
    func wrongProtocol() async throws {
        let server = try await NonsenseServer.start(answer: "HTTP/1.1 400 Bad Request\r\n\r\n")
        let configuration = try patientConfiguration("redis://127.0.0.1:\(server.port)")
        try await withRunning(configuration) { redis in
            await #expect {
                try await redis.send(RedisCommand("PING"))
            } throws: { "\($0)".contains("protocol error") }
        }
        try await server.stop()
    }
}

/// How a small command fails, or nil.
func failure(_ redis: RedisClient) async -> RedisError? {
    do {
        _ = try await redis.send(RedisCommand("PING"))
        return nil
    } catch {
        return error
    }
}

/// How so many small commands at once fail; those that are answered are left out.
func failures(_ redis: RedisClient, ofCalls count: Int) async -> [RedisError] {
    await withTaskGroup(of: RedisError?.self) { group in
        for _ in 0..<count {
            group.addTask { await failure(redis) }
        }
        return await group.reduce(into: []) { failures, failure in
            if let failure { failures.append(failure) }
        }
    }
}

/// How long a call takes to fail, each of them as unavailable. The median, since other tests use the machine too.
func medianTimeToFail(_ redis: RedisClient) async -> Duration {
    var durations: [Duration] = []
    for _ in 0..<25 {
        let start = ContinuousClock.now
        #expect(await isUnavailable(redis))
        durations.append(ContinuousClock.now - start)
    }
    return durations.sorted()[durations.count / 2]
}

/// Whether a small command fails before anything was sent.
func isUnavailable(_ redis: RedisClient) async -> Bool {
    guard let failure = await failure(redis) else { return false }
    guard case .unavailable = failure else { return false }
    return true
}

/// Whether a small command is answered.
func isAnswered(_ redis: RedisClient) async -> Bool {
    await failure(redis) == nil
}
