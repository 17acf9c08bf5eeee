import FaultHarness
import Testing

/// Redis is a hint and a transport: whatever happens to it, things get slower and nothing is lost or doubled.
@Suite("Redis", .serialized, .timeLimit(.minutes(10)))
struct RedisFaultTests {
    private func underFault(
        _ fault: @escaping @Sendable (Marketplace) async throws -> Void
    ) async throws {
        let marketplace = try await Stage.shared.marketplace("redis")
        let offer = try await marketplace.shop.offer(keys: 600)
        let orders = try await Traffic(in: marketplace).flow(of: offer) { try await fault(marketplace) }
        try await expectIntact(marketplace, paid: orders)
    }

    @Test("Events are acknowledged while Redis is stopped, and every key is delivered once it is back")
    func stopped() async throws {
        try await underFault { marketplace in
            await pause(.milliseconds(300))
            await marketplace.redis.stop()
            let event = ProviderEvent.aboutNothing()
            let started = ContinuousClock.now
            #expect(await marketplace.webhooks.push(event) == 200)
            #expect(ContinuousClock.now - started < .seconds(5))
            await pause(.seconds(2))
            try await marketplace.redis.start()
        }
    }

    @Test("FLUSHALL in the middle of everything loses nothing")
    func flushed() async throws {
        try await underFault { marketplace in
            for _ in 0..<4 {
                await pause(.milliseconds(300))
                try await marketplace.redis.flushAll()
            }
        }
    }

    @Test("A full Redis that refuses writes delays jobs and loses none")
    func full() async throws {
        try await underFault { marketplace in
            await pause(.milliseconds(200))
            try await marketplace.redis.fill()
            #expect(await marketplace.webhooks.push(.aboutNothing()) == 200)
            await pause(.seconds(2))
            try await marketplace.redis.makeRoom()
        }
    }

    @Test("A Redis that makes its clients wait does not make providers wait")
    func paused() async throws {
        try await underFault { marketplace in
            try await marketplace.redis.pauseClients(for: .seconds(6))
            let started = ContinuousClock.now
            #expect(await marketplace.webhooks.push(.aboutNothing()) == 200)
            #expect(ContinuousClock.now - started < .seconds(5), "before Redis goes on")
        }
    }

    @Test("A Redis that hangs is done without")
    func frozen() async throws {
        try await underFault { marketplace in
            await marketplace.redis.freeze()
            #expect(await marketplace.webhooks.push(.aboutNothing()) == 200)
            await pause(.seconds(3))
            await marketplace.redis.thaw()
        }
    }

    @Test("Connections to Redis cut again and again lose no claim")
    func cut() async throws {
        try await underFault { marketplace in
            for _ in 0..<12 {
                await pause(.milliseconds(150))
                marketplace.redisProxy.cutAll()
            }
        }
    }

    @Test("A network that swallows what goes to Redis is done without")
    func blackHole() async throws {
        try await underFault { marketplace in
            marketplace.redisProxy.set(.blackHole)
            #expect(await marketplace.webhooks.push(.aboutNothing()) == 200)
            await pause(.seconds(3))
            marketplace.redisProxy.set(.pass)
        }
    }
}
