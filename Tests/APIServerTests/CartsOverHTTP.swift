import Core
import Foundation
import HTTPTypes
import Identity
import Testing

/// What is sent about shipping.
enum ShippingBodies {
    static func zone(of vendor: String) -> JSONValue {
        [
            "vendor_id": .string(vendor), "name": "Bangladesh",
            "areas": [["country": "BD"], ["country": "IN", "region": "27", "postal_from": "400001"]],
        ]
    }

    static let method: JSONValue = [
        "name": "Standard", "promise": ["earliest_days": 1, "latest_days": 3],
        "charge": [
            "currency": "BDT", "basis": "subtotal",
            "bands": [["bound": 0, "amount_minor": 6_000], ["bound": 99_900, "amount_minor": 0]],
        ],
        "cash_on_delivery": ["fee": ["minor_units": 0, "currency": "BDT"], "fee_ppm": 10_000],
    ]

    static let delivery: JSONValue = [
        "name": "করিম উদ্দিন", "phone": "01712345678",
        "address": ["country": "BD", "line1": "12 Lake Road", "upazila": "Gulshan", "district": "Dhaka"],
    ]

    static let rule: JSONValue = ["area": ["country": "BD"], "currency": "BDT", "is_offered": true]
}

extension LiveAPI {
    /// A guest's cart with a unit of a variant in it; its id.
    func cart(with variant: String) async throws -> String {
        let made = try await call(.post, "/carts", token: nil).json
        let cart = try #require(made["cart"]?["id"]?.stringValue)
        let token = try #require(made["token"]?.stringValue)
        let added = try await call(.post, "/carts/\(cart)/lines", ["variant_id": .string(variant)], token: token)
        try #require(added.status == 201)
        return cart
    }

    /// Calls each endpoint about shipping once with success.
    func exerciseShipping(of vendor: String) async throws {
        let zone = try await make("/shipping_zones", ShippingBodies.zone(of: vendor))
        let method = try await make("/shipping_zones/\(zone)/methods", ShippingBodies.method)
        try await call(.get, "/shipping_zones?vendor_id=\(vendor)")
        let read = try await call(.get, "/shipping_zones/\(zone)").json
        #expect(read["methods"]?[0]?["charge"]?["bands"]?[1]?["bound"] == 99_900)
        try await call(.patch, "/shipping_zones/\(zone)", ["name": "Both"], headers: ["If-Match": "\"1\""])
        try await call(
            .patch, "/shipping_methods/\(method)", ["promise": .null, "is_active": false],
            headers: ["If-Match": "\"1\""])
        try await call(.delete, "/shipping_methods/\(method)")
        try await call(.delete, "/shipping_zones/\(zone)")
        let rule = try await make("/cod_rules", ShippingBodies.rule)
        try await call(.get, "/cod_rules")
        let edited = try await call(
            .patch, "/cod_rules/\(rule)", ["advance": "share", "advance_ppm": 100_000], headers: ["If-Match": "\"1\""])
        #expect(try edited.json["advance"] == "share")
        try await call(.delete, "/cod_rules/\(rule)")
    }

