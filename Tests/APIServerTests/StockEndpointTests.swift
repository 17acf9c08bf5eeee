import Core
import HTTPTypes
import Testing

@testable import APIServer

@Suite("Stock over HTTP")
struct StockEndpointTests {
    @Test("A count against a stale number is a 409 that tells the present one, and changes nothing")
    func staleCount() async throws {
        try await LiveAPI.run { api in
            let (_, variant) = try await api.offer(kind: "physical")
            let path = "/variants/\(variant)/stock_adjustments"
            try await api.call(.post, path, ["delta": 5])
            let counted = try await api.call(.post, path, ["count": 4, "expected_count": 5])
            #expect(try counted.status == 201 && counted.json["on_hand"] == 4)
            let stale = try await api.call(.post, path, ["count": 9, "expected_count": 5])
            #expect(stale.status == 409)
            #expect(try stale.problem == "stock-count-stale")
            #expect(try stale.json["on_hand"] == 4)
            #expect(try await api.call(.get, "/variants/\(variant)/stock").json["on_hand"] == 4)
            let movements = try await api.call(.get, "/variants/\(variant)/stock_movements").json
            #expect(movements["data"]?[0]?["reason"] == "counted" && movements["data"]?[0]?["on_hand_change"] == -1)
        }
    }

    @Test("An adjustment is a difference or a count with what it replaces, and nothing between")
    func shapes() async throws {
        try await LiveAPI.run { api in
            let (_, variant) = try await api.offer(kind: "physical")
            for body: JSONValue in [
                [:], ["count": 1], ["expected_count": 1], ["delta": 1, "count": 1, "expected_count": 0],
                ["delta": 1, "expected_count": 0], ["delta": 0], ["delta": 1, "reason": "because"],
            ] {
                let reply = try await api.call(.post, "/variants/\(variant)/stock_adjustments", body)
                #expect(reply.status == 422, "\(body)")
            }
        }
    }

    @Test("A storefront offers what can be had, with what may be sold beyond it")
    func backorders() async throws {
        try await LiveAPI.run { api in
            let (product, variant) = try await api.offer(kind: "physical")
            func available() async throws -> JSONValue? {
                try await api.call(.get, "/products/\(product)", token: nil).json["variants"]?[0]?["available"]
            }
            let none = try await available()
            let set = try await api.call(.patch, "/variants/\(variant)/stock", ["backorder_limit": 2])
            #expect(try set.status == 200 && set.json["available"] == 2)
            let some = try await available()
            #expect(none != some, "\(String(describing: some))")
            let order: JSONValue = [
                "email": "karim@example.com", "lines": [["variant_id": .string(variant), "quantity": 3]],
                "shipping_address": ["name": "Karim", "line1": "12 Lake Road", "city": "Dhaka", "country": "BD"],
            ]
            let refused = try await api.call(.post, "/orders", order)
            #expect(try refused.problem == "insufficient-stock")
            #expect(try refused.json["lines"]?[0]?["available"] == 2)
        }
    }

    @Test("A vendor sees and counts its own stock alone")
    func reach() async throws {
        try await LiveAPI.run { api in
            let (_, own) = try await api.offer(kind: "physical", sku: "OWN")
            let (_, other) = try await api.offer(kind: "physical", sku: "OTHER")
            for variant in [own, other] {
                try await api.call(.post, "/variants/\(variant)/stock_adjustments", ["delta": 5])
            }
            let all = try await api.call(.get, "/stock").json["data"]?.arrayValue
            let vendor = try #require(all?.first { $0["variant_id"] == .string(own) }?["vendor_id"]?.stringValue)
            let created = try await api.call(
                .post, "/api_keys", ["name": "Shop", "role": "vendor_manager", "vendor_id": .string(vendor)])
            let token = try #require(try created.json["token"]?.stringValue)
            let seen = try await api.call(.get, "/stock", token: token).json["data"]?.arrayValue
            #expect(all?.count == 2 && seen?.compactMap { $0["variant_id"]?.stringValue } == [own])
            let foreign = try await api.call(
                .post, "/variants/\(other)/stock_adjustments", ["count": 0, "expected_count": 5], token: token)
            #expect(foreign.status == 404)
            let take = try await api.upload("/stock_takes", StockBodies.table, as: "text/csv", token: token)
            #expect(try take.status == 201 && take.json["vendor_id"] == .string(vendor))
            let moved = try await api.call(
                .post, "/stock_transfers",
                [
                    "to_location_id": .string(try await api.stockPlace(of: own)),
                    "lines": [["variant_id": .string(other), "quantity": 1]],
                ], token: token)
            #expect(moved.status == 422)
        }
    }

    @Test("A table that can't be read is refused by line, and is no stock take")
    func tables() async throws {
        try await LiveAPI.run { api in
            let vendor = try await api.createVendor()
            let csv = "sku,location,batch,expected,count\nA,,,1,x\n"
            let reply = try await api.upload("/stock_takes?vendor_id=\(vendor)", Array(csv.utf8), as: "text/csv")
            #expect(reply.status == 422)
            #expect(try reply.json["errors"]?[0]?["pointer"] == "/2/count")
            #expect(try await api.call(.get, "/stock_takes").json["data"]?.arrayValue?.isEmpty == true)
        }
    }
}
