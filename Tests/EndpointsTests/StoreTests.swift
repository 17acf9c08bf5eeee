import Core
import Foundation
import HTTPTypes
import HummingbirdTesting
import Logging
import NIOCore
import Postgres
import Redis
import Synchronization
import TestSupport
import Testing
import Vault

@testable import Endpoints

@Suite("Idempotency keys in PostgreSQL")
struct PostgresIdempotencyStoreTests {
    private static let vault = Vault(keys: RootKeys(EncryptionKey()), ids: UUIDv7Generator())
    private let key = IdempotencyKey(scope: "anyone", endpoint: "POST /orders", value: "0d4f")
    private let fingerprint = [UInt8](repeating: 7, count: 32)
    private let response = StoredResponse(
        status: 201, headers: ["ETag": "\"1\""], body: Array("{\"token\":\"secret\"}".utf8))

    private func withStore(
        _ body: @Sendable (PostgresIdempotencyStore<PostgresClient>, PostgresClient) async throws -> Void
    ) async throws {
        try await TestDatabase.withDatabase { database in
            try await body(
                PostgresIdempotencyStore(database: database.client, vault: Self.vault), database.client)
        }
    }

    @Test("A key is claimed once, waited for, finished and given again; other content is a mismatch")
    func lifecycle() async throws {
        try await withStore { store, client in
            guard case .started(let claim) = try await start(store) else { throw Wreck() }
            #expect(try await start(store) == .inProgress)
            #expect(try await start(store, fingerprint: [UInt8](repeating: 8, count: 32)) == .mismatch)
            #expect(try await store.renew(claim, lease: .seconds(5)))
            #expect(try await store.finish(claim, with: response))
            #expect(try await start(store) == .finished(response))
            #expect(try await start(store, fingerprint: [UInt8](repeating: 8, count: 32)) == .mismatch)
            let stored = try await client.queryValue("SELECT response FROM idempotency_keys", as: [UInt8].self)
            #expect(stored.map { String(decoding: $0, as: UTF8.self).contains("secret") } == false)
        }
    }

    @Test("An expired lease goes to the next caller, and the old holder can't finish any more")
    func takeover() async throws {
        try await withStore { store, _ in
            guard case .started(let dead) = try await start(store, lease: .milliseconds(50)) else { throw Wreck() }
            try await Task.sleep(for: .milliseconds(120))
            #expect(try await start(store, fingerprint: [UInt8](repeating: 8, count: 32)) == .mismatch)
            guard case .started(let next) = try await start(store) else { throw Wreck() }
            #expect(try await !store.renew(dead, lease: .seconds(5)))
            #expect(try await !store.finish(dead, with: StoredResponse(status: 500, headers: [:], body: [])))
            try await store.abandon(dead)
            #expect(try await start(store) == .inProgress)
            #expect(try await store.finish(next, with: response))
            #expect(try await start(store) == .finished(response))
        }
    }

    @Test("A key that is given back can be claimed anew; what has expired is as new and gets purged")
    func abandonAndPurge() async throws {
        try await withStore { store, client in
            guard case .started(let claim) = try await start(store) else { throw Wreck() }
            try await store.abandon(claim)
            guard case .started(let again) = try await start(store, retention: .milliseconds(50)) else { throw Wreck() }
            #expect(try await store.finish(again, with: response))
            try await Task.sleep(for: .milliseconds(120))
            guard
                case .started = try await start(
                    store, fingerprint: [UInt8](repeating: 8, count: 32), retention: .milliseconds(10))
            else { throw Wreck() }
            try await Task.sleep(for: .milliseconds(50))
            #expect(try await store.purge() == 1)
            #expect(try await client.queryValue("SELECT count(*) FROM idempotency_keys", as: Int.self) == 0)
        }
    }

    @Test("Of sixteen concurrent posts over HTTP one is carried out and all get its answer")
    func race() async throws {
        try await withStore { store, _ in
            var server = BazaarServer()
            server.store = store
            await server.bazaar.stalls.slowDown(by: .milliseconds(100))
            try await server.live { client in
                let bodies = try await withThrowingTaskGroup(of: String.self) { group in
                    for _ in 0..<16 {
                        group.addTask {
                            String(
                                buffer: try await client.post("/api/v1/orders", goodOrder, key: "one-intention").body)
                        }
                    }
                    return try await group.reduce(into: Set()) { $0.insert($1) }
                }
                #expect(bodies.count == 1)
            }
            #expect(await server.bazaar.stalls.placed == 1)
        }
    }

