import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Inventory
import Jobs
import Logging
import Orders
import Postgres
import Registrations
import Testing
import Values

@Suite("Batches of licence keys")
struct KeyBatchTests {
    private func quarantine(_ batch: LicenceKeyBatch, in market: Marketplace) async throws -> CountedKeyBatch {
        try await market.work {
            try await QuarantineLicenceKeys(audit: market.audit, clock: market.clock)(
                batch.id, because: "The maker revoked them", by: .system, in: $0)
        }
    }

    private func release(_ batch: LicenceKeyBatch, in market: Marketplace) async throws -> CountedKeyBatch {
        try await market.work {
            try await QuarantineLicenceKeys(audit: market.audit, clock: market.clock).release(
                batch.id, by: .system, in: $0)
        }
    }

    private func withdraw(in market: Marketplace) async throws {
        try await WithdrawEndedKeys(audit: market.audit, clock: market.clock, logger: Logger(label: "test"))
            .run(in: market.queue)
    }

    private func reconcile(_ market: Marketplace) async throws -> [KeyDiscrepancy] {
        try await ReconcileLicenceKeys(audit: market.audit, clock: market.clock)(
            by: .commandLine("test"), in: market.queue
        ).discrepancies
    }

    private func day(_ days: Int, after market: Marketplace) -> CivilDate {
        CivilDate(utc: market.clock.now.addingTimeInterval(Double(days) * 86_400))
    }

    private func paid(_ units: Int64, of variant: Variant, in market: Marketplace) async throws -> ID<Order> {
        let order = try await market.place((variant, units)).order.id
        #expect(try await market.pay(order).isPaid)
        return order
    }

    @Test("A batch says where its keys came from, and figures what became of them")
    func figures() async throws {
        try await Marketplace.open { market in
            let variant = try await market.licence(keys: 2)
            let batch = try await market.keyBatch(
                of: variant, KeyBatchDetails(source: "Lekha", supplierReference: "PO-1", note: "By courier"))
            #expect(batch.details.receivedOn == day(0, after: market))
            try await market.importKeys(["A", "B", "C"], into: variant, of: batch)
            let order = try await paid(3, of: variant, in: market)
            try await market.deliver(order)
            let store = LicenceKeyBatchStore()
            let own = try await store.figures(of: batch.id, in: market.client)
            let pool = try await store.figures(of: variant.id, in: market.client)
            #expect(own[.available] == 2 && own[.assigned] == 1 && own.total == 3)
            #expect(pool[.available] == 2 && pool[.assigned] == 3 && pool.revealed == 0)
            let listed = try await store.batches(
                KeyBatchFilter(variant: variant.id), page: PageRequest(), visibleTo: .vendor(variant.vendor.uuid),
                in: market.client)
            #expect(listed.items.map(\.id) == [batch.id])
            let foreign = try await store.batch(batch.id, visibleTo: .vendor(UUID()), in: market.client)
            #expect(foreign == nil)
        }
    }

