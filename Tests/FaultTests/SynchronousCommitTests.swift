import FaultHarness
import Postgres
import Testing

/// A commit that waits for its synchronous standby has happened at one place only.
@Suite("Synchronous commit", .serialized, .timeLimit(.minutes(10)))
struct SynchronousCommitTests {
    @Test(
        "An event whose commit no standby has is not acknowledged, though somebody ends its waiting",
        arguments: ["pg_cancel_backend", "pg_terminate_backend"])
    func endedWaiting(function: String) async throws {
        let machinery = try await Stage.shared.machinery()
        let pair = try await PostgresPair(on: machinery, named: "postgres-\(function)")
        let primary = await pair.primary
        let standby = await pair.standby
        let marketplace = try await Marketplace.open("waiting", on: machinery, stores: Stores(postgres: primary))
        try await Traffic(in: marketplace).events(5)

        await standby.freeze()
        let ended = try await endWaiting(function, in: marketplace) {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        for _ in 0..<5 { await marketplace.webhooks.push(.aboutNothing(), timeout: .seconds(20)) }
                    }
                }
            }
        }
        #expect(ended > 0, "nobody waited")
        for process in [marketplace.worker, marketplace.api] { await process.kill(forGood: true) }
        // What the standby has not taken yet is gone with the primary: it lay between the two.
        await primary.kill()
        await standby.kill()
        try await standby.start()
        try await pair.promoteStandby()

        let acknowledged = await marketplace.webhooks.acknowledged.sorted()
        let lost = try await standby.withAdministrator(of: marketplace.databaseName) { database in
            try await database.queryValues(
                """
                SELECT owed.id FROM unnest(\(acknowledged)::text[]) AS owed (id)
                WHERE NOT EXISTS (SELECT FROM webhook_events e WHERE e.event_id = owed.id)
                """, as: String.self)
        }
        #expect(lost.isEmpty, "acknowledged, and on no server that is left")
        #expect(acknowledged.count >= 5)
        await standby.stopImmediately()
        await marketplace.redis.stop()
        try await marketplace.sandbox.stop()
    }

    @Test("With the standby away pushes are refused before their provider gives up, and the processes are not ready")
    func standbyAway() async throws {
        let machinery = try await Stage.shared.machinery()
        let pair = try await PostgresPair(on: machinery, named: "postgres-away")
        let (primary, standby) = (await pair.primary, await pair.standby)
        let marketplace = try await Marketplace.open("away", on: machinery, stores: Stores(postgres: primary))
        try await Traffic(in: marketplace).events(5)

        await standby.freeze()
        let events = (0..<50).map { _ in ProviderEvent.aboutNothing() }
        async let refused = refusals(of: events, in: marketplace)
        for port in [marketplace.apiManagementPort, marketplace.workerManagementPort] {
            let isUnready = try await eventually(within: .seconds(8), every: .milliseconds(200)) {
                let started = ContinuousClock.now
                let status = try await marketplace.status("GET", "/health/ready", at: port)
                #expect(ContinuousClock.now - started < .seconds(2), "readiness itself waits for nobody")
                return status == 503
            }
            #expect(isUnready, "port \(port)")
        }
        for (status, duration) in await refused {
            #expect(status == 503)
            #expect(duration < .seconds(5), "providers give up after five seconds")
        }
        // Those before hold every writer; who comes now is told as soon.
        for (status, duration) in await refusals(of: [.aboutNothing()], in: marketplace) {
            #expect(status == 503 && duration < .seconds(5))
        }

        await standby.thaw()
        try await marketplace.webhooks.deliver(events, concurrency: 8, within: .seconds(60))
        for port in [marketplace.apiManagementPort, marketplace.workerManagementPort] {
            let isReady = try await eventually(within: .seconds(60), every: .milliseconds(200)) {
                try await marketplace.status("GET", "/health/ready", at: port) == 200
            }
            #expect(isReady, "port \(port)")
        }
        try await expectIntact(marketplace)
        try await marketplace.close()
    }

    /// Pushes all of them at once: what each was answered, and after how long.
    private func refusals(
        of events: [ProviderEvent], in marketplace: Marketplace
    ) async -> [(status: Int, duration: Duration)] {
        await withTaskGroup(of: (Int, Duration).self) { group in
            for event in events {
                group.addTask {
                    let started = ContinuousClock.now
                    let status = await marketplace.webhooks.push(event, timeout: .seconds(30))
                    return (status, ContinuousClock.now - started)
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// Ends the waiting of every commit, again and again, until the body has come to its end.
    ///
    /// - Returns: how many have been ended.
    private func endWaiting(
        _ function: String, in marketplace: Marketplace, _ body: @escaping @Sendable () async -> Void
    ) async throws -> Int {
        try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask {
                var count = 0
                while !Task.isCancelled {
                    do {
                        count +=
                            try await marketplace.look { database in
                                try await database.queryValue(
                                    """
                                    SELECT count(\(unescaped: function)(pid)) FROM pg_stat_activity
                                    WHERE wait_event = 'SyncRep' AND datname = current_database()
                                    """, as: Int.self)
                            } ?? 0
                    } catch PostgresError.cancelled {
                        break
                    }
                    await pause(.milliseconds(20))
                }
                return count
            }
            await body()
            group.cancelAll()
            return try await group.reduce(0, +)
        }
    }
}
