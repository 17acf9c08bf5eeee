import Catalog
import Core
import Foundation
import HTTPTypes
import Identity
import Inventory
import Jobs
import Orders
import Platform
import Postgres
import Testing
import Vendors

/// What is sent about batches of licence keys.
enum KeyBodies {
    static let batch: JSONValue = ["source": "Maker", "expires_on": "2099-12-31", "minimum_days": 30]
    static let reason: JSONValue = ["reason": "Used before it was sold"]
    static let table = Array("key\nFROM-A-FILE\n".utf8)
}

extension LiveAPI {
    /// A batch of licence keys of a vendor's, an import into it, and one key; their ids.
    func keyThings(of vendor: String) async throws -> [String] {
        let product = try await call(
            .post, "/products",
            [
                "vendor_id": .string(vendor), "title": "Antivirus", "status": "active",
                "variants": [
                    ["sku": "KEYS", "kind": "licence_key", "price": ["minor_units": 1, "currency": "BDT"]]
                ],
            ]
        ).json
        let variant = try #require(product["variants"]?[0]?["id"]?.stringValue)
        let batch = try await make("/variants/\(variant)/licence_key_batches", KeyBodies.batch)
        let started = try await upload("/licence_key_batches/\(batch)/imports", KeyBodies.table, as: "text/csv").json
        _ = try await importKeys(["OF-\(vendor)"], into: variant)
        let id = try #require(ID<Variant>(variant))
        let key = try await owner.queryValue(
            "SELECT id FROM licence_keys WHERE variant_id = \(id)", as: ID<LicenceKey>.self)
        return [batch, try #require(started["id"]?.stringValue), try #require(key).description]
    }

    /// Gives an order that costs nothing its keys.
    func deliverKeys(of order: String) async throws {
        let id = try #require(ID<Order>(order))
        _ = try await platform.queue.withUnitOfWork { work in
            try await DeliverLicenceKeys(audit: platform.audit, clock: platform.clock)(
                DeliverLicenceKeys.Job(orderID: id), in: work)
        }
    }

    /// Calls each endpoint about batches, files and single keys once with success.
    func exerciseKeys() async throws {
        let (_, variant) = try await offer(kind: "licence_key", price: 0, sku: "BATCHED")
        let path = "/variants/\(variant)"
        let batch = try await call(.post, "\(path)/licence_key_batches", KeyBodies.batch).json
        let batchID = try #require(batch["id"]?.stringValue)
        #expect(batch["minimum_days"] == 30 && batch["quarantined_at"] == .null)
        try await call(
            .post, "\(path)/licence_keys",
            ["keys": ["BATCHED-1", "BATCHED-2", "BATCHED-3"], "batch_id": .string(batchID)])
        let started = try await upload(
            "/licence_key_batches/\(batchID)/imports?format=lines", Array("BATCHED-4\n".utf8), as: "text/plain"
        ).json
        let importID = try #require(started["id"]?.stringValue)
        try await call(.get, "/licence_key_imports?batch_id=\(batchID)")
        try await call(.get, "/licence_key_imports/\(importID)")
        try await call(.get, "/licence_key_imports/\(importID)/rows")
        #expect(try await call(.post, "/licence_key_imports/\(importID)/cancel").json["state"] == "cancelled")
        try await call(.get, "/licence_key_batches?variant_id=\(variant)&quarantined=false")
        let placed = try await place(variant).json
        let order = try #require(placed["order"]?["id"]?.stringValue)
        try await deliverKeys(of: order)
        try await exerciseDownloads(of: variant, in: order)
        try await call(.post, "/orders/\(order)/licence_keys/resend")
        let sold = try await call(.get, "/orders/\(order)/licence_keys").json
        let key = try #require(sold["data"]?[0]?["id"]?.stringValue)
        #expect(sold["data"]?[0]?["first_revealed_at"] == .null && sold["data"]?[0]?["key"] == nil)
        try await call(.post, "/licence_keys/\(key)/revoke", KeyBodies.reason)
        let new = try await call(.post, "/licence_keys/\(key)/replace", KeyBodies.reason).json
        #expect(new["state"] == "assigned" && new["id"]?.stringValue != key)
        let pool = try await call(.get, "\(path)/licence_key_pool").json
        #expect(pool["figures"]?["available"] == 1 && pool["stock"]?["available"] == 1)
        let bad = try await call(.post, "/licence_key_batches/\(batchID)/quarantine", KeyBodies.reason).json
        #expect(bad["figures"]?["quarantined"] == 1 && bad["figures"]?["replaced"] == 1)
        try await call(.post, "/licence_key_batches/\(batchID)/replace_keys")
        try await call(.post, "/licence_key_batches/\(batchID)/release")
        #expect(try await call(.get, "/licence_key_batches/\(batchID)").json["figures"]?["available"] == 1)
    }

    /// Calls each endpoint about files that are sold with a variant once with success.
    private func exerciseDownloads(of variant: String, in order: String) async throws {
        let vendor = try #require(
            try await call(.get, "/licence_key_batches?variant_id=\(variant)").json["data"]?[0]?["vendor_id"]?
                .stringValue)
        let media = try await upload(
            "/media?purpose=download&vendor_id=\(vendor)", Array("MZ".utf8), as: "application/octet-stream"
        ).json
        let file = try #require(media["id"]?.stringValue)
        try await call(
            .put, "/variants/\(variant)/downloads", ["files": [["media_id": .string(file), "title": "Installer"]]])
        #expect(try await call(.get, "/variants/\(variant)/downloads").json["data"]?[0]?["download_limit"] == 5)
        try await call(.post, "/orders/\(order)/downloads/\(file)/link")
        #expect(try await call(.get, "/orders/\(order)/downloads").json["data"]?[0]?["downloads_left"] == 4)
    }
}