    @Test("What is wrong with a batch is said, and keys join their own variant's batches alone")
    func refusals() async throws {
        try await Marketplace.open(connections: 2) { market in
            let variant = try await market.licence(keys: 0)
            let other = try await market.licence(keys: 0, sku: "OTHER")
            let problem = await #expect(throws: Problem.self) {
                try await market.keyBatch(
                    of: variant,
                    KeyBatchDetails(
                        source: " ", expiresOn: CivilDate(year: 31, month: 1, day: 1), minimumDays: 4_000))
            }
            #expect(problem?.fields.map(\.pointer) == ["/source", "/expires_on", "/minimum_days"])
            let goods = try await market.goods(units: 1)
            await #expect(throws: Problem.self) { try await market.keyBatch(of: goods) }
            let batch = try await market.keyBatch(of: other)
            let misplaced = await #expect(throws: Problem.self) {
                try await market.importKeys(["A"], into: variant, of: batch)
            }
            #expect(misplaced?.fields.map(\.pointer) == ["/batch_id"])
        }
    }

    @Test(
        "Keys of a bad batch leave the pool and the stock at once, buyers are told once, and a release brings back what is left"
    )
    func quarantining() async throws {
        try await Marketplace.open { market in
            let variant = try await market.licence(keys: 0)
            let bad = try await market.keyBatch(of: variant)
            let good = try await market.keyBatch(of: variant)
            try await market.importKeys(["BAD-1", "BAD-2", "BAD-3"], into: variant, of: bad)
            try await market.importKeys(["GOOD-1", "GOOD-2"], into: variant, of: good)
            let order = try await paid(1, of: variant, in: market)
            try await market.deliver(order)
            #expect(try await market.reveal(order).map { $0.key.reveal() } == ["BAD-1"])
            for _ in 0..<2 {
                let counted = try await quarantine(bad, in: market)
                #expect(counted.figures[.quarantined] == 2 && counted.figures[.assigned] == 1)
            }
            #expect(try await market.level(of: variant).available == 2)
            #expect(try await market.told("licence_key_batch.quarantined").count == 1)
            #expect(try await market.jobKinds().count { $0 == "notifications.key_recall" } == 1)
            let refused = await #expect(throws: Problem.self) {
                try await market.importKeys(["BAD-4"], into: variant, of: bad)
            }
            #expect(refused?.type == "key-batch-quarantined")
            let next = try await paid(2, of: variant, in: market)
            try await market.deliver(next)
            #expect(try await market.reveal(next).map { $0.key.reveal() } == ["GOOD-1", "GOOD-2"])
            await #expect(throws: InsufficientStock.self) { try await market.place((variant, 1)) }
            for _ in 0..<2 { #expect(try await release(bad, in: market).figures[.available] == 2) }
            #expect(try await market.level(of: variant).available == 2)
            #expect(try await reconcile(market).isEmpty)
        }
    }

    @Test("Orders that were promised keys of a bad batch wait for others, which are not sold to anybody else")
    func promised() async throws {
        try await Marketplace.open { market in
            let variant = try await market.licence(keys: 0)
            let bad = try await market.keyBatch(of: variant)
            try await market.importKeys(["BAD-1", "BAD-2", "BAD-3"], into: variant, of: bad)
            let waiting = try await paid(1, of: variant, in: market)
            let unpaid = try await market.place((variant, 1)).order.id
            _ = try await quarantine(bad, in: market)
            #expect(try await market.level(of: variant).onHand == -1)
            #expect(try await market.level(of: variant).available == 0)
            #expect(try await market.pay(unpaid).isPaid)
            try await market.deliver(waiting)
            #expect(try await market.order(waiting).status == .paid)
            // Two are owed: the third alone is for sale.
            try await market.importKeys(["NEW-1", "NEW-2", "NEW-3"], into: variant)
            #expect(try await market.level(of: variant).available == 1)
            for order in [waiting, unpaid] {
                try await market.deliver(order)
                #expect(try await market.order(order).status == .delivered)
            }
            let bound = try await market.client.queryValue("SELECT backorder_bound FROM stock", as: Int64.self)
            #expect(bound == 0)
            #expect(try await reconcile(market).isEmpty)
        }
    }

    @Test("Keys that end first are sold first, and those of which too little is left are not")
    func expiry() async throws {
        try await Marketplace.open { market in
            let variant = try await market.licence(keys: 0)
            try await market.importKeys(["ENDLESS"], into: variant)
            for (key, days) in [("LATE", 200), ("EARLY", 45), ("EARLIER", 33)] {
                let batch = try await market.keyBatch(
                    of: variant,
                    KeyBatchDetails(source: "Maker", expiresOn: day(days, after: market), minimumDays: 30))
                try await market.importKeys([key], into: variant, of: batch)
            }
            market.clock.advance(by: 5 * 86_400)
            // Its last day is over, and nobody has withdrawn it yet.
            let order = try await paid(2, of: variant, in: market)
            try await market.deliver(order)
            #expect(Set(try await market.reveal(order).map { $0.key.reveal() }) == ["EARLY", "LATE"])
            try await withdraw(in: market)
            #expect(try await market.level(of: variant).available == 1)
            let figures = try await LicenceKeyBatchStore().figures(of: variant.id, in: market.client)
            #expect(figures[.expired] == 1 && figures[.available] == 1)
            let reasons = try await market.client.queryValues(
                "SELECT reason FROM stock_movements WHERE on_hand_change < 0 ORDER BY id", as: String.self)
            #expect(reasons == ["committed", "expired"])
            try await withdraw(in: market)
            #expect(try await reconcile(market).isEmpty)
        }
    }

    @Test(
        "A pool that becomes low says so once for each time, whoever takes its keys, and one that is empty is sold out")
    func lowPool() async throws {
        try await Marketplace.open { market in
            let variant = try await market.licence(keys: 0)
            let bad = try await market.keyBatch(of: variant)
            try await market.importKeys(["B-1", "B-2", "B-3"], into: variant, of: bad)
            try await market.importKeys(["A-1", "A-2"], into: variant)
            _ = try await market.work {
                try await SetStockPolicy(audit: market.audit)(
                    variant.id, StockPolicyChanges(lowStockThreshold: 2), by: .system, in: $0)
            }
            _ = try await paid(1, of: variant, in: market)
            #expect(try await market.told("stock.low").isEmpty)
            _ = try await quarantine(bad, in: market)
            #expect(try await market.told("stock.low").count == 1)
            _ = try await paid(1, of: variant, in: market)
            #expect(try await market.told("stock.low").count == 1)
            await #expect(throws: InsufficientStock.self) { try await market.place((variant, 1)) }
            _ = try await release(bad, in: market)
            _ = try await paid(1, of: variant, in: market)
            #expect(try await market.told("stock.low").count == 2)
        }
    }

    @Test(
        "Where stock is not what the pool has it is made so, by a movement, wherever the error is",
        arguments: [
            "UPDATE stock SET on_hand = 9", "UPDATE stock SET on_hand = 1",
            "INSERT INTO stock_movements (variant_id, vendor_id, reason, on_hand_change, reserved_change) SELECT variant_id, vendor_id, 'imported', 4, 0 FROM stock",
            "DELETE FROM licence_keys WHERE state = 'available'",
        ])
    func reconciling(damage: String) async throws {
        try await Marketplace.open { market in
            let variant = try await market.licence(keys: 5)
            let delivered = try await paid(1, of: variant, in: market)
            try await market.deliver(delivered)
            _ = try await paid(1, of: variant, in: market)
            #expect(try await reconcile(market).isEmpty)
            try await market.owner.execute("\(unescaped: damage)")
            let found = try await reconcile(market)
            #expect(found.map(\.kind) == [.pool] && found.map(\.isRepaired) == [true])
            #expect(try await reconcile(market).isEmpty)
            let (keys, stock) = try #require(
                try await market.client.queryOne(
                    """
                    SELECT (SELECT count(*) FROM licence_keys WHERE state = 'available'), (SELECT on_hand FROM stock)
                    """, columns: (Int64, Int64).self))
            #expect(stock == keys - 1)
        }
    }
}
