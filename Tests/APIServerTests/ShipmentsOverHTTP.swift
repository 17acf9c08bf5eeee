import Core
import HTTPTypes
import Orders
import Postgres
import Testing

/// What is said of shipments in bodies.
enum ShipmentBodies {
    static let shipment: JSONValue = [
        "courier": "own_delivery", "parcels": [["weight_grams": 500]],
    ]
}

/// What tests do with shipments over HTTP.
extension LiveAPI {
    /// Ships what was packed of a vendor order, as if it were paid for that moment; its id.
    func shipment(of part: String, _ document: String, in order: String) async throws -> String {
        let id = try #require(ID<Order>(order))
        try await owner.execute("UPDATE orders SET paid_at = now(), captured_minor = total_minor WHERE id = \(id)")
        let made = try await call(
            .post, "/vendor_orders/\(part)/shipments",
            ["document_id": .string(document), "courier": "own_delivery", "parcels": [["weight_grams": 500]]])
        try await owner.execute("UPDATE orders SET paid_at = NULL, captured_minor = 0 WHERE id = \(id)")
        return try #require(try made.json["id"]?.stringValue, "\(made.bytes)")
    }

    /// Calls each endpoint about shipments once with success.
    func callEveryShipmentEndpoint() async throws {
        let (part, order, token, line) = try await packable(sku: "PARCEL")
        let first = try await call(
            .post, "/vendor_orders/\(part)/shipments",
            ["lines": [["line_id": .string(line), "quantity": 1]], "courier": "own_delivery"])
        #expect(first.status == 201)
        let id = try #require(try first.json["id"]?.stringValue)
        let document = try #require(try first.json["document_id"]?.stringValue)
        let listed = try await call(.get, "/shipments?order_id=\(order)&state=created&in_trouble=false")
        #expect(try listed.json["data"]?[0]?["id"] == .string(id))
        let number = try #require(try first.json["number"]?.stringValue)
        #expect(try await call(.get, "/shipments?code=\(number)").json["data"]?.arrayValue?.count == 1)
        let void = try await call(.post, "/documents/\(document)/cancel", ["reason": "wrong parcel"])
        #expect(try void.problem == "document-not-cancellable")
        let gone = try await call(.post, "/shipments/\(id)/cancel")
        #expect(try gone.status == 200 && gone.json["state"] == "cancelled")
        let second = try await call(
            .post, "/vendor_orders/\(part)/shipments",
            [
                "document_id": .string(document), "courier": "own_delivery",
                "parcels": [["weight_grams": 700, "size": ["length_mm": 300, "width_mm": 200, "height_mm": 100]]],
            ])
        let again = try #require(try second.json["id"]?.stringValue)
        #expect(try second.json["parcels"]?[0]?["volumetric_grams"] == 1_200)
        let moved = try await call(
            .post, "/shipments/\(again)/events", ["state": "out_for_delivery", "note": "By noon"])
        #expect(try moved.status == 200 && moved.json["state"] == "out_for_delivery")
        let read = try await call(.get, "/shipments/\(again)")
        #expect(try read.json["events"]?[0]?["message"] == "By noon")
        for (language, words) in [("en", "Out for delivery today"), ("bn", "আজ ডেলিভারির জন্য বের হয়েছে")] {
            let tracked = try await call(.get, "/orders/\(order)/tracking?language=\(language)", token: token)
            #expect(try tracked.json["data"]?[0]?["words"] == .string(words))
        }
        let label = try await call(.get, "/shipments/\(again)/label")
        #expect(try label.json["content"]?.stringValue?.hasPrefix("JVBERi") == true)
        #expect(try await call(.get, "/shipments/\(again)/label?parcel=2").status == 404)
        #expect(try await call(.get, "/couriers").json["data"]?[0]?["name"] == "steadfast")
        let parcel = try await courierShipment()
        #expect(try await call(.post, "/shipments/\(parcel)/retry").json["state"] == "pending")
        #expect(try await call(.post, "/shipments/\(again)/retry").status == 409)
    }

    /// A shipment that its courier was not asked for yet; its id.
    private func courierShipment() async throws -> String {
        let (part, order, _, _) = try await packable(sku: "COURIER")
        let id = try #require(ID<Order>(order))
        try await owner.execute(
            """
            UPDATE orders SET shipping_address = shipping_address || '{"phone": "+8801712345678"}' WHERE id = \(id)
            """)
        let made = try await call(.post, "/vendor_orders/\(part)/shipments", ["courier": "steadfast"])
        return try #require(try made.json["id"]?.stringValue, "\(made.bytes)")
    }
}
