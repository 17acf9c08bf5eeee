import CommerceTestSupport
import Core
import Foundation
import Jobs
import Orders
import Postgres
import Testing

@testable import Payments

@Suite("Advance and balance")
struct PartialPaymentTests {
    @Test("The advance is asked for first and the balance afterwards, each through the gateway that the customer likes")
    func inTurn() async throws {
        try await Till.open { till in
            let both = TwoGateways(till: till)
            let order = try await both.order()
            try await both.splitDemand(of: order, advance: 20_000)
            let advance = try await both.open(order, at: .stripe)
            #expect(advance.amount.minorUnits == 20_000)
            #expect(try await both.capture(advance) == .captured)
            #expect(try await till.market.order(order).paymentState == .partiallyPaid)
            // Long after its units were held for paying: they are its own by now.
            till.market.clock.advance(by: 7 * 86_400)
            let balance = try await both.open(order, at: TwoGateways.second)
            #expect(balance.amount.minorUnits == 100_000 && balance.demandID != advance.demandID)
            #expect(balance.sessionExpiresAt.timeIntervalSince(till.market.clock.now) >= 1_799)
            #expect(try await both.capture(balance) == .captured)
            let paid = try await till.market.order(order)
            #expect(paid.status == .paid && paid.captured == paid.total)
            #expect(try await till.balance(.clearing(.stripe)) == 20_000)
            #expect(try await till.balance(.clearing(TwoGateways.second)) == 100_000)
            #expect(try await till.balance(.commission) == -15_000)
            #expect(try await till.imbalance() == 0)
            let problem = await #expect(throws: Problem.self) { try await both.open(order, at: .stripe) }
            #expect(problem?.type == "order-not-payable")
        }
    }

    @Test("An advance that is paid twice goes back once and pays no balance")
    func advanceTwice() async throws {
        try await Till.open { till in
            let both = TwoGateways(till: till)
            let order = try await both.order()
            try await both.splitDemand(of: order, advance: 20_000)
            let first = try await both.open(order, at: .stripe)
            let second = try await both.open(order, at: TwoGateways.second)
            try await both.capture(first)
            try await both.capture(second)
            #expect(try await till.payment(second.id).unclaimedReason == .paidTwice)
            #expect(try await till.market.order(order).captured.minorUnits == 20_000)
            let balance = try await both.open(order, at: .stripe)
            #expect(balance.amount.minorUnits == 100_000)
            try await both.runRefunds()
            #expect(try await till.payment(second.id).state == .refunded)
            #expect(try await till.imbalance() == 0)
        }
    }
}
