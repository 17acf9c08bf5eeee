import Core
import HTTPTypes
import Identity
import Orders
import Payments
import Platform
import Postgres
import Testing

@testable import APIServer

/// What is said of gateways in bodies.
enum PaymentBodies {
    /// It offers what is offered without any rule.
    static let rule: JSONValue = [
        "gateway": "stripe", "position": 5,
        "titles": [["locale": "en", "title": "Card"], ["locale": "bn", "title": "কার্ড"]],
    ]
}

extension LiveAPI {
    /// Every call about the gateways that an order can be paid through.
    func exercisePaymentOptions(of order: String) async throws {
        let made = try await call(.post, "/payment_option_rules", PaymentBodies.rule)
        #expect(made.status == 201)
        let rule = try #require(try made.json["id"]?.stringValue)
        #expect(try await call(.get, "/payment_option_rules").json["data"]?[0]?["id"] == .string(rule))
        let area: JSONValue = ["country": "BD", "postal_from": "1000", "postal_through": "1399"]
        let hours: JSONValue = ["from_minute": 480, "until_minute": 1_320, "utc_offset_minutes": 360]
        let edited = try await call(
            .patch, "/payment_option_rules/\(rule)",
            ["currency": "BDT", "most_minor": 500_000, "area": area, "hours": hours], headers: ["If-Match": "*"])
        #expect(edited.status == 200)
        #expect(try edited.json["area"]?["postal_through"] == "1399" && edited.json["hours"]?["from_minute"] == 480)
        let options = try await call(.get, "/orders/\(order)/payment_options?locale=bn")
        #expect(options.status == 200)
        #expect(try await call(.delete, "/payment_option_rules/\(rule)").status == 204)
    }

    /// Every call about payments that somebody has to look at.
    func exerciseConflicts(of payment: String) async throws {
        let id = try #require(ID<Payment>(payment))
        try await owner.execute("UPDATE payments SET conflict = 'another amount' WHERE id = \(id)")
        let listed = try await call(.get, "/payment_conflicts?gateway=stripe")
        #expect(try listed.json["data"]?[0]?["conflict"] == "another amount")
        let body: JSONValue = ["resolution": "accept", "reason": "Seen in the gateway's panel"]
        #expect(try await call(.post, "/payments/\(payment)/resolve", body).status == 200)
        #expect(try await call(.get, "/payment_conflicts").json["data"]?.arrayValue == [])
        let again = try await call(.post, "/payments/\(payment)/resolve", body)
        #expect(try again.problem == "payment-not-conflicted")
        #expect(again.status == 409)
    }

    /// What the customer of a payment's order sees of it, and nobody else does.
    func exerciseOwnPayments(of payment: String) async throws {
        let (id, customer) = (try #require(ID<Payment>(payment)), ID<Account>(uuid: platform.ids.next()))
        let token = principals.token(for: Principal(try await signedIn(as: customer.uuid)))
        try await owner.execute(
            "UPDATE orders SET customer_id = \(customer) WHERE id = (SELECT order_id FROM payments WHERE id = \(id))")
        let own = try await call(.get, "/me/payments", token: token)
        #expect(try own.json["data"]?[0]?["id"] == .string(payment))
        #expect(try own.json["data"]?[0]?["gateway_title"] == "Stripe")
        let receipt = try await call(.get, "/me/payments/\(payment)", token: token)
        #expect(receipt.status == 200)
        #expect(try receipt.json["payment"]?["order_number"]?.stringValue?.isEmpty == false)
        #expect(try receipt.json["lines"]?.arrayValue?.isEmpty == false)
        let stranger = principals.token(for: Principal(try await signedIn(as: platform.ids.next())))
        #expect(try await call(.get, "/me/payments", token: stranger).json["data"]?.arrayValue == [])
        #expect(try await call(.get, "/me/payments/\(payment)", token: stranger).status == 404)
        try await owner.execute(
            "UPDATE orders SET customer_id = NULL WHERE id = (SELECT order_id FROM payments WHERE id = \(id))")
    }
}
