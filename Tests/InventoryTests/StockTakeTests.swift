import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Inventory
import Jobs
import Postgres
import Testing
import Vendors

@Suite("Stock takes")
struct StockTakeTests {
    private func start(_ csv: String, of variant: Variant, in market: Marketplace) async throws -> StockTake {
        let table = try StockTakeTable(csv: Array(csv.utf8))
        return try await market.work {
            try await StartStockTake(audit: market.audit, ids: market.ids, clock: market.clock)(
                table, of: variant.vendor, by: .system, in: $0)
        }
    }

    private func run(_ take: StockTake, in market: Marketplace) async throws {
        try await RunStockTake(audit: market.audit, clock: market.clock).run(.init(takeID: take.id), in: market.queue)
    }

    @Test("Each row is counted where it names what it replaces, else left and reported")
    func rows() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            let tea = try await market.goods(units: 10, sku: "TEA", vendor: vendor)
            let rice = try await market.goods(units: 10, sku: "RICE", vendor: vendor)
            _ = try await market.licence(keys: 1, sku: "KEY", vendor: vendor)
            _ = try await market.place((rice, 8))
            let location = try await market.location(of: vendor.id, named: "Depot, north")
            _ = try await market.location(of: vendor.id, named: "Twin")
            _ = try await market.location(of: vendor.id, named: "Twin")
            let shelf = StockPlace(location: location)
            _ = try await market.adjust(tea, StockAdjustment(.by(4), at: shelf))
            let take = try await start(
                """
                sku,count,expected,location,batch
                TEA,9,10,,
                TEA,3,4,"Depot, north",
                TEA,7,4,\(location),
                RICE,7,10,,
                RICE,10,10,,
                KEY,5,1,,
                NONE,1,1,,
                TEA,1,1,Twin,
                TEA,1,1,,B-9
                """, of: tea, in: market)
            #expect(try await market.jobKinds().contains("stock.run_take"))
            try await run(take, in: market)
            let rows = try await StockTakeStore().rows(
                of: take.id, outcome: nil, page: PageRequest(), in: market.client
            ).items
            #expect(
                rows.map(\.outcome) == [
                    .counted, .counted, .stale, .reserved, .unchanged, .licenceKeys, .unknownSKU, .unknownLocation,
                    .unknownBatch,
                ])
            #expect(rows[2].found == 3 && rows.map(\.line) == Array(2...10))
            #expect(try await market.level(of: tea).onHand == 12)
            #expect(try await market.level(of: rice).onHand == 10)
            let done = try await StockTakeStore().take(take.id, visibleTo: .everything, in: market.client)
            #expect(done?.state == .done && done?.outcomes[.counted] == 2)
            #expect(try await market.told("stock.take_finished").count == 1)
            try await run(take, in: market)
            #expect(try await market.level(of: tea).onHand == 12)
            #expect(try await market.told("stock.take_finished").count == 1)
        }
    }

    @Test("A long table is gone through in pieces, and what an interruption has left is done afterwards")
    func interruption() async throws {
        try await Marketplace.open { market in
            let variant = try await market.goods(units: 0, sku: "TEA")
            let lines = (0..<450).map { "TEA,\($0 + 1),\($0),," }
            let take = try await start(
                "sku,count,expected,location,batch\r\n" + lines.joined(separator: "\r\n"), of: variant, in: market)
            await #expect(throws: JobOwnershipLost.self) {
                try await RunStockTake(audit: market.audit, clock: market.clock).run(
                    .init(takeID: take.id), in: DyingJob(in: market.queue, after: 3))
            }
            #expect(try await market.level(of: variant).onHand == 200)
            try await run(take, in: market)
            #expect(try await market.level(of: variant).onHand == 450)
            let rows = try await StockTakeStore().rows(
                of: take.id, outcome: .counted, page: PageRequest(limit: 100), in: market.client)
            #expect(rows.items.count == 100 && rows.next != nil)
        }
    }

    @Test("A table that says nothing is refused with its lines")
    func refusals() throws {
        func pointers(_ csv: String) -> [String]? {
            do {
                _ = try StockTakeTable(csv: Array(csv.utf8))
                return nil
            } catch {
                return error.fields.map { $0.pointer + " " + $0.code }
            }
        }
        let head = "sku,location,batch,expected,count\n"
        #expect(pointers(head + "A,,,1,2") == nil)
        #expect(pointers(head + "A,,,one,2\nB,,,1,-1") == ["/2/expected type", "/3/count minimum"])
        #expect(pointers("sku,count\nA,1") == [" csv"])
        #expect(pointers(head) == [" csv"])
    }
}

/// A job that is lost after so many transactions.
private final class DyingJob: Claim {
    private let claim: JobQueue
    private let lives: AdjustableCount

    init(in claim: JobQueue, after transactions: Int) {
        self.claim = claim
        lives = AdjustableCount(transactions)
    }

    func withUnitOfWork<Result: Sendable>(
        _ body: @Sendable (UnitOfWork) async throws -> Result
    ) async throws -> Result {
        guard await lives.take() else { throw JobOwnershipLost() }
        return try await claim.withUnitOfWork(body)
    }

    func finish<Result: Sendable>(_ body: @Sendable (UnitOfWork) async throws -> Result) async throws -> Result {
        throw JobOwnershipLost()
    }

    func hold() async throws {}
}

private actor AdjustableCount {
    private var left: Int

    init(_ left: Int) { self.left = left }

    func take() -> Bool {
        left -= 1
        return left >= 0
    }
}