    /// Calls each endpoint about carts once with success.
    func exerciseCarts(with variant: String) async throws {
        let made = try await call(.post, "/carts", token: nil).json
        let cart = try #require(made["cart"]?["id"]?.stringValue)
        let token = try #require(made["token"]?.stringValue)
        let path = "/carts/\(cart)"
        let added = try await call(
            .post, "\(path)/lines", ["variant_id": .string(variant), "quantity": 2], token: token)
        let vendor = try #require(try added.json["vendors"]?[0]?["vendor_id"]?.stringValue)
        #expect(added.headers[.eTag] == "\"2\"")
        try await call(
            .patch, "\(path)/lines/\(variant)", ["quantity": 1], token: token, headers: ["If-Match": "\"2\""])
        let stale = try await call(
            .patch, "\(path)/lines/\(variant)", ["quantity": 3], token: token, headers: ["If-Match": "\"2\""])
        #expect(stale.status == 412)
        try await call(.put, "\(path)/notes/\(vendor)", ["note": "Ring twice"], token: token)
        try await call(.put, "\(path)/coupons/EID-2026", token: token)
        let read = try await call(.get, path, token: token).json
        #expect(read["coupons"] == ["EID-2026"] && read["vendors"]?[0]?["note"] == "Ring twice")
        #expect(read["vendors"]?[0]?["lines"]?[0]?["quantity"] == 1)
        try await call(.delete, "\(path)/coupons/EID-2026", token: token)
        try await call(.get, "/carts?state=open", token: token)
        let customer = principals.token(for: Principal(try await signedIn(as: UUID())))
        let merged = try await call(.post, "/me/cart/merge", ["cart_token": .string(token)], token: customer).json
        #expect(merged["cart"]?["vendors"]?[0]?["lines"]?[0]?["variant_id"] == .string(variant))
        let own = try #require(merged["cart"]?["id"]?.stringValue)
        try await call(.delete, "/carts/\(own)/lines/\(variant)", token: customer)
        try await call(.post, "/carts/\(own)/lines", ["variant_id": .string(variant)], token: customer)
        let quote = try await call(
            .post, "/carts/\(own)/quote", ["delivery": ShippingBodies.delivery], token: customer
        ).json
        let total = try #require(quote["totals"]?["total"])
        #expect(quote["payment_methods"]?[0]?["gateways"] == ["stripe", "stripe/eu"])
        let body: JSONValue = [
            "email": "karim@example.com", "delivery": ShippingBodies.delivery, "expected_total": total,
        ]
        let first = try await call(.post, "/carts/\(own)/order", body, token: customer)
        #expect(try first.json["order"]?["total"] == total)
        #expect(try first.json["order"]?["shipping_address"]?["region_code"] == "BD-13")
        let again = try await call(.post, "/carts/\(own)/order", body, token: customer)
        #expect(try again.status == 201 && again.json == first.json)
    }

    /// An order of a unit that is paid on delivery, with its token.
    private func placeWithCash(_ variant: String) async throws -> JSONValue {
        let cart = try await cart(with: variant)
        let quote = try await call(
            .post, "/carts/\(cart)/quote", ["delivery": ShippingBodies.delivery, "payment_method": "cash_on_delivery"]
        ).json
        return try await call(
            .post, "/carts/\(cart)/order",
            [
                "email": "karim@example.com", "delivery": ShippingBodies.delivery, "payment_method": "cash_on_delivery",
                "expected_total": try #require(quote["totals"]?["total"]),
            ]
        ).json
    }

    /// Orders with cash on delivery, confirms it, tells what came of it at the door, and sends some of it back.
    func exerciseConfirmation(of variant: String) async throws {
        let rule = try await make(
            "/cod_rules", ["area": ["country": "BD"], "currency": "BDT", "is_offered": true, "asks_for_code": true])
        let placed = try await placeWithCash(variant)
        let order = try #require(placed["order"]?["id"]?.stringValue)
        let token = try #require(placed["access_token"]?.stringValue)
        let sent = try await call(.post, "/orders/\(order)/confirmation_code", ["locale": "en"], token: token)
        #expect(sent.status == 202)
        let verification = try #require(try sent.json["id"]?.stringValue)
        let wrong = try await call(
            .post, "/orders/\(order)/confirm", ["verification_id": .string(verification), "code": "x"], token: token)
        #expect(wrong.status == 422)
        let confirmed = try await call(
            .post, "/orders/\(order)/confirm",
            ["verification_id": .string(verification), "code": .string(code(of: verification))], token: token)
        #expect(try confirmed.json["cash_confirmation"] == "confirmed")
        try await call(.post, "/orders/\(order)/cash_confirmation", ["answer": "confirmed"])
        let other = try #require(try await placeWithCash(variant)["order"]?["id"]?.stringValue)
        try await call(.post, "/orders/\(other)/cash_confirmation", ["answer": "confirmed"])
        let refused = try await call(.post, "/orders/\(other)/delivery_refusal")
        #expect(try refused.json["state"] == "cancelled")
        try await call(.delete, "/cod_rules/\(rule)")
        let (total, at) = (try #require(confirmed.json["total"]), try #require(placed["order"]?["placed_at"]))
        let report: JSONValue = [
            "amount": total, "reference": "SF-77", "collected_by": "courier", "collected_at": at,
        ]
        let collected = try await call(.post, "/orders/\(order)/cash_collections", report)
        #expect(try collected.json["state"] == "captured" && collected.json["amount"] == total)
        let paid = try await call(.get, "/orders/\(order)", token: token).json
        #expect(paid["payment_state"] == "paid")
        try await exerciseRefundsByHand(of: try #require(try collected.json["id"]?.stringValue))
    }
}
