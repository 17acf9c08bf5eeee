import CommerceTestSupport
import Core
import Jobs
import Orders
import Testing

@testable import Payments

@Suite("Before an order expires")
struct VerifyOpenPaymentsTests {
    private func verify(_ till: Till) -> VerifyOpenPayments {
        VerifyOpenPayments(postgres: till.client, gateways: till.registry, book: till.book)
    }

    @Test("Money that the gateway holds pays the order although no event has come")
    func paidUnheard() async throws {
        try await Till.open { till in
            let payment = try await till.pendingPayment()
            till.gateway.set { $0.truth = { Till.truth($0, .captured) } }
            till.market.clock.advance(by: ReservationSettings().longestTime + 1)
            try await verify(till)(payment.orderID, in: till.market.queue)
            try await till.market.expire(payment.orderID)
            #expect(try await till.market.order(payment.orderID).status == .paid)
        }
    }

    @Test("An order that nobody paid expires")
    func unpaid() async throws {
        try await Till.open { till in
            let payment = try await till.pendingPayment()
            till.gateway.set { $0.truth = { Till.truth($0, .expired) } }
            till.market.clock.advance(by: ReservationSettings().longestTime + 1)
            try await verify(till)(payment.orderID, in: till.market.queue)
            try await till.market.expire(payment.orderID)
            #expect(try await till.market.order(payment.orderID).status == .expired)
            try await verify(till)(payment.orderID, in: till.market.queue)
            #expect(till.gateway.reads == 1)
        }
    }

    @Test("A gateway that does not answer is asked again later")
    func silent() async throws {
        try await Till.open { till in
            let payment = try await till.pendingPayment()
            for silence in [GatewayError.unavailable("down"), .unknown("timeout")] {
                till.gateway.set { $0.silence = silence }
                await #expect(throws: RetryLater.self) {
                    try await verify(till)(payment.orderID, in: till.market.queue)
                }
            }
            #expect(try await till.market.order(payment.orderID).status == .pendingPayment)
        }
    }
}
