import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Inventory
import Jobs
import Orders
import Postgres
import Testing
import Vendors

@Suite("How far stock is sold")
struct StockPolicyTests {
    private func set(
        _ variant: Variant, threshold: Int64?? = nil, backorders: Int64? = nil, in market: Marketplace
    ) async throws -> StockLevel {
        try await market.work {
            try await SetStockPolicy(audit: market.audit)(
                variant.id, StockPolicyChanges(lowStockThreshold: threshold, backorderLimit: backorders), by: .system,
                in: $0)
        }
    }

    @Test("A variant is sold beyond what is there up to its limit, and no further by anybody")
    func backorders() async throws {
        try await Marketplace.open(connections: 16) { market in
            let variant = try await market.goods(units: 2)
            #expect(try await set(variant, backorders: 3, in: market).available == 5)
            let outcomes = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<12 {
                    group.addTask {
                        do {
                            let order = try await market.place((variant, 1)).order
                            _ = try await market.pay(order.id)
                            return true
                        } catch {
                            #expect(error is InsufficientStock, "\(error)")
                            return false
                        }
                    }
                }
                return await group.reduce(into: [Bool]()) { $0.append($1) }
            }
            #expect(outcomes.count { $0 } == 5)
            let level = try await market.level(of: variant)
            #expect(level.onHand == -3 && level.reserved == 0 && level.available == 0)
            let error = await #expect(throws: PostgresError.self) {
                try await market.client.execute("UPDATE stock SET reserved = 1 WHERE variant_id = \(variant.id)")
            }
            #expect(error?.constraintName == "stock_reserved_within_on_hand")
            #expect(try await market.adjust(variant, by: 4).available == 4)
        }
    }

    @Test("A limit that is lowered leaves what is owed, and nothing more can be ordered")
    func loweredLimit() async throws {
        try await Marketplace.open { market in
            let variant = try await market.goods(units: 0)
            _ = try await set(variant, backorders: 5, in: market)
            let order = try await market.place((variant, 4)).order
            #expect(try await set(variant, backorders: 0, in: market).available == 0)
            await #expect(throws: InsufficientStock.self) { try await market.place((variant, 1)) }
            _ = try await market.pay(order.id)
            #expect(try await market.level(of: variant).onHand == -4)
            #expect(try await market.adjust(variant, by: 6).available == 2)
            _ = try await market.place((variant, 2))
            let promised = await #expect(throws: Problem.self) { try await market.adjust(variant, by: -1) }
            #expect(promised?.type == "stock-reserved", "what was owed before gives no room")
        }
    }

    @Test("Licence keys that are not there can't be promised")
    func licenceKeys() async throws {
        try await Marketplace.open { market in
            let variant = try await market.licence(keys: 1)
            let refusal = await #expect(throws: Problem.self) { try await set(variant, backorders: 1, in: market) }
            #expect(refusal?.fields.map(\.pointer) == ["/backorder_limit"])
            #expect(try await set(variant, threshold: 3, in: market).isLow)
        }
    }

    @Test("That stock is low is told once, when it comes to be, by whatever way")
    func lowStock() async throws {
        try await Marketplace.open { market in
            let variant = try await market.goods(units: 8)
            _ = try await set(variant, threshold: 5, in: market)
            func told() async throws -> [JSONValue?] { try await market.told("stock.low").map { $0["left"] } }
            let first = try await market.place((variant, 2)).order
            #expect(try await told().isEmpty)
            _ = try await market.place((variant, 1))
            #expect(try await told() == [5])
            _ = try await market.place((variant, 1))
            _ = try await market.pay(first.id)
            #expect(try await told() == [5])
            _ = try await market.adjust(variant, by: 10)
            _ = try await market.adjust(variant, by: -12)
            #expect(try await told() == [5, 2])
            let low = try await market.stock.stock(
                StockFilter(isLow: true), page: PageRequest(), visibleTo: .everything, in: market.client)
            #expect(low.items.map(\.level.variant) == [variant.id])
            let none = try await market.stock.stock(
                StockFilter(isLow: true), page: PageRequest(), visibleTo: .vendor(UUID()), in: market.client)
            #expect(none.items.isEmpty)
        }
    }

    @Test("That something can be bought or not any more is told once in a transaction, and nothing is done for nobody")
    func changes() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            let one = try await market.goods(units: 8, sku: "A", vendor: vendor)
            let two = try await market.goods(units: 8, sku: "B", vendor: vendor)
            let before = try await market.told("stock.changed").count
            let jobs = try await market.jobKinds()
            let order = try await market.place((one, 2), (two, 1)).order
            let placed = try await market.told("stock.changed")
            #expect(placed.count == before + 1)
            let items = placed.last?["items"]?.arrayValue
            #expect(items?.count == 2)
            #expect(
                items?.contains(where: { item in
                    item["variant_id"] == .string(one.id.description)
                        && item["product_id"] == .string(one.product.description)
                        && item["vendor_id"] == .string(vendor.id.description)
                }) == true)
            _ = try await market.pay(order.id)
            #expect(try await market.told("stock.changed").count == before + 1, "it was taken before it was paid")
            let other = try await market.place((one, 2)).order
            try await market.cancel(other.id)
            #expect(try await market.told("stock.changed").count == before + 3)
            let caused = try await market.jobKinds()
            #expect(Set(caused).subtracting(jobs).allSatisfy { !$0.hasPrefix("stock.") })
        }
    }
}
