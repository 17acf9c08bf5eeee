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
import Vendors

@Suite("Batches")
struct StockBatchTests {
    /// The clock of tests begins on this day.
    private static let today = CivilDate(daysSinceEpoch: 20_833)

    private func batch(
        _ code: String, until end: CivilDate, of variant: Variant, in market: Marketplace
    ) async throws
        -> StockPlace
    {
        let keep = KeepStockBatches(audit: market.audit, ids: market.ids, clock: market.clock)
        let added = try await market.work {
            try await keep.add(code, BatchDays(expiresOn: end), to: variant.id, by: .system, in: $0)
        }
        return StockPlace(batch: added.batch.id)
    }

    private func withdraw(in market: Marketplace) async throws {
        try await WithdrawEndedBatches(audit: market.audit, clock: market.clock, logger: Logger(label: "test"))
            .run(in: market.queue)
    }

    @Test("A batch is sold on its last day, and taken out of stock on the next, once")
    func end() async throws {
        try await Marketplace.open { market in
            #expect(CivilDate(utc: market.clock.now) == Self.today)
            let variant = try await market.goods(units: 3)
            let place = try await batch("B-1", until: Self.today, of: variant, in: market)
            _ = try await market.adjust(variant, StockAdjustment(.by(5), at: place, reason: .received))
            try await withdraw(in: market)
            #expect(try await market.level(of: variant).onHand == 8)
            market.clock.advance(by: 86_400)
            for _ in 0..<2 { try await withdraw(in: market) }
            #expect(try await market.level(of: variant).onHand == 3)
            let last = try await market.stock.movements(of: variant.id, page: PageRequest(limit: 1), in: market.client)
            #expect(last.items.map(\.reason) == [.expired] && last.items.map(\.onHandChange) == [-5])
            #expect(last.items.map(\.place) == [place])
            #expect(try await market.told("stock.batch_ended").map { $0["withdrawn"] } == [5])
            let listed = try await StockBatchStore().batches(of: variant.id, page: PageRequest(), in: market.client)
            #expect(listed.items.map(\.onHand) == [0])
        }
    }

    @Test("What orders count on stays, and that is told; what is given back goes at the next turn")
    func promised() async throws {
        try await Marketplace.open { market in
            let variant = try await market.goods(units: 0)
            let place = try await batch("B-1", until: Self.today, of: variant, in: market)
            _ = try await market.adjust(variant, StockAdjustment(.by(5), at: place, reason: .received))
            let order = try await market.place((variant, 2)).order
            market.clock.advance(by: 86_400)
            try await withdraw(in: market)
            #expect(try await market.level(of: variant) == StockLevel(variant: variant.id, onHand: 2, reserved: 2))
            let told = try await market.told("stock.batch_ended")
            #expect(told.map { $0["withdrawn"] } == [3] && told.map { $0["promised"] } == [2])
            try await market.cancel(order.id)
            try await withdraw(in: market)
            #expect(try await market.level(of: variant).onHand == 0)
        }
    }

    @Test("Days that can't be are refused, each by its field, and a code names one batch of a variant")
    func rules() async throws {
        try await Marketplace.open { market in
            let variant = try await market.goods(units: 0)
            let keep = KeepStockBatches(audit: market.audit, ids: market.ids, clock: market.clock)
            func day(_ number: Int) -> CivilDate { CivilDate(daysSinceEpoch: number) }
            let wrong = BatchDays(
                manufacturedOn: day(20_010), bestBefore: day(20_009), expiresOn: day(20_008), sellUntil: day(20_020))
            let refusal = await #expect(throws: Problem.self) {
                try await market.work { try await keep.add("B", wrong, to: variant.id, by: .system, in: $0) }
            }
            #expect(
                refusal?.fields.map(\.pointer) == ["/best_before", "/expires_on", "/expires_on", "/sell_until"])
            let right = BatchDays(manufacturedOn: day(20_000), expiresOn: day(20_100))
            #expect(right.sellUntil == day(20_100))
            let added = try await market.work { try await keep.add("B", right, to: variant.id, by: .system, in: $0) }
            let taken = await #expect(throws: Problem.self) {
                try await market.work { try await keep.add("B", right, to: variant.id, by: .system, in: $0) }
            }
            #expect(taken?.type == "stock-batch-taken")
            let later = BatchDays(bestBefore: day(20_050), sellUntil: day(20_040))
            let changed = try await market.work {
                try await keep.setDays(of: added.batch.id, to: later, by: .system, in: $0)
            }
            #expect(changed.days == later)
            let listed = try await StockBatchStore().batches(of: variant.id, page: PageRequest(), in: market.client)
            #expect(listed.items.map(\.batch.days) == [later])
            let outside = await #expect(throws: Problem.self) {
                try await market.work {
                    try await keep.setDays(
                        of: added.batch.id, to: later,
                        by: .init(.system, permissions: [], visibility: .vendor(UUID())), in: $0)
                }
            }
            #expect(outside?.status == 404)
        }
    }
}
