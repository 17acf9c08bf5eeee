import FaultHarness
import Foundation
import Postgres
import Testing

/// Buyers who all want the last units, at two APIs at once.
@Suite("Stock under fire", .serialized, .timeLimit(.minutes(10)))
struct StockFireTests {
    private static let (rounds, buyers, units) = (100, 16, 5)

    private struct Stock: Decodable {
        let onHand: Int
        let reserved: Int
        let available: Int
    }

    /// What became of a buyer.
    private enum Outcome: Hashable, Sendable {
        case bought, tooLate
        case other(String)
    }

    @Test("Of 16 buyers for 5 units at two APIs exactly 5 get one, in each of 100 rounds")
    func lastUnits() async throws {
        try await Stage.shared.withMarketplace("fire") { marketplace in
            let variant = try await freeGoods(in: marketplace)
            try await marketplace.withSecondAPI { second in
                for round in 0..<Self.rounds {
                    // What is there is named, so that a round which left something would be found here as well.
                    let filled = try await ask(
                        marketplace.shop, "/variants/\(variant)/stock_adjustments",
                        #"{"count":\#(Self.units),"expected_count":0}"#)
                    try #require(filled.status == 201, "\(filled.text)")
                    let outcomes = try await withThrowingTaskGroup(of: Outcome.self) { group in
                        for buyer in 0..<Self.buyers {
                            let shop = buyer.isMultiple(of: 2) ? marketplace.shop : second
                            group.addTask { try await buy(variant, by: "b\(round)-\(buyer)", at: shop) }
                        }
                        return try await group.reduce(into: [Outcome: Int]()) { $0[$1, default: 0] += 1 }
                    }
                    #expect(
                        outcomes == [.bought: Self.units, .tooLate: Self.buyers - Self.units],
                        "round \(round): \(outcomes)")
                }
                let stock = try await second.ask("GET", "/variants/\(variant)/stock").json(Stock.self)
                #expect(stock.onHand == 0 && stock.reserved == 0 && stock.available == 0)
            }
            let orders = try await marketplace.look {
                try await $0.queryValue("SELECT count(*) FROM orders WHERE paid_at IS NOT NULL", as: Int.self)
            }
            #expect(orders == Self.rounds * Self.units)
        }
    }

    /// A physical variant that costs nothing: an order for it is paid, and its units sold, by being placed.
    private func freeGoods(in marketplace: Marketplace) async throws -> String {
        struct Product: Decodable {
            struct Variant: Decodable { let id: String }

            let variants: [Variant]
        }

        let offer = try await marketplace.shop.offer(keys: 1)
        let body =
            #"{"vendor_id":"\#(offer.vendorID)","title":"Flyer","status":"active","variants":[{"sku":"FLYER","#
            + #""kind":"physical","weight_grams":10,"price":{"minor_units":0,"currency":"USD"}}]}"#
        let product = try await ask(marketplace.shop, "/products", body).json(Product.self)
        return try #require(product.variants.first).id
    }

    private func buy(_ variant: String, by name: String, at shop: ShopClient) async throws -> Outcome {
        let body =
            #"{"email":"\#(name)@example.com","lines":[{"variant_id":"\#(variant)","quantity":1}],"#
            + #""shipping_address":{"name":"B","line1":"1 Road","city":"Dhaka","country":"BD"}}"#
        let answer = try await ask(shop, "/orders", body)
        if answer.status == 201 { return .bought }
        let isShort = answer.status == 409 && answer.text.contains("insufficient-stock")
        return isShort ? .tooLate : .other("\(answer.status) \(answer.text.prefix(300))")
    }

    private func ask(_ shop: ShopClient, _ path: String, _ body: String) async throws -> Answer {
        try await shop.ask(
            "POST", path, body: Array(body.utf8),
            headers: [("Idempotency-Key", UUID().uuidString), ("Content-Type", "application/json")])
    }
}
