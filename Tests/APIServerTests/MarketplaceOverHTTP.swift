import Core
import HTTPTypes
import Payments
import Platform
import Postgres
import Testing

/// What a test sets up over HTTP.
extension LiveAPI {
    func createVendor() async throws -> String {
        let reply = try await call(
            .post, "/vendors",
            [
                "name": "Lekha Software", "email": "sales@lekha.example", "legal_name": "Lekha Software Limited",
                "country": "BD", "kind": "company", "commission_ppm": 125_000,
            ])
        try #require(reply.status == 201)
        return try #require(try reply.json["id"]?.stringValue)
    }

    /// The id of a new private picture of a vendor's.
    func uploadImage(of vendor: String) async throws -> String {
        try await upload("purpose=vendor_image", of: vendor, Picture.gif, as: "image/gif")
    }

    /// The id of a new private document of a vendor's.
    func upload(document vendor: String) async throws -> String {
        try await upload("purpose=vendor_document", of: vendor, Picture.pdf, as: "application/pdf")
    }

    /// The id of a new public picture for products of a vendor.
    func upload(picture vendor: String) async throws -> String {
        try await upload("purpose=product_image&visibility=public", of: vendor, Picture.gif, as: "image/gif")
    }

    private func upload(
        _ query: String, of vendor: String, _ bytes: [UInt8], as contentType: String
    ) async throws -> String {
        let reply = try await upload("/media?\(query)&vendor_id=\(vendor)", bytes, as: contentType)
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

    /// A payment of 120000 BDT minor units that has arrived.
    func capturedPayment() async throws -> String {
        let (_, book) = try await offer(kind: "physical", sku: "PAID")
        try await call(.post, "/variants/\(book)/stock_adjustments", ["delta": 1])
        let reply = try await call(
            .post, "/orders",
            [
                "email": "karim@example.com", "lines": [["variant_id": .string(book), "quantity": 1]],
                "shipping_address": ["name": "Karim", "line1": "12 Lake Road", "city": "Dhaka", "country": "BD"],
            ], token: nil)
        try #require(reply.status == 201)
        let id = try await owner.queryValue(
            """
            INSERT INTO payments (id, order_id, demand_id, gateway, merchant_account, state, amount_minor, currency, settlement,
                reference, success_url, cancel_url, session_expires_at, created_at, updated_at, captured_at)
            SELECT gen_random_uuid(), order_id, id, 'stripe', 'test', 'captured', amount_minor, currency, 'order', 'pi_1',
                'https://shop.example/t', 'https://shop.example/c', now(), now(), now(), now()
            FROM payment_demands ORDER BY created_at DESC LIMIT 1
            RETURNING id
            """, as: ID<Payment>.self)
        return try #require(id).description
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

/// Pictures to upload.
enum Picture {
    static let pdf = Array("%PDF-1.4\n%%EOF\n".utf8)

    /// One transparent pixel.
    static let gif: [UInt8] =
        Array("GIF89a".utf8) + [
            0x01, 0x00, 0x01, 0x00, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0x21, 0xF9, 0x04, 0x01, 0x00,
            0x00,
            0x00, 0x00, 0x2C, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x01, 0x00, 0x00, 0x02, 0x02, 0x44, 0x01, 0x00, 0x3B,
        ]
}
