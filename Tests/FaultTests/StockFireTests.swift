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

    @Test("The command that reconciles stock finds what is reserved for nobody, puts it right, and finds nothing again")
    func reconciling() async throws {
        try await Stage.shared.withMarketplace("fire", startsWorker: true) { marketplace in
            let offer = try await marketplace.shop.offer(keys: 9)
            _ = try await marketplace.shop.placeOrder(offer, quantity: 2)
            func reconcile() async throws -> (ProcessEnding, String) {
                try await marketplace.runFurther("haat-worker reconcile stock")
            }
            let (good, none) = try await reconcile()
            #expect(good == .exited(0) && none.contains("no difference"), "\(none)")
            _ = try await marketplace.look { try await $0.execute("UPDATE stock SET reserved = 5") }
            let (bad, found) = try await reconcile()
            #expect(
                bad == .exited(1) && found.contains("5 reserved, 2 held") && found.contains("put right"), "\(found)")
            let (again, nothing) = try await reconcile()
            #expect(again == .exited(0) && nothing.contains("no difference"), "\(nothing)")
            try await expectIntact(marketplace)
        }
    }

    @Test("Who watches a product hears within moments that somebody bought it at another API")
    func watching() async throws {
        try await Stage.shared.withMarketplace("fire", startsWorker: true) { marketplace in
            let offer = try await marketplace.shop.offer(keys: 9)
            let request = "GET /api/v1/stock/events?product_id=\(offer.productID) HTTP/1.1\r\nHost: x\r\n\r\n"
            try await marketplace.withSecondAPI { second in
                async let heard = RawConnection.exchange(
                    Array(request.utf8), port: marketplace.apiPort, within: .seconds(6))
                try await Task.sleep(for: .seconds(3))
                _ = try await second.placeOrder(offer, quantity: 2)
                let text = String(decoding: try await heard, as: UTF8.self)
                #expect(text.contains("text/event-stream") && text.contains(#""available":7"#), "\(text)")
                #expect(!text.contains("reserved"))
            }
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
