import Core
import HTTPTypes
import Testing

/// What a test sets up over HTTP.
extension LiveAPI {
    func createVendor() async throws -> String {
        let reply = try await call(
            .post, "/vendors",
            ["name": "Lekha Software", "email": "sales@lekha.example", "commission_ppm": 125_000])
        try #require(reply.status == 201)
        return try #require(try reply.json["id"]?.stringValue)
    }

    /// The ids of a new product and its only variant.
    func offer(
        kind: String, price: Int64 = 120_000, sku: String = "SKU-1"
    ) async throws -> (
        product: String, variant: String
    ) {
        var variant: [UTF8Text: JSONValue] = [
            "sku": .string(sku), "kind": .string(kind), "price": ["minor_units": .integer(price), "currency": "BDT"],
        ]
        if kind == "physical" { variant["weight_grams"] = 300 }
        let reply = try await call(
            .post, "/products",
            [
                "vendor_id": .string(try await createVendor()), "title": "Antivirus", "status": "active",
                "variants": [.object(variant)],
            ])
        try #require(reply.status == 201)
        let json = try reply.json
        return (
            try #require(json["id"]?.stringValue), try #require(json["variants"]?[0]?["id"]?.stringValue)
        )
    }

    func importKeys(_ keys: [String], into variant: String) async throws -> Reply {
        try await call(.post, "/variants/\(variant)/licence_keys", ["keys": .array(keys.map(JSONValue.string))])
    }

    func place(_ variant: String, quantity: Int64 = 1, key: String? = nil) async throws -> Reply {
        try await call(
            .post, "/orders",
            [
                "email": "karim@example.com",
                "lines": [["variant_id": .string(variant), "quantity": .integer(quantity)]],
            ], token: nil, headers: key.map { ["Idempotency-Key": $0] } ?? [:])
    }
}
