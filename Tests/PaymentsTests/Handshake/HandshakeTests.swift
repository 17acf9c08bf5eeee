import CommerceTestSupport
import Core
import Foundation
import Jobs
import Postgres
import Testing
import Webhooks

@testable import Payments

/// What is peculiar to this provider, beside the scenarios that all go through.
@Suite("A gateway that wants to be confirmed")
struct HandshakeTests {
    @Test("Who only agreed has not paid: the money is ours once the return was confirmed, whatever the browser says")
    func confirmation() async throws {
        try await ConformanceBench.open(HandshakeStage.self) { bench in
            let payment = try await bench.opened()
            #expect(try await bench.comeBack(to: payment, with: ["status": "completed"]) == payment.successURL)
            #expect(try await bench.till.payment(payment.id).state == .pending)
            let fields = try await bench.stage.pay(payment)
            #expect(try await bench.gateway.read(payment, for: .system)?.status == .pending)
            _ = try await bench.comeBack(to: payment, with: fields)
            #expect(try await bench.till.payment(payment.id).state == .captured)
        }
    }

    @Test("A fresh unsigned push about a payment that is still open is asked about again")
    func early() async throws {
        try await ConformanceBench.open(HandshakeStage.self) { bench in
            let payment = try await bench.opened()
            let event = bench.till.market.ids.next()
            let body = Array("payment=\(payment.sessionReference ?? "")".utf8)
            try await bench.till.owner.execute(
                """
                INSERT INTO webhook_events (id, account, event_id, event_type, headers, body, received_at)
                VALUES (\(event), 'handshake', 'd1', 'payment', '{}', \(body), \(bench.till.market.clock.now))
                """)
            let process = ProcessGatewayEvent(
                postgres: bench.till.client, gateways: bench.gateways, book: bench.till.book)
            let job = ProcessWebhookEvent(eventID: event, account: "handshake")
            await #expect(throws: RetryLater.self) {
                try await process(job, in: bench.till.market.queue, logger: silent)
            }
            bench.till.market.clock.advance(by: 121)
            try await process(job, in: bench.till.market.queue, logger: silent)
            #expect(try await bench.till.lastOutcome() == "applied")
            #expect(try await bench.till.payment(payment.id).state == .pending)
        }
    }

    @Test("Its pushes come in under another word than its name")
    func slug() throws {
        let settings = try ConformanceBench.read(
            ["HAAT_GATEWAYS": "handshake,handshake/eu", "HAAT_HANDSHAKE_TOKEN": "a", "HAAT_HANDSHAKE_EU_TOKEN": "b"],
            of: HandshakeProvider.self)
        #expect(settings.webhookAccounts.map(\.path) == ["hs", "hs/eu"])
        #expect(settings.webhookAccounts.map(\.name) == ["handshake", "handshake/eu"])
    }
}
