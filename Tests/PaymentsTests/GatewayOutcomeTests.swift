import Core
import Foundation
import Outbound
import Testing

@testable import Payments

@Suite("What a gateway's failing answer means")
struct GatewayOutcomeTests {
    /// Answers everything with one status.
    private struct Answering: OutboundTransport {
        let status: Int

        func send(
            method: String, url: String, headers: [OutboundHeader], body: [UInt8], timeout: Duration
        ) async throws(TransportFailure) -> OutboundResponse {
            OutboundResponse(
                status: status, headers: [OutboundHeader("Stripe-Should-Retry", "false")],
                body: Array("<html>upstream</html>".utf8))
        }
    }

    private func gateway(_ status: Int) -> StripeGateway {
        StripeGateway(
            baseURL: "http://stripe.test", secretKey: Secret("sk_test_1"), transport: Answering(status: status),
            timing: .system, logger: silent)
    }

    private func refund(_ status: Int) async -> GatewayError? {
        let payment = Fixture.payment(state: .captured)
        let refund = Refund(
            id: ID(uuid: UUID()), paymentID: payment.id, orderID: payment.orderID, origin: .automatic, reason: "test",
            amount: payment.amount,
            state: .requested, reference: nil, createdAt: Date())
        return await #expect(throws: GatewayError.self) { try await gateway(status).refund(refund, of: payment) }
    }

    private func checkout(_ status: Int) async -> GatewayError? {
        let payment = Fixture.payment(state: .created)
        let request = CheckoutRequest(
            paymentID: payment.id, orderID: payment.orderID, attempt: 1, amount: payment.amount, lines: [],
            customer: Fixture.customer, shippingAddress: nil, callbackURL: "https://haat.test/return",
            handoverURL: "https://haat.test/checkout",
            successURL: "https://shop.test", cancelURL: "https://shop.test", expiresAt: Date())
        return await #expect(throws: GatewayError.self) { try await gateway(status).open(request) }
    }

    @Test(
        "A 5xx from before Stripe's API leaves it open what happened, and the key good",
        arguments: [501, 502, 503, 504])
    func upstream(status: Int) async {
        for error in [await refund(status), await checkout(status)] {
            guard case .unknown = error else {
                Issue.record("got \(String(describing: error))")
                continue
            }
        }
    }

    @Test("A 500 of the API itself is kept under the key")
    func kept() async {
        for error in [await refund(500), await checkout(500)] {
            guard case .keySpent = error else {
                Issue.record("got \(String(describing: error))")
                continue
            }
        }
    }

    @Test("A read without an answer changed nothing", arguments: [500, 503])
    func reads(status: Int) async {
        let error = await #expect(throws: GatewayError.self) {
            try await gateway(status).read(Fixture.payment(state: .pending), for: .system)
        }
        guard case .unavailable = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
    }
}
