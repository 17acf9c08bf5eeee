import FaultHarness
import Postgres
import Testing

/// What Redis remembers was true of another history of the database, or of another database.
@Suite("History", .serialized, .timeLimit(.minutes(10)))
struct HistoryTests {
    enum Restore: String, CaseIterable, CustomTestStringConvertible {
        case dump = "from a dump, while the processes are stopped"
        case files = "from copied files, while the processes are stopped"
        case filesInFlight = "from copied files, under running processes"

        var testDescription: String { rawValue }
    }

    @Test(
        "After the database was restored to an earlier moment no event is acknowledged that it does not have",
        arguments: Restore.allCases)
    func restored(restore: Restore) async throws {
        let server = try await Stage.shared.machinery().makePostgres(named: "postgres-\(restore)")
        try await Stage.shared.withMarketplace(
            "restored", stores: Stores(postgres: server), startsWorker: true
        ) { marketplace in
            let offer = try await marketplace.shop.offer(keys: 10)
            let order = try await marketplace.shop.placeOrder(offer)
            let page = try await marketplace.shop.checkout(order)
            try await Traffic(in: marketplace).events(3)
            let backup =
                restore == .dump
                ? try await server.dump(marketplace.databaseName) : try await server.copyFiles()

            let events = (0..<20).map { _ in ProviderEvent.aboutNothing() }
            try await marketplace.webhooks.deliver(events, concurrency: 4)
            try await marketplace.stripe.pay(page)
            try await expectIntact(marketplace, paid: [order])

            let processes = restore == .filesInFlight ? [] : [marketplace.worker, marketplace.api]
            for process in processes { try await process.stop() }
            try await server.restore(marketplace.databaseName, from: backup)
            for process in processes.reversed() { try await process.start() }
            try await marketplace.api.untilReady()

            try await marketplace.stripe.resend(marketplace.stripe.acknowledgedEvents())
            try await marketplace.webhooks.deliver(events, concurrency: 4)
            try await expectIntact(marketplace, paid: [order])
        }
        await server.stopImmediately()
    }

    @Test("Of two installations on one Redis neither believes what it remembers of the other")
    func sharedRedis() async throws {
        try await Stage.shared.withMarketplace("first", startsWorker: true) { first in
            try await Stage.shared.withMarketplace(
                "second", stores: Stores(redis: first.redis), startsWorker: true
            ) { second in
                let events = (0..<20).map { _ in ProviderEvent.aboutNothing() }
                for marketplace in [first, second] {
                    try await marketplace.webhooks.deliver(events, concurrency: 4)
                    // Once more, when Redis has learnt of them.
                    try await marketplace.webhooks.deliver(events, concurrency: 4)
                }
                for marketplace in [first, second] {
                    let offer = try await marketplace.shop.offer(keys: 20)
                    _ = try await Traffic(in: marketplace).purchases(6, of: offer)
                }
                // Their workers take entries from each other, which come back in a minute: nothing here waits for that.
                for marketplace in [first, second] {
                    for violation in try await Invariants(of: marketplace).brokenPromises() {
                        Issue.record("\(violation)")
                    }
                }
            }
        }
    }
}
