import Core
import HTTPTypes
import Payments
import Platform
import Postgres
import Testing

@testable import APIServer

@Suite("What may hang on one payment or order several times is a list")
struct RepeatedThingsTests {
    @Test("All of a payment's disputes are told, the newest first and page by page")
    func disputes() async throws {
        try await LiveAPI.run { api in
            let payment = try await api.capturedPayment()
            try await api.platform.postgres.execute(
                """
                INSERT INTO disputes (id, payment_id, order_id, reference, amount_minor, currency, status, taken_minor,
                    returned_minor, lost_minor, stated_at, report, created_at, updated_at)
                SELECT uuid7_floor(now() + number * interval '1 second'), payments.id, order_id, 'dp_' || number, 100 * number,
                    currency, status, 100 * number, returned, lost, now(), '{}', now(), now()
                FROM payments, (VALUES (1, 'lost', 0, 100), (2, 'won', 200, 0)) AS told (number, status, returned, lost)
                """)
            let all = try await api.call(.get, "/payments/\(payment)/disputes").json
            let told = try #require(all["data"]?.arrayValue)
            #expect(told.map { $0["reference"]?.stringValue } == ["dp_2", "dp_1"])
            #expect(told.map { $0["status"]?.stringValue } == ["won", "lost"])
            let lost = told.compactMap { $0["lost"]?["minor_units"] }
            #expect(lost == [0, 100])
            let returned = told.compactMap { $0["returned"]?["minor_units"] }
            #expect(returned == [200, 0])
            #expect(told.allSatisfy { $0["payment_id"]?.stringValue == payment })
            let first = try await api.call(.get, "/payments/\(payment)/disputes?limit=1").json
            let cursor = try #require(first["next_cursor"]?.stringValue)
            let second = try await api.call(.get, "/payments/\(payment)/disputes?limit=1&cursor=\(cursor)").json
            let paged = [first, second].compactMap { $0["data"]?.arrayValue?.first }
            #expect(paged == told)
        }
    }

    @Test("All attempts to pay an order are told, the newest first, whatever became of them")
    func attempts() async throws {
        try await LiveAPI.run { api in
            let payment = try await api.capturedPayment()
            try await api.platform.postgres.execute(
                """
                INSERT INTO payments (id, order_id, demand_id, gateway, merchant_account, state, amount_minor, currency, success_url,
                    cancel_url, session_expires_at, created_at, updated_at)
                SELECT uuid7_floor(now()), order_id, demand_id, 'stripe/eu', 'test', 'failed', amount_minor, currency, success_url,
                    cancel_url, now(), now(), now() FROM payments
                """)
            let order = try #require(try await api.call(.get, "/payments/\(payment)").json["order_id"]?.stringValue)
            let attempts = try await api.call(.get, "/orders/\(order)/payments").json["data"]?.arrayValue ?? []
            #expect(Set(attempts.map { $0["state"]?.stringValue }) == ["captured", "failed"])
            let ids = attempts.compactMap { $0["id"]?.stringValue }
            #expect(ids == ids.sorted(by: >))
            #expect(ids.contains(payment))
        }
    }
}
