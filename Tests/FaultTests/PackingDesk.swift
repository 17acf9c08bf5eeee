import FaultHarness
import Foundation
import Postgres
import Testing

/// A vendor who packs what costs nothing, which is paid by being ordered.
struct PackingDesk: Sendable {
    struct Document: Decodable, Sendable {
        let id: String
        let number: String
    }

    private struct Product: Decodable {
        struct Variant: Decodable { let id: String }

        let variants: [Variant]
    }

    private struct Placed: Decodable {
        struct Order: Decodable {
            struct Part: Decodable { let id: String }

            let vendorOrders: [Part]
        }

        let order: Order
    }

    private let marketplace: Marketplace
    private let variant: String

    init(in marketplace: Marketplace) async throws {
        self.marketplace = marketplace
        let offer = try await marketplace.shop.offer(keys: 1)
        let body =
            #"{"vendor_id":"\#(offer.vendorID)","title":"Flyer","status":"active","variants":[{"sku":"FLYER","#
            + #""kind":"physical","weight_grams":10,"price":{"minor_units":0,"currency":"USD"}}]}"#
        let product = try await Self.ask(marketplace.shop, "/products", body).json(Product.self)
        variant = try #require(product.variants.first).id
        _ = try await Self.ask(marketplace.shop, "/variants/\(variant)/stock_adjustments", #"{"delta":9000}"#)
        // Only now, so that its earlier goods were taxed by nobody.
        _ = try await marketplace.look {
            try await $0.execute("UPDATE vendors SET legal_name = name, country = 'BD', kind = 'individual'")
        }
        let location =
            #"{"name":"Desk","phone":"01712345678","address":{"line1":"1 Road","upazila":"Gulshan","district":"Dhaka"}}"#
        _ = try await Self.ask(marketplace.shop, "/vendors/\(offer.vendorID)/pickup_locations", location)
    }

    /// A new vendor order of so many units.
    func order(units: Int) async throws -> String {
        let body =
            #"{"email":"buyer@example.com","lines":[{"variant_id":"\#(variant)","quantity":\#(units)}],"#
            + #""shipping_address":{"name":"B","line1":"1 Road","city":"Dhaka","country":"BD"}}"#
        let placed = try await Self.ask(marketplace.shop, "/orders", body).json(Placed.self)
        return try #require(placed.order.vendorOrders.first).id
    }

    /// - Parameter key: of the request, for repetitions.
    func pack(
        _ part: String, at shop: ShopClient, key: String = UUID().uuidString
    ) async throws -> Document {
        try await Self.ask(shop, "/vendor_orders/\(part)/pack", "{}", key: key).json(Document.self)
    }

    private static func ask(
        _ shop: ShopClient, _ path: String, _ body: String, key: String = UUID().uuidString
    ) async throws -> Answer {
        try await shop.ask(
            "POST", path, body: Array(body.utf8),
            headers: [("Idempotency-Key", key), ("Content-Type", "application/json")])
    }
}
