import Core
import HTTPTypes
import Payments
import Postgres
import Testing

extension LiveAPI {
    /// Refunds of what was paid in cash, which are made by hand: one is, another is not to be.
    func exerciseRefundsByHand(of payment: String) async throws {
        for (number, action) in ["confirm", "reject"].enumerated() {
            let asked = try await call(
                .post, "/payments/\(payment)/refunds",
                ["amount": ["minor_units": .integer(10), "currency": "BDT"], "reason": "broken"])
            let id = try #require(try asked.json["id"]?.stringValue)
            #expect(try asked.json["state"] == "awaiting_transfer")
            if action == "confirm" {
                let own = try await call(.post, "/refunds/\(id)/confirm", ["reference": "T"])
                #expect(try own.status == 409 && own.problem == "second-person-required")
                let refund = try #require(ID<Refund>(id))
                try await owner.execute("UPDATE refunds SET requested_by = 'staff:another' WHERE id = \(refund)")
            }
            let listed = try await call(.get, "/awaited_transfers").json["data"]?.arrayValue
            #expect(listed?.first?["refund"]?["id"]?.stringValue == id)
            let ended = try await call(
                .post, "/refunds/\(id)/\(action)",
                action == "confirm" ? ["reference": .string("T-\(number)")] : ["reason": "made another way"])
            let state = try ended.json["state"]?.stringValue
            #expect(state == (action == "confirm" ? "succeeded" : "cancelled"))
        }
    }
}
