import CommerceTestSupport
import Core
import Foundation
import Jobs
import Orders
import Postgres
import Testing

@testable import Payments

@Suite("Attempts of one demand")
struct AttemptTests {
    @Test("Who goes on to another gateway has the first checkout closed there, and pays once")
    func changed() async throws {
        try await Till.open { till in
            let both = TwoGateways(till: till)
            let order = try await both.order()
            let first = try await both.open(order, at: .stripe)
            #expect(try await !till.market.jobKinds().contains(CloseCheckouts.SupersededJob.kind))
            let second = try await both.open(order, at: TwoGateways.second)
            #expect(first.demandID == second.demandID && first.id != second.id)
            #expect(try await till.market.jobKinds().contains(CloseCheckouts.SupersededJob.kind))
            #expect(try await till.payment(first.id).supersededAt != nil)
            #expect(try await till.payment(second.id).supersededAt == nil)
            both.say(.expired, at: .stripe)
            for _ in 0..<2 { try await both.closeSuperseded(first) }
            #expect(try await till.payment(first.id).state == .expired)
            #expect(try await till.payment(second.id).state == .pending)
            #expect(try await both.capture(second) == .captured)
            #expect(try await till.market.order(order).status == .paid)
        }
    }

    @Test("Who comes back to the first gateway pays there, and the second checkout is the one that is closed")
    func cameBack() async throws {
        try await Till.open { till in
            let both = TwoGateways(till: till)
            let order = try await both.order()
            let first = try await both.open(order, at: .stripe)
            let second = try await both.open(order, at: TwoGateways.second)
            #expect(try await both.open(order, at: .stripe).id == first.id)
            both.say(.expired, at: TwoGateways.second)
            both.say(.pending, at: .stripe)
            try await both.closeSuperseded(first)
            #expect(try await till.payment(first.id).state == .pending)
            #expect(try await till.payment(first.id).supersededAt == nil)
            #expect(try await till.payment(second.id).state == .expired)
            #expect(till.gateway.reads == 0, "its checkout is not touched")
        }
    }

    @Test("Paid in the first tab while the second was opened: the order is paid, and the second checkout is closed")
    func paidBefore() async throws {
        try await Till.open { till in
            let both = TwoGateways(till: till)
            let order = try await both.order()
            let first = try await both.open(order, at: .stripe)
            let second = try await both.open(order, at: TwoGateways.second)
            both.say(.captured, at: .stripe)
            both.say(.cancelled, at: TwoGateways.second)
            try await both.closeSuperseded(first)
            #expect(try await till.payment(first.id).state == .captured)
            #expect(try await till.market.order(order).status == .paid)
            #expect(try await till.payment(second.id).state == .cancelled)
        }
    }

    @Test("A capture of a checkout that was left for another has the other one closed")
    func capturedByPush() async throws {
        try await Till.open { till in
            let both = TwoGateways(till: till)
            let order = try await both.order()
            let first = try await both.open(order, at: .stripe)
            let second = try await both.open(order, at: TwoGateways.second)
            let jobs = try await till.market.jobKinds().filter { $0 == CloseCheckouts.SupersededJob.kind }.count
            try await both.capture(try await till.payment(first.id))
            let after = try await till.market.jobKinds().filter { $0 == CloseCheckouts.SupersededJob.kind }.count
            #expect(after == jobs + 1)
            both.say(.expired, at: TwoGateways.second)
            try await both.closeSuperseded(first)
            #expect(try await till.payment(second.id).state == .expired)
        }
    }

    @Test("A silent gateway is asked again later, and keeps the customer from nothing")
    func silent() async throws {
        try await Till.open { till in
            let both = TwoGateways(till: till)
            let order = try await both.order()
            let first = try await both.open(order, at: .stripe)
            till.gateway.set { $0.silence = .unavailable("down") }
            let second = try await both.open(order, at: TwoGateways.second)
            await #expect(throws: RetryLater.self) { try await both.closeSuperseded(first) }
            try await both.capture(second)
            #expect(try await till.market.order(order).status == .paid)
        }
    }

    @Test("A checkout that can't be closed is asked about when its time is over")
    func cannotClose() async throws {
        try await ConformanceBench.open(HandshakeStage.self) { bench in
            let till = bench.till
            let gateways = GatewayRegistry([till.gateway, try bench.gateway])
            let payment = try await bench.opened()
            _ = try await till.checkout(payment.orderID, through: gateways)
            try await CloseCheckouts(postgres: till.client, gateways: gateways, book: till.book)(
                superseded: payment.demandID, in: till.market.queue)
            #expect(try await till.payment(payment.id).state == .pending)
            let due = try await till.client.queryValue(
                "SELECT min(run_at) FROM jobs WHERE kind = \(VerifyPayment.Job.kind)", as: Date.self)
            #expect(try #require(due) > payment.sessionExpiresAt)
        }
    }

    @Test("Sixteen checkouts at once over two gateways are one each, and none waits for another for ever")
    func concurrent() async throws {
        try await Till.open(connections: 12) { till in
            let both = TwoGateways(till: till)
            let order = try await both.order()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<16 {
                    group.addTask {
                        _ = try await both.open(order, at: index.isMultiple(of: 2) ? .stripe : TwoGateways.second)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await till.count("payments") == 2)
            #expect(try await till.count("payments WHERE superseded_at IS NOT NULL") == 1)
            #expect(try await till.market.deadlocks() == 0)
        }
    }
}
