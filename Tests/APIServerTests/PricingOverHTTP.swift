import Core
import HTTPTypes
import Testing

enum PricingBodies {
    static func promotion(of vendor: String?) -> JSONValue {
        [
            "vendor_id": vendor.map { .string($0) } ?? .null, "title": "Eid sale", "trigger": "coupon",
            "action": "percentage", "rate_ppm": 100_000, "currency": "BDT", "minimum_subtotal_minor": 100,
        ]
    }

    static let taxRate: JSONValue = [
        "country": "BD", "hsn_prefix": "2402", "head": "sd", "rate_ppm": 650_000, "valid_from": "2027-07-01",
        "source": "Finance Act",
    ]
    static let taxClass: JSONValue = [
        "code": "bd_books", "country": "BD", "name": "Books", "valid_from": "2027-07-01",
    ]

    static func priceList(of vendor: String?) -> JSONValue {
        [
            "vendor_id": vendor.map { .string($0) } ?? .null, "name": "Resellers", "customer_group": "resellers",
            "currency": "BDT",
        ]
    }
}

/// Calls of the endpoints about prices, each with success.
extension LiveAPI {
    private var any: [String: String] { ["If-Match": "*"] }

    func exercisePricing(of vendor: String, variant: String) async throws {
        try await exerciseTaxes()
        try await exercisePromotions(of: vendor)
        try await exercisePriceLists(of: vendor, variant: variant)
    }

    /// A promotion of a vendor with a code and a batch of codes, and a price list; their ids.
    func pricingThings(of vendor: String) async throws -> [String] {
        try await call(.put, "/customer_groups/resellers", ["name": "Resellers"])
        let promotion = try await make("/promotions", PricingBodies.promotion(of: vendor))
        let code = "C" + vendor.suffix(12)
        return [
            promotion, try await make("/promotions/\(promotion)/codes", ["code": .string(code)]),
            try await make("/promotions/\(promotion)/code_batches", ["size": 1]),
            try await make("/price_lists", PricingBodies.priceList(of: vendor)),
        ]
    }

    private func exerciseTaxes() async throws {
        let rate = try await make("/tax_rates", PricingBodies.taxRate)
        let listed = try await call(.get, "/tax_rates?country=BD&valid_on=2027-07-01").json
        #expect(listed["data"]?.arrayValue?.contains { $0["id"] == .string(rate) } == true)
        try await call(.post, "/tax_rates/\(rate)/end", ["valid_to": "2999-01-01"])
        #expect(try await call(.post, "/tax_rates", PricingBodies.taxRate).problem == "tax-rate-overlaps")
        #expect(try await call(.post, "/tax_classes", PricingBodies.taxClass).status == 201)
        try await call(.post, "/tax_classes/bd_books/end", ["valid_to": "2999-01-01"])
        try await call(.get, "/pricing_settings")
        let seller: JSONValue = [
            "country": "IN", "region": "27", "registration_kind": "gstin", "registration_number": "27abcpe1234f1zb",
        ]
        let changed = try await call(.patch, "/pricing_settings", ["seller": seller], headers: any).json
        #expect(changed["seller"]?["registration_number"] == "27ABCPE1234F1ZB")
        let wrong = try await call(
            .patch, "/pricing_settings", ["seller": ["country": "IN", "region": "29"], "time_zone": "Mars"],
            headers: any)
        #expect(wrong.status == 422)
    }

    private func exercisePromotions(of vendor: String) async throws {
        let promotion = try await make("/promotions", PricingBodies.promotion(of: vendor))
        try await call(.get, "/promotions?status=active")
        let read = try await call(.get, "/promotions/\(promotion)").json
        #expect(read["vendor_share_ppm"] == 1_000_000 && read["uses"] == 0)
        var terms = PricingBodies.promotion(of: nil).objectValue ?? [:]
        terms["vendor_id"] = nil
        terms["vendor_share_ppm"] = 1_000_000
        try await call(.put, "/promotions/\(promotion)", .object(terms), headers: any)
        let code = try await make("/promotions/\(promotion)/codes", ["code": "ঈদ-২০২৭", "usage_limit": 3])
        let codes = try await call(.get, "/promotions/\(promotion)/codes").json
        #expect(codes["data"]?[0]?["code"] == "ঈদ2027")
        try await call(.post, "/promotions/\(promotion)/codes/\(code)/revoke")
        let batch = try await make("/promotions/\(promotion)/code_batches", ["size": 3, "prefix": "eid"])
        try await call(.get, "/promotions/\(promotion)/code_batches")
        let exported = try await call(.get, "/promotions/\(promotion)/code_batches/\(batch)").json
        let texts = exported["codes"]?.arrayValue?.compactMap { $0["code"]?.stringValue } ?? []
        #expect(Set(texts).count == 3 && texts.allSatisfy { $0.hasPrefix("EID") && $0.utf8.count == 15 })
        for verb in ["pause", "activate", "end"] { try await call(.post, "/promotions/\(promotion)/\(verb)") }
        #expect(try await call(.post, "/promotions/\(promotion)/activate").problem == "promotion-ended")
    }

    private func exercisePriceLists(of vendor: String, variant: String) async throws {
        try await call(.put, "/customer_groups/resellers", ["name": "Resellers"])
        try await call(.get, "/customer_groups")
        try await call(.post, "/customer_groups/resellers/members", ["add": []])
        let list = try await make("/price_lists", PricingBodies.priceList(of: nil))
        try await call(.get, "/price_lists")
        try await call(.get, "/price_lists/\(list)")
        try await call(.put, "/price_lists/\(list)", ["name": "Shops", "priority": 2], headers: any)
        let prices: JSONValue = [
            ["variant_id": .string(variant), "amount_minor": 45_000],
            ["variant_id": .string(variant), "minimum_quantity": 10, "amount_minor": 40_000],
        ]
        try await call(.put, "/price_lists/\(list)/prices", ["prices": prices], headers: any)
        let first = try await call(.get, "/price_lists/\(list)/prices?limit=1").json
        let cursor = try #require(first["next_cursor"]?.stringValue)
        let second = try await call(.get, "/price_lists/\(list)/prices?limit=1&cursor=\(cursor)").json
        #expect(second["data"]?[0]?["minimum_quantity"] == 10)
        let others = try await make("/price_lists", PricingBodies.priceList(of: vendor))
        let refused = try await call(.put, "/price_lists/\(others)/prices", ["prices": prices], headers: any)
        #expect(refused.status == 422)
    }
}
