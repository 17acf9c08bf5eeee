import Core
import Foundation
import HTTPTypes
import Identity
import Orders
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
        try await call(.get, "/orders/\(order)/timeline")
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

    /// The order of a payment and its only part.
    func paidOrder(of payment: String) async throws -> (order: String, vendorOrder: String) {
        let order = try #require(try await call(.get, "/payments/\(payment)").json["order_id"]?.stringValue)
        let parts = try await call(.get, "/orders/\(order)").json["vendor_orders"]
        return (order, try #require(parts?[0]?["id"]?.stringValue))
    }
}
