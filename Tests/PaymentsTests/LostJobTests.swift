import CommerceTestSupport
import Core
import Foundation
import Jobs
import Orders
import Postgres
import Testing
import Webhooks

@testable import Payments

@Suite("A job that is not to be run")
struct LostJobTests {
    private func expectSilence(
        _ till: Till, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
    ) async {
        let before = till.gateway.calls
        await #expect(throws: JobOwnershipLost.self, sourceLocation: sourceLocation) { try await body() }
        #expect(till.gateway.calls == before, sourceLocation: sourceLocation)
    }

    @Test("It asks no gateway about payments and closes no checkout")
    func payments() async throws {
        try await Till.open { till in
            let payment = try await till.pendingPayment()
            let (client, gateways, book) = (till.client, till.registry, till.book)
            await expectSilence(till) {
                _ = try await VerifyPayment(postgres: client, gateways: gateways, book: book)(
                    payment.id, for: .system, in: LostJob())
            }
            await expectSilence(till) {
                try await VerifyOpenPayments(postgres: client, gateways: gateways, book: book)(
                    payment.orderID, in: LostJob())
            }
            await expectSilence(till) {
                try await CloseCheckouts(postgres: client, gateways: gateways, book: book)(
                    payment.orderID, in: LostJob())
            }
            await expectSilence(till) {
                let period = GatewayPeriod(start: Date(timeIntervalSince1970: 0), end: Date())
                _ = try await Reconcile(
                    postgres: client, gateways: gateways, audit: till.market.audit, ids: till.market.ids,
                    clock: till.market.clock, logger: silent)(
                        .stripe, in: period, by: .system, in: LostJob())
            }
        }
    }

    @Test("It sends no money back")
    func refunds() async throws {
        try await Till.open { till in
            let payment = try await till.pendingPayment()
            try await till.market.cancel(payment.orderID)
            // Its order is closed, so the money goes back.
            try await till.apply(till.report(payment, .captured), to: payment.id)
            let refund = try #require(try await till.client.queryValue("SELECT id FROM refunds", as: ID<Refund>.self))
            await expectSilence(till) {
                try await RefundPayment(postgres: till.client, gateways: till.registry, book: till.book)(
                    RefundPayment.Job(refundID: refund), in: LostJob(), logger: silent)
            }
            #expect(till.gateway.refundKeys.isEmpty)
        }
    }

    @Test(
        "It asks no gateway about an event, and notes nothing of one that is malformed",
        arguments: [
            ("charge.refunded", #"{"payment_intent":"pi_unknown"}"#),
            ("charge.refunded", #"{"payment_intent":"pi_1"}"#),
            ("payment_intent.succeeded", #"{"id":"pi_1"}"#),
            (
                "payment_intent.succeeded",
                #"{"id":"pi_1","amount":1,"amount_received":1,"amount_capturable":0,"currency":"bdt"}"#
            ),
        ])
    func events(type: String, object: String) async throws {
        try await Till.open { till in
            let payment = try await till.pendingPayment()
            try await till.client.execute("UPDATE payments SET reference = 'pi_1' WHERE id = \(payment.id)")
            let body = StripeEventTests.event(type, object)
            let event = till.market.ids.next()
            try await till.client.execute(
                """
                INSERT INTO webhook_events (id, account, event_id, event_type, headers, body)
                VALUES (\(event), 'stripe', 'evt_1', \(type), '{}', \(body))
                """)
            await expectSilence(till) {
                try await ProcessGatewayEvent(postgres: till.client, gateways: till.registry, book: till.book)(
                    ProcessWebhookEvent(eventID: event, account: "stripe"), in: LostJob(), logger: silent)
            }
            #expect(try await till.count("webhook_outcomes") == 0)
        }
    }
}
