import FaultHarness
import Foundation
import Testing

/// A pooler between the processes and PostgreSQL.
@Suite("Behind a pooler", .serialized, .timeLimit(.minutes(30)))
struct PoolerTests {
    @Test(
        "Where connections have no sessions of their own, a process says so in one line and ends with status 78",
        arguments: [Pooler.Mode.transaction, .statement])
    func sharedSessions(mode: Pooler.Mode) async throws {
        let marketplace = try await Stage.shared.marketplace("input")
        let pooler = try Pooler(mode, on: try await Stage.shared.machinery(), before: marketplace.postgres)
        try await pooler.start()
        let settings = [
            "HAAT_DATABASE_URL": marketplace.postgres.url(database: marketplace.databaseName, port: pooler.port),
            "HAAT_API_PORT": "0", "HAAT_API_MANAGEMENT_PORT": "0", "HAAT_WORKER_MANAGEMENT_PORT": "0",
        ]
        for command in ["haat-api serve", "haat-worker run"] {
            let (ending, output) = try await marketplace.runFurther(command, settings: settings)
            #expect(ending == .exited(78), "\(command): \(output)")
            #expect(output.hasPrefix("HAAT_DATABASE_URL: behind the pooler at 127.0.0.1:\(pooler.port)"), "\(output)")
            #expect(output.split(separator: "\n").count == 1 && output.contains("pool_mode=session"), "\(output)")
        }
        await pooler.stop()
    }

    /// `HAAT_POOLED_PURCHASES=1000` is the long form.
    @Test("Where each connection has a session of its own, everything works as without it")
    func ownSessions() async throws {
        let machinery = try await Stage.shared.machinery()
        let postgres = try await machinery.calmPostgres()
        let pooler = try Pooler(.session, on: machinery, before: postgres)
        try await pooler.start()
        var stores = Stores(postgres: postgres)
        stores.postgresPort = pooler.port
        let purchases = Int(ProcessInfo.processInfo.environment["HAAT_POOLED_PURCHASES"] ?? "") ?? 30
        try await Stage.shared.withMarketplace("pooled", stores: stores, startsWorker: true) { marketplace in
            let offer = try await marketplace.shop.offer(keys: purchases * 2 + 10)
            let orders = try await Traffic(in: marketplace).purchases(purchases, of: offer)
            try await expectIntact(marketplace, paid: orders)
        }
        await pooler.stop()
    }
}
