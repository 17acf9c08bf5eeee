import Core
import HTTPTypes
import Testing

/// What is sent about stock.
enum StockBodies {
    /// Of a stock take of nothing that is there.
    static let table = Array("sku,location,batch,expected,count\nNOTHING,,,0,1\n".utf8)
}

extension LiveAPI {
    /// A place where units of a variant's vendor stand.
    func stockPlace(of variant: String) async throws -> String {
        let listed = try await call(.get, "/stock?limit=100").json["data"]?.arrayValue ?? []
        var vendor = listed.first { $0["variant_id"] == .string(variant) }?["vendor_id"]?.stringValue
        if vendor == nil {
            try await call(.post, "/variants/\(variant)/stock_adjustments", ["delta": 1])
            let now = try await call(.get, "/stock?limit=100").json["data"]?.arrayValue ?? []
            vendor = now.first { $0["variant_id"] == .string(variant) }?["vendor_id"]?.stringValue
        }
        return try await add("pickup_locations", VendorBodies.pickupLocation, to: try #require(vendor))
    }

    /// Calls each endpoint about the stock of a physical variant once with success; what there is stays.
    func exerciseStock(of variant: String) async throws {
        let path = "/variants/\(variant)"
        let place = try await stockPlace(of: variant)
        try await call(.patch, "\(path)/stock", ["low_stock_threshold": 2, "backorder_limit": 0])
        let batch = try await call(.post, "\(path)/stock_batches", ["code": "B-1", "expires_on": "2099-12-31"]).json
        let batchID = try #require(batch["id"]?.stringValue)
        #expect(batch["sell_until"] == "2099-12-31")
        try await call(
            .put, "/stock_batches/\(batchID)/days", ["expires_on": "2099-12-31", "sell_until": "2099-11-15"])
        try await call(
            .post, "\(path)/stock_adjustments",
            ["delta": 3, "location_id": .string(place), "batch_id": .string(batchID), "reason": "received"])
        try await call(.get, "\(path)/stock_batches")
        let details = try await call(.get, "\(path)/stock").json
        #expect(details["levels"]?[1]?["on_hand"] == 3 && details["low_stock_threshold"] == 2)
        let line: JSONValue = ["variant_id": .string(variant), "batch_id": .string(batchID), "quantity": 3]
        let transfer = try await call(
            .post, "/stock_transfers", ["from_location_id": .string(place), "lines": [line]]
        ).json
        let transferID = try #require(transfer["id"]?.stringValue)
        try await call(.post, "/stock_transfers/\(transferID)/send")
        #expect(try await call(.get, "\(path)/stock").json["in_transit"] == 3)
        try await call(.post, "/stock_transfers/\(transferID)/receive", [:])
        try await call(.get, "/stock_transfers/\(transferID)")
        try await call(.get, "/stock_transfers?state=received")
        let other = try await call(
            .post, "/stock_transfers",
            ["to_location_id": .string(place), "lines": [["variant_id": .string(variant), "quantity": 1]]]
        ).json
        try await call(.post, "/stock_transfers/\(try #require(other["id"]?.stringValue))/cancel")
        let vendor = try #require(transfer["vendor_id"]?.stringValue)
        let take = try await upload("/stock_takes?vendor_id=\(vendor)", StockBodies.table, as: "text/csv").json
        let takeID = try #require(take["id"]?.stringValue)
        try await call(.get, "/stock_takes")
        try await call(.get, "/stock_takes/\(takeID)")
        try await call(.get, "/stock_takes/\(takeID)/rows")
        try await call(.get, "\(path)/stock_movements")
        try await call(.get, "/stock?vendor_id=\(vendor)&location_id=\(place)&low=true")
    }
}
