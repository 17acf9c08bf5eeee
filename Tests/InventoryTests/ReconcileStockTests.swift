import Catalog
import CommerceTestSupport
import Core
import Foundation
import Inventory
import Jobs
import Orders
import Postgres
import Testing

@Suite("Reconciling stock")
struct ReconcileStockTests {
    private func reconcile(_ market: Marketplace) async throws -> [StockDiscrepancy] {
        try await ReconcileStock(audit: market.audit, clock: market.clock)(by: .commandLine("test"), in: market.queue)
            .discrepancies
    }

    private func sums(of variant: Variant, in market: Marketplace) async throws -> [Int64] {
        let sums = try await market.client.queryOne(
            """
            SELECT coalesce(sum(on_hand_change), 0)::int8, coalesce(sum(reserved_change), 0)::int8 FROM stock_movements
            WHERE variant_id = \(variant.id)
            """, columns: (Int64, Int64).self)
        return sums.map { [$0.0, $0.1] } ?? []
    }

    @Test("Stock that agrees is left as it is")
    func agreement() async throws {
        try await Marketplace.open { market in
            let variant = try await market.goods(units: 9)
            let place = StockPlace(location: try await market.location(of: variant.vendor))
            _ = try await market.adjust(variant, StockAdjustment(.by(3), at: place))
            _ = try await market.place((variant, 2))
            let paid = try await market.place((variant, 1)).order
            _ = try await market.pay(paid.id)
            #expect(try await reconcile(market).isEmpty)
            #expect(try await market.level(of: variant).reserved == 2)
        }
    }

    @Test(
        "What is reserved is made what is held, by a movement, wherever the error is",
        arguments: [
            "UPDATE stock SET reserved = 7", "UPDATE stock SET reserved = 0",
            "UPDATE reservations SET state = 'released'", "UPDATE reservations SET quantity = 5",
            "UPDATE reservations SET quantity = 12",
        ])
    func reserved(damage: String) async throws {
        try await Marketplace.open { market in
            let variant = try await market.goods(units: 9)
            let untouched = try await market.goods(units: 9, sku: "OTHER")
            _ = try await market.place((variant, 2))
            try await market.owner.execute("\(unescaped: damage) WHERE variant_id = \(variant.id)")
            let found = try await reconcile(market)
            #expect(found.map(\.kind) == [.reserved] && found.map(\.isRepaired) == [true])
            #expect(found.map(\.subject) == [variant.id.description])
            let held = try await market.client.queryValue(
                """
                SELECT coalesce(sum(quantity), 0)::int8 FROM reservations WHERE variant_id = \(variant.id) AND state = 'held'
                """, as: Int64.self)
            let level = try await market.level(of: variant)
            #expect(level.reserved == held)
            #expect(try await sums(of: variant, in: market) == [level.onHand, level.reserved])
            let last = try await market.stock.movements(of: variant.id, page: PageRequest(limit: 1), in: market.client)
            #expect(last.items.map(\.reason) == [.reconciled])
            #expect(last.items.map(\.actor) == [AuditActor.commandLine("test")])
            #expect(try await reconcile(market).isEmpty)
            #expect(try await market.level(of: untouched).onHand == 9)
        }
    }

    @Test("What nobody but a person can put right is told")
    func others() async throws {
        try await Marketplace.open { market in
            let variant = try await market.goods(units: 9)
            let place = StockPlace(location: try await market.location(of: variant.vendor))
            _ = try await market.adjust(variant, StockAdjustment(.by(3), at: place))
            _ = try await market.place((variant, 2))
            try await market.owner.execute("UPDATE stock SET on_hand = on_hand + 1")
            try await market.owner.execute("UPDATE stock_levels SET on_hand = on_hand + 1")
            market.clock.advance(by: 3 * 86_400)
            let found = try await reconcile(market)
            #expect(found.map(\.kind) == [.onHand, .level, .held])
            #expect(found.allSatisfy { !$0.isRepaired })
        }
    }

    @Test("Orders that are placed and closed meanwhile are no difference")
    func underLoad() async throws {
        try await Marketplace.open(connections: 12) { market in
            let variant = try await market.goods(units: 1_000)
            let found = try await withThrowingTaskGroup(of: [StockDiscrepancy].self) { group in
                for number in 0..<60 {
                    group.addTask {
                        let order = try await market.place((variant, 1)).order
                        if number.isMultiple(of: 2) { try await market.cancel(order.id) }
                        return []
                    }
                }
                for _ in 0..<10 { group.addTask { try await reconcile(market) } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(found.isEmpty)
            #expect(try await market.level(of: variant).reserved == 30)
        }
    }
}
