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
