import Core
import Foundation
import HTTPTypes
import Identity
import Media
import OrderService
import Orders
import Postgres
import Testing

/// Calls about orders that are placed, each with success.
extension LiveAPI {
    func exerciseOrderService(of order: String, _ vendorOrder: String?) async throws {
        let part = try #require(vendorOrder)
        let found = try await call(.get, "/orders/search?q=\(order)").json
        #expect(found["data"]?[0]?["order"]?["id"] == .string(order) && found["has_more"] == false)
        try await call(.get, "/vendor_orders")
        try await call(.get, "/vendor_orders/\(part)")
        let parts = try await call(.get, "/vendor_orders/search?q=\(order)").json
        #expect(parts["data"]?[0]?["id"] == .string(part))
        for path in ["/orders/\(order)/notes", "/vendor_orders/\(part)/notes"] {
            let note = try await make(path, ["body": "Call first."])
            try await call(.get, path)
            try await call(.delete, "\(path)/\(note)")
        }
        let tag = try await make("/order_tags", ["name": "gift"])
        try await call(.get, "/order_tags")
        try await call(.put, "/order_tags/\(tag)", ["name": "present"])
        try await call(.put, "/orders/\(order)/tags", ["tag_ids": [.string(tag)]])
        let tags = try await call(.get, "/orders/\(order)/tags").json
        #expect(tags["data"]?[0]?["name"] == "present")
        let tagged = try await call(.get, "/orders?tag_id=\(tag)&status=pending_payment&payment_state=unpaid").json
        #expect(tagged["data"]?[0]?["id"] == .string(order))
        try await call(.delete, "/order_tags/\(tag)")
        let timeline = try await call(.get, "/orders/\(order)/timeline").json["data"]?.arrayValue ?? []
        #expect(timeline.contains { $0["source"] == "complaint" && $0["kind"] == "filed" })
        let export = try await make("/order_exports", ["status": "pending_payment"])
        try await call(.get, "/order_exports")
        let asked = try await call(.get, "/order_exports/\(export)").json
        #expect(asked["state"] == "queued" && asked["status"] == "pending_payment")
        let unmade = try await call(.post, "/order_exports/\(export)/link", [:])
        #expect(try unmade.problem == "order-export-unavailable")
        let vendor = try #require(parts["data"]?[0]?["vendor_id"]?.stringValue)
        let (made, file) = (ID<OrderExport>(export), ID<MediaFile>(try await uploadImage(of: vendor)))
        try await self.owner.execute(
            """
            UPDATE order_exports SET state = 'done', media_id = \(file), orders = 1, finished_at = now(), expires_at = now()
            WHERE id = \(made)
            """)
        #expect(try await call(.post, "/order_exports/\(export)/link", [:]).status == 200)
        let again = try await call(.get, "/orders/\(order)/reorder").json
        #expect(again["lines"]?.arrayValue?.count == 1)
        let account = UUID()
        let member = Principal(
            .customer(account), permissions: Role.customer.permissions, visibility: .customer(account),
            signedIn: try await signedIn(as: account))
        let id = try #require(ID<Order>(order))
        let email = "\(account.uuidString)@example.com"
        try await owner.execute("UPDATE orders SET email = \(email) WHERE id = \(id)")
        let claimed = try await call(
            .post, "/me/orders", ["order": .string(order)], token: principals.token(for: member))
        #expect(claimed.status == 200)
        #expect(try await call(.get, "/orders/\(order)", token: principals.token(for: member)).status == 200)
    }

    /// The id of a new complaint about an order.
    func complaint(about order: String) async throws -> String {
        try await make("/orders/\(order)/complaints", ComplaintBodies.complaint)
    }

    /// The id of a file that is shown about an order.
    func attachment(about order: String) async throws -> String {
        let reply = try await upload("/orders/\(order)/complaint_attachments", Picture.pdf, as: "application/pdf")
        try #require(reply.status == 201)
        return try #require(try reply.json["id"]?.stringValue)
    }

    func exerciseComplaints(about order: String) async throws {
        let attachment = try await attachment(about: order)
        let complaint = try await complaint(about: order)
        let path = "/orders/\(order)/complaints/\(complaint)"
        let message = try await call(
            .post, "\(path)/messages", ["body": "See", "attachment_ids": [.string(attachment)]])
        #expect(message.status == 201)
        try await call(.get, "/orders/\(order)/complaints")
        let read = try await call(.get, path).json
        #expect(read["messages"]?.arrayValue?.count == 2)
        try await call(.post, "/orders/\(order)/complaint_attachments/\(attachment)/links", [:])
        try await call(.post, "/complaints/\(complaint)/attachments/\(attachment)/links", [:])
        try await upload("/complaints/\(complaint)/attachments?file_name=a.pdf", Picture.pdf, as: "application/pdf")
        try await call(.get, "/complaints")
        try await call(.get, "/complaints/\(complaint)")
        try await call(.post, "/complaints/\(complaint)/messages", ["body": "So", "audience": "staff"])
        try await call(.post, "/complaints/\(complaint)/acknowledge", [:])
        try await call(
            .post, "/complaints/\(complaint)/ask", ["of": "customer", "message": ["body": "How did it look?"]])
        try await call(.post, "/complaints/\(complaint)/escalate", [:])
        let resolved = try await call(
            .post, "/complaints/\(complaint)/resolve", ["outcome": "replaced", "message": ["body": "On its way."]]
        ).json
        #expect(resolved["state"] == "resolved" && resolved["due_at"] == .null)
        try await call(.post, "\(path)/reopen", ["message": ["body": "It did not come."]])
        try await call(.post, "/complaints/\(complaint)/reject", ["message": ["body": "It did."]])
        try await call(.post, "/complaints/\(complaint)/reopen", ["message": ["body": "Our mistake."]])
        try await call(.get, "/complaint_clocks")
        try await call(.post, "/complaint_clocks", ComplaintBodies.clock)
    }

    /// The order of a payment and its only part.
    func paidOrder(of payment: String) async throws -> (order: String, vendorOrder: String) {
        let order = try #require(try await call(.get, "/payments/\(payment)").json["order_id"]?.stringValue)
        let parts = try await call(.get, "/orders/\(order)").json["vendor_orders"]
        return (order, try #require(parts?[0]?["id"]?.stringValue))
    }
}

enum ComplaintBodies {
    static let complaint: JSONValue = ["kind": "payment", "message": ["body": "Charged twice."]]
    static let clock: JSONValue = [
        "country": "NP", "step": "redress", "hours": 48, "valid_from": "2027-01-01", "source": "Act of 2027",
    ]
}
