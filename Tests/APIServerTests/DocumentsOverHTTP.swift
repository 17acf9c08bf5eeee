import Core
import Documents
import Foundation
import HTTPTypes
import Orders
import Postgres
import Testing

/// What tests do with documents over HTTP.
extension LiveAPI {
    /// A vendor order of a free book, which is paid by being placed; with its order and the order's token.
    func packable(
        sku: String = "FREE", units: Int64 = 3
    ) async throws -> (part: String, order: String, token: String, line: String) {
        let (product, book) = try await offer(kind: "physical", price: 0, sku: sku)
        let vendor = try #require(try await call(.get, "/products/\(product)").json["vendor_id"]?.stringValue)
        try await add("pickup_locations", VendorBodies.pickupLocation, to: vendor)
        try await call(.post, "/variants/\(book)/stock_adjustments", ["delta": .integer(units)])
        let placed = try await call(
            .post, "/orders",
            [
                "email": "karim@example.com", "customer_name": "Karim Uddin",
                "lines": [["variant_id": .string(book), "quantity": .integer(units)]],
                "shipping_address": ["name": "Karim", "line1": "12 Lake Road", "city": "Dhaka", "country": "BD"],
            ], token: nil)
        let json = try placed.json
        return (
            try #require(json["order"]?["vendor_orders"]?[0]?["id"]?.stringValue),
            try #require(json["order"]?["id"]?.stringValue), try #require(json["access_token"]?.stringValue),
            try #require(json["order"]?["lines"]?[0]?["id"]?.stringValue)
        )
    }

    /// Issues a document for a vendor order, as if it were paid for that moment; its id.
    func document(of part: String, in order: String) async throws -> String {
        let id = try #require(ID<Order>(order))
        try await owner.execute("UPDATE orders SET paid_at = now(), captured_minor = total_minor WHERE id = \(id)")
        let issued = try await call(.post, "/vendor_orders/\(part)/pack", [:])
        try await owner.execute("UPDATE orders SET paid_at = NULL, captured_minor = 0 WHERE id = \(id)")
        return try #require(try issued.json["id"]?.stringValue, "\(issued.bytes)")
    }

    /// Notes a file for a document, as the worker does once it has drawn it.
    func draw(_ document: String) async throws {
        let (id, media) = (try #require(ID<IssuedDocument>(document)), UUID())
        try await owner.execute(
            """
            INSERT INTO media (id, purpose, is_public, content_type, size_bytes, sha256, created_by, created_at)
            VALUES (\(media), 'order_document', false, 'application/pdf', 1, sha256('x'), 'system', now())
            """)
        try await owner.execute(
            "INSERT INTO document_files (document_id, rendition, media_id, created_at) VALUES (\(id), 'document', \(media), now())"
        )
    }

    /// Calls each endpoint about documents once with success.
    func callEveryDocumentEndpoint() async throws {
        let (part, order, token, line) = try await packable()
        let first = try await call(
            .post, "/vendor_orders/\(part)/pack", ["lines": [["line_id": .string(line), "quantity": 1]]])
        let wrong = try #require(try first.json["id"]?.stringValue)
        try await call(.post, "/documents/\(wrong)/cancel", ["reason": "wrong parcel"])
        let document = try #require(
            try await call(.post, "/vendor_orders/\(part)/pack", [:]).json["id"]?.stringValue)
        try await draw(document)
        try await call(.get, "/documents?vendor_order_id=\(part)")
        try await call(.get, "/documents/\(document)")
        try await call(.post, "/documents/\(document)/links", [:])
        try await call(.get, "/orders/\(order)/documents", token: token)
        try await call(.post, "/orders/\(order)/documents/\(document)/links", [:], token: token)
        try await call(.post, "/documents/\(document)/credit_notes", ["reason": "returned"])
    }
}
