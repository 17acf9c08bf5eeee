import Core
import HTTPTypes
import Orders
import Postgres
import Testing

extension LiveAPI {
    /// An order of so many units, paid.
    func boughtGoods(units: Int64) async throws -> (order: String, part: String, line: String) {
        let (_, book) = try await offer(kind: "physical", sku: "BOUGHT")
        try await call(.post, "/variants/\(book)/stock_adjustments", ["delta": .integer(units)])
        let placed = try await call(
            .post, "/orders",
            [
                "email": "karim@example.com", "lines": [["variant_id": .string(book), "quantity": .integer(units)]],
                "shipping_address": ["name": "Karim", "line1": "12 Lake Road", "city": "Dhaka", "country": "BD"],
            ], token: nil
        ).json["order"]
        let order = try #require(placed?["id"]?.stringValue)
        let id = try #require(ID<Order>(order))
        try await owner.execute(
            """
            INSERT INTO payments (id, order_id, demand_id, gateway, merchant_account, state, amount_minor, currency, settlement,
                reference, success_url, cancel_url, session_expires_at, created_at, updated_at, captured_at)
            SELECT gen_random_uuid(), order_id, id, 'stripe', 'test', 'captured', amount_minor, currency, 'order', 'pi_bought',
                'https://shop.example/t', 'https://shop.example/c', now(), now(), now(), now()
            FROM payment_demands WHERE order_id = \(id)
            """)
        try await owner.execute("UPDATE orders SET paid_at = now(), captured_minor = total_minor WHERE id = \(id)")
        return (
            order, try #require(placed?["vendor_orders"]?[0]?["id"]?.stringValue),
            try #require(placed?["lines"]?[0]?["id"]?.stringValue)
        )
    }

    static func refund(of line: String) -> JSONValue {
        ["lines": [["line_id": .string(line), "quantity": 1]], "reason": "broken"]
    }

    static func cancellation(of line: String) -> JSONValue {
        ["lines": [["line_id": .string(line), "quantity": 1]], "reason": "Can't be sent"]
    }

    func exerciseOrderRefunds() async throws {
        let bought = try await boughtGoods(units: 3)
        let quote = try await call(
            .post, "/orders/\(bought.order)/refund_quotes",
            ["lines": [["line_id": .string(bought.line), "quantity": 1]]])
        let refund = try await call(.post, "/orders/\(bought.order)/refunds", Self.refund(of: bought.line))
        let (told, given) = (try quote.json, try refund.json)
        #expect(given["total"] == told["total"])
        #expect(given["refunds"]?[0]?["order_refund_id"] == given["id"])
        try await call(.post, "/orders/\(bought.order)/cancellations", Self.cancellation(of: bought.line))
        try await call(.post, "/vendor_orders/\(bought.part)/cancellations", Self.cancellation(of: bought.line))
        let listed = try await call(.get, "/orders/\(bought.order)/refunds").json["data"]?.arrayValue
        #expect(listed?.count == 3)
        let line = try await call(.get, "/orders/\(bought.order)").json["lines"]?[0]
        #expect(line?["cancelled_quantity"]?.integerValue == 2)
    }
}
