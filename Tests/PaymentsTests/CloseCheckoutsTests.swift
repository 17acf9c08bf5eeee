import CommerceTestSupport
import Core
import Foundation
import Jobs
import Logging
import Orders
import Postgres
import Testing

@testable import Payments

@Suite("Checkouts of closed orders")
struct CloseCheckoutsTests {
    private func close(_ till: Till, _ gateways: GatewayRegistry? = nil) -> CloseCheckouts {
        CloseCheckouts(postgres: till.client, gateways: gateways ?? till.registry, book: till.book)
    }

    @Test("Cancelling and expiring an order ask for its checkouts to be closed")
    func asked() async throws {
        try await Till.open { till in
            let first = try await till.pendingPayment()
            try await till.market.cancel(first.orderID)
            #expect(try await till.market.jobKinds().contains(CloseCheckouts.Job.kind))
            let second = try await till.market.place((till.market.licence(keys: 1, sku: "B"), 1)).order
            till.market.clock.advance(by: ReservationSettings().longestTime + 1)
            try await till.market.expire(second.id)
            #expect(try await till.market.jobKinds().filter { $0 == CloseCheckouts.Job.kind }.count == 2)
        }
    }

    @Test("Nobody can pay a session of a cancelled order any more")
    func sandbox() async throws {
        try await SandboxStripe.open { stripe in
            try await Till.open { till in
                let gateways = GatewayRegistry([stripe.gateway])
                let order = try await till.market.place((till.market.licence(keys: 1), 1)).order
                let started = try await till.checkout(order.id, through: gateways)
                try await till.market.cancel(order.id)
                for _ in 0..<2 { try await close(till, gateways)(order.id, in: till.market.queue) }
                let payment = try await till.payment(started.paymentID)
                #expect(payment.state == .expired)
                #expect(try await stripe.gateway.read(payment, for: .system)?.status == .expired)
            }
        }
    }

    @Test("Who paid in between has paid: the money is captured and goes back by itself")
    func paidInBetween() async throws {
        try await SandboxStripe.open { stripe in
            try await Till.open { till in
                let gateways = GatewayRegistry([stripe.gateway])
                let order = try await till.market.place((till.market.licence(keys: 1), 1)).order
                let started = try await till.checkout(order.id, through: gateways)
                try await till.market.cancel(order.id)
                let session = try #require(try await till.payment(started.paymentID).sessionReference)
                try await stripe.press("pay", on: session)
                try await close(till, gateways)(order.id, in: till.market.queue)
                let payment = try await till.payment(started.paymentID)
                #expect(payment.state == .captured && payment.settlement == .customer)
                #expect(try await till.market.jobKinds().contains(RefundPayment.Job.kind))
                #expect(try await till.market.order(order.id).status == .cancelled)
            }
        }
    }

    @Test("A gateway that does not answer is asked again later, and a checkout that may be opening is waited for")
    func later() async throws {
        try await Till.open { till in
            let payment = try await till.pendingPayment()
            try await till.market.cancel(payment.orderID)
            for silence in [GatewayError.unavailable("down"), .unknown("timeout")] {
                till.gateway.set { $0.silence = silence }
                await #expect(throws: RetryLater.self) {
                    try await close(till)(payment.orderID, in: till.market.queue)
                }
            }
            try await till.client.execute(
                "UPDATE payments SET session_reference = NULL, state = 'created' WHERE id = \(payment.id)")
            await #expect(throws: RetryLater.self) { try await close(till)(payment.orderID, in: till.market.queue) }
            till.market.clock.advance(by: 86_400)
            try await close(till)(payment.orderID, in: till.market.queue)
            #expect(try await till.payment(payment.id).state == .expired)
        }
    }
}