    @Test("When the database is away the answer is 503 with Retry-After")
    func databaseAway() async throws {
        var configuration = try PostgresConfiguration(connectionString: "postgresql://haat@127.0.0.1:1/none")
        configuration.acquireTimeout = .milliseconds(300)
        try await configuration.withClient { client in
            var server = BazaarServer()
            server.store = PostgresIdempotencyStore(database: client, vault: Self.vault)
            try await server.live { http in
                let response = try await http.post("/api/v1/orders", goodOrder)
                #expect(response.status == .serviceUnavailable)
                #expect(response.header("Retry-After") == "1")
                #expect(try response.problem == "unavailable")
            }
        }
    }

    private func start(
        _ store: PostgresIdempotencyStore<PostgresClient>, fingerprint: [UInt8]? = nil, lease: Duration = .seconds(30),
        retention: Duration = .seconds(60)
    ) async throws -> IdempotencyStart {
        try await store.start(key, fingerprint: fingerprint ?? self.fingerprint, lease: lease, retention: retention)
    }
}

@Suite("Rate limits")
struct RateLimiterTests {
    @Test("A bucket lets a burst pass and then refills evenly")
    func tokenBucket() async {
        let start = ContinuousClock.now
        let time = Mutex(start)
        let limiter = InMemoryRateLimiter { time.withLock { $0 } }
        func take(after seconds: Int) async -> RateDecision {
            time.withLock { $0 = start + .seconds(seconds) }
            return await limiter.take("b", limit: .perClient(6, per: .minute))
        }
        for left in (0..<6).reversed() { #expect(await take(after: 0).remaining == left) }
        let refused = await take(after: 4)
        #expect(!refused.isAllowed)
        #expect(abs(refused.retryAfter.seconds - 6) < 0.001)
        #expect(await take(after: 10).isAllowed)
        #expect(await !take(after: 11).isAllowed)
        #expect(await take(after: 600).remaining == 5)
    }

    @Test("Redis counts for all replicas together")
    func shared() async throws {
        let redis = try TestRedis()
        let client = RedisClient(configuration: try RedisConfiguration(url: redis.url), logger: Logger(label: "test"))
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            let limiters = (0..<2).map { _ in
                RedisRateLimiter(
                    redis: client, logger: Logger(label: "test"), keyPrefix: redis.prefix, timeout: .seconds(5))
            }
            let limit = RateLimit.perClient(5, per: .hour)
            var allowed = 0
            for turn in 0..<8 where await limiters[turn % 2].take("b", limit: limit).isAllowed { allowed += 1 }
            #expect(allowed == 5)
            let refused = await limiters[0].take("b", limit: limit)
            #expect(refused.remaining == 0)
            #expect((700.0...720.0).contains(refused.retryAfter.seconds))
            #expect(await limiters[0].take("other", limit: limit).remaining == 4)
            group.cancelAll()
        }
    }

    @Test(
        "A bucket that somebody has written to answers within its bounds",
        arguments: ["-1e300", "1e300", "nan", "-nan", "inf", "-inf", "x", ""])
    func forgedBucket(tokens: String) async throws {
        let redis = try TestRedis()
        let client = RedisClient(configuration: try RedisConfiguration(url: redis.url), logger: Logger(label: "test"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            for at in ["0", "1e300", "-1e300", "nan"] {
                _ = try await client.send(
                    RedisCommand("HSET", redis.prefix + "b", "tokens", tokens, "at", at), timeout: .seconds(10))
                let limiter = RedisRateLimiter(
                    redis: client, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                    keyPrefix: redis.prefix, timeout: .seconds(5))
                let decision = await limiter.take("b", limit: .perClient(5, per: .day))
                #expect((0...5).contains(decision.remaining))
                #expect((0.0...86_400.0).contains(decision.retryAfter.seconds))
                #expect((0.0...86_400.0).contains(decision.reset.seconds))
            }
            group.cancelAll()
        }
    }

    @Test("When Redis is away calls pass, counted by the process alone")
    func failsOpen() async throws {
        let client = RedisClient(
            configuration: try RedisConfiguration(url: "redis://127.0.0.1:1/0"), logger: Logger(label: "test"))
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            let limiter = RedisRateLimiter(
                redis: client, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                timeout: .milliseconds(50))
            let decisions = [
                await limiter.take("b", limit: .perClient(1, per: .hour)),
                await limiter.take("b", limit: .perClient(1, per: .hour)),
            ]
            #expect(decisions.map(\.isAllowed) == [true, false])
            group.cancelAll()
        }
    }
}
