import CommerceTestSupport
import Core
import Foundation
import Jobs
import Orders
import Postgres
import Testing

@testable import Payments

/// How customers' attempts may end, at every provider.
@Suite("Every gateway: how a payment ends")
struct GatewayOutcomeScenarios {
    typealias Subject = GatewayConformanceTests.Subject

    @Test("Declined and then paid: the order is paid once, by the same payment or the next", arguments: Subject.all)
    func declinedThenPaid(subject: Subject) async throws {
        try await ConformanceBench.open(subject.stage) { bench in
            let payment = try await bench.opened()
            _ = try await bench.comeBack(to: payment, with: try await bench.stage.decline(payment))
            try await bench.receiveAll()
            try await bench.expectUnpaid(payment)
            let next = try await bench.payable(payment.orderID, after: payment, .declined)
            try await bench.complete(next)
            try await bench.expectPaidOnce(next)
        }
    }

    @Test("Who leaves without paying has not paid, and may think better of it", arguments: Subject.all)
    func cancelled(subject: Subject) async throws {
        try await ConformanceBench.open(subject.stage) { bench in
            let payment = try await bench.opened()
            _ = try await bench.comeBack(to: payment, with: try await bench.stage.cancel(payment))
            try await bench.receiveAll()
            try await bench.expectUnpaid(payment)
            let next = try await bench.payable(payment.orderID, after: payment, .cancelled)
            try await bench.complete(next)
            try await bench.expectPaidOnce(next)
        }
    }

    @Test("An abandoned checkout costs the order its time and nothing else", arguments: Subject.all)
    func abandoned(subject: Subject) async throws {
        try await ConformanceBench.open(subject.stage) { bench in
            let payment = try await bench.opened()
            bench.till.market.clock.advance(by: ReservationSettings().longestTime + 1)
            try await bench.verifyOpen(payment.orderID)
            try await bench.till.market.expire(payment.orderID)
            #expect(try await bench.till.market.order(payment.orderID).status == .expired)
            try await bench.expectUnpaid(payment)
            bench.till.market.clock.advance(by: 2 * 86_400)
            try await CloseCheckouts(postgres: bench.till.client, gateways: bench.gateways, book: bench.till.book)(
                payment.orderID, in: bench.till.market.queue)
            try await bench.expectUnpaid(payment)
            if try bench.gateway.can(.closeCheckout) {
                #expect(try await bench.till.payment(payment.id).state.isUnsuccessful)
            }
        }
    }

    @Test("Money that comes after the order has expired pays it while its goods are there", arguments: Subject.all)
    func late(subject: Subject) async throws {
        try await ConformanceBench.open(subject.stage) { bench in
            let payment = try await bench.opened()
            let fields = try await bench.stage.pay(payment)
            bench.till.market.clock.advance(by: ReservationSettings().longestTime + 1)
            try await bench.till.market.expire(payment.orderID)
            _ = try await bench.comeBack(to: payment, with: fields)
            try await bench.receiveAll()
            try await bench.expectPaidOnce(payment)
        }
    }

    @Test(
        "Somebody else's payment pays their order, whoever brings it back to mine", arguments: Subject.all)
    func stranger(subject: Subject) async throws {
        try await ConformanceBench.open(subject.stage) { bench in
            let mine = try await bench.opened()
            let order = try await bench.till.market.place(
                (bench.till.market.licence(keys: 1, sku: "THEIRS"), 1)
            ).order
            let theirs = try await bench.payable(order.id)
            let fields = try await bench.stage.pay(theirs)
            _ = try await bench.comeBack(to: mine, with: fields)
            try await bench.receiveAll()
            #expect(try await !bench.till.payment(mine.id).state.isCaptured)
            #expect(try await !bench.till.market.order(mine.orderID).isPaid)
            _ = try await bench.comeBack(to: theirs, with: fields)
            try await bench.receiveAll()
            try await bench.expectPaidOnce(theirs)
        }
    }

    @Test(
        "Another amount or currency than was ordered is a conflict: nothing is paid or booked",
        arguments: Subject.all, ["amount_minor = amount_minor - 1", "currency = 'USD'"])
    func mismatch(subject: Subject, change: String) async throws {
        try await ConformanceBench.open(subject.stage) { bench in
            let payment = try await bench.opened()
            let fields = try await bench.stage.pay(payment)
            try await bench.till.owner.execute("UPDATE payments SET \(unescaped: change) WHERE id = \(payment.id)")
            _ = try await bench.comeBack(to: payment, with: fields)
            try await bench.receiveAll()
            try await bench.expectUnpaid(payment)
            #expect(try await bench.till.payment(payment.id).state == .conflicted)
            let queue = try await PaymentStore().conflicts(
                through: bench.name, page: PageRequest(), in: bench.till.client)
            #expect(queue.items.map(\.id) == [payment.id])
        }
    }

    @Test(
        "Paid here and through another gateway too: one of both pays the order, the other goes back",
        arguments: Subject.all)
    func paidTwice(subject: Subject) async throws {
        try await ConformanceBench.open(subject.stage) { bench in
            let till = bench.till
            let stub = StubGateway(name: TwoGateways.second)
            let both = GatewayRegistry([try bench.gateway, stub])
            let payment = try await bench.opened()
            let fields = try await bench.stage.pay(payment)
            let started = try await till.checkout(payment.orderID, through: both, at: TwoGateways.second)
            let other = try await till.payment(started.paymentID)
            try await till.apply(till.report(other, .captured), to: other.id)
            _ = try await bench.comeBack(to: payment, with: fields)
            try await bench.receiveAll()
            let after = try await till.payment(payment.id)
            #expect(after.state == .captured && after.unclaimedReason == .paidTwice && after.settlement == .customer)
            #expect(try await till.market.order(payment.orderID).captured.minorUnits == 120_000)
            let refund = try #require(try await RefundStore().refunds(of: payment.id, in: till.client).first)
            #expect(refund.origin == .automatic && refund.amount.minorUnits == 120_000)
            guard try bench.gateway.can(.refund) else {
                return bench.leaveOut("the second payment goes back", because: try bench.gateway.lacking[.refund] ?? "")
            }
            try await bench.send(refund)
            #expect(try await till.balance(.refundsDue) == 0)
            #expect(try await till.balance(.clearing(bench.name)) == 0)
            #expect(try await till.imbalance() == 0)
        }
    }
}
