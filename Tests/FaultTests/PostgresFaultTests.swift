import FaultHarness
import Testing

/// PostgreSQL is the authority: without it nothing is acknowledged, and what was acknowledged stays.
@Suite("PostgreSQL", .serialized, .timeLimit(.minutes(10)))
struct PostgresFaultTests {
    private func underFault(
        _ fault: @escaping @Sendable (Marketplace) async throws -> Void
    ) async throws {
        let marketplace = try await Stage.shared.marketplace("postgres", ownPostgres: true)
        let offer = try await marketplace.shop.offer(keys: 600)
        let paid = try await Traffic(in: marketplace).flow(of: offer) {
            try await fault(marketplace)
        }
        try await expectIntact(marketplace, paid: paid)
    }

    @Test("A server that crashes and restarts loses nothing that was acknowledged")
    func restarted() async throws {
        try await underFault { marketplace in
            await pause(.milliseconds(400))
            try await marketplace.postgres.restart(downFor: .milliseconds(500))
        }
    }

    @Test("While PostgreSQL is down the answer is 503 at once, never 200")
    func down() async throws {
        let marketplace = try await Stage.shared.marketplace("postgres", ownPostgres: true)
        await marketplace.postgres.stopImmediately()
        let event = ProviderEvent.aboutNothing()
        var durations: [Duration] = []
        for _ in 0..<15 {
            let started = ContinuousClock.now
            #expect(await marketplace.webhooks.push(event) == 503)
            durations.append(ContinuousClock.now - started)
        }
        #expect(durations.sorted()[7] < .seconds(1), "nobody waits for a connection")
        try await marketplace.postgres.start()
        try await marketplace.webhooks.deliver(event)
        try await expectIntact(marketplace)
    }

    @Test("Connections cut again and again double nothing")
    func cut() async throws {
        try await underFault { marketplace in
            for _ in 0..<6 {
                await pause(.milliseconds(300))
                marketplace.postgresProxy.cutAll()
            }
        }
    }

    @Test("Backends that an administrator ends are replaced")
    func terminated() async throws {
        try await underFault { marketplace in
            for _ in 0..<4 {
                await pause(.milliseconds(300))
                try await marketplace.terminateBackends()
            }
        }
    }

    @Test(
        "A COMMIT whose network is cut has happened or not, and either way counts once",
        arguments: [TCPProxy.StatementCut.Moment.beforeServer, .afterServer])
    func cutAtCommit(moment: TCPProxy.StatementCut.Moment) async throws {
        try await underFault { marketplace in
            for number in 1...4 {
                let before = marketplace.postgresProxy.cutsMade
                marketplace.postgresProxy.cut("COMMIT", moment)
                let wasCut = await eventually(within: .seconds(10)) { marketplace.postgresProxy.cutsMade > before }
                #expect(wasCut, "cut \(number)")
            }
            marketplace.postgresProxy.forgetCut()
        }
    }

    @Test(
        "An event whose insert is cut from the network is acknowledged only once it is stored, and stored once",
        arguments: [TCPProxy.StatementCut.Moment.beforeServer, .afterServer])
    func cutAtInsert(moment: TCPProxy.StatementCut.Moment) async throws {
        let marketplace = try await Stage.shared.marketplace("postgres", ownPostgres: true)
        for _ in 1...4 {
            let before = marketplace.postgresProxy.cutsMade
            marketplace.postgresProxy.cut("INSERT INTO webhook_seen", moment)
            let event = ProviderEvent.aboutNothing()
            #expect(await marketplace.webhooks.push(event) == 503)
            #expect(marketplace.postgresProxy.cutsMade == before + 1)
            try await marketplace.webhooks.deliver(event)
        }
        try await expectIntact(marketplace)
    }

    @Test("A server that hangs for a while leaves nothing half done")
    func frozen() async throws {
        try await underFault { marketplace in
            await marketplace.postgres.freeze()
            await pause(.seconds(3))
            await marketplace.postgres.thaw()
        }
    }
}
