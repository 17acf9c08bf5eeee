import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Orders
import Postgres
import Testing

@testable import Payments

@Suite("Paid twice")
struct PaidTwiceTests {
    private func resolve(
        _ till: Till, _ gateways: GatewayRegistry, _ payment: Payment, _ resolution: ConflictResolution
    ) async throws -> Payment {
        let resolve = ResolveConflict(
            createRefund: CreateRefund(gateways: gateways, book: till.book), book: till.book)
        return try await till.market.work {
            try await resolve(payment.id, by: resolution, because: "seen", principal: .system, in: $0)
        }
    }

    private func conflicts(_ till: Till) async throws -> [ID<Payment>] {
        try await PaymentStore().conflicts(through: nil, page: PageRequest(), in: till.client).items.map(\.id)
    }

    /// Both payments of an order, the second of which nobody needs.
    private func paidTwice(_ both: TwoGateways) async throws -> (first: Payment, second: Payment) {
        let order = try await both.order()
        let first = try await both.open(order, at: .stripe)
        let second = try await both.open(order, at: TwoGateways.second)
        try await both.capture(first)
        try await both.capture(second)
        return (try await both.till.payment(first.id), try await both.till.payment(second.id))
    }

    @Test("The second capture is kept and flagged, goes back by itself, and both accounts come to what gateways have")
    func automatic() async throws {
        try await Till.open { till in
            let both = TwoGateways(till: till)
            let (first, second) = try await paidTwice(both)
            #expect(first.settlement == .order && first.unclaimedReason == nil)
            #expect(second.settlement == .customer && second.unclaimedReason == .paidTwice && second.conflict == nil)
            #expect(try await till.balance(.clearing(TwoGateways.second)) == 120_000)
            #expect(try await till.balance(.refundsDue) == -120_000)
            try await both.runRefunds()
            #expect(try await till.payment(second.id).state == .refunded)
            #expect(try await till.balance(.clearing(TwoGateways.second)) == 0)
            #expect(try await till.balance(.clearing(.stripe)) == 120_000)
            #expect(try await till.balance(.refundsDue) == 0)
            #expect(try await till.imbalance() == 0)
            #expect(try await till.market.order(first.orderID).status == .paid)
            let told = try await till.market.told(PaymentPaidTwice.name)
            #expect(told.count == 1 && told.first?["is_refunded"] == true)
            #expect(try await till.market.told(PaymentCaptured.name).count == 2)
            #expect(try await conflicts(till).isEmpty)
        }
    }

    @Test("By setting a person decides: it waits among what somebody has to look at, and is refunded when they say so")
    func reviewed() async throws {
        try await Till.openReviewing { till in
            let both = TwoGateways(till: till)
            let (first, second) = try await paidTwice(both)
            #expect(second.conflict == UnclaimedReason.paidTwice.text)
            #expect(try await RefundStore().refunds(of: second.id, in: till.client).isEmpty)
            #expect(try await conflicts(till) == [second.id])
            #expect(try await resolve(till, both.gateways, second, .refund).conflict == nil)
            #expect(try await conflicts(till).isEmpty)
            try await both.runRefunds()
            #expect(try await till.payment(second.id).state == .refunded)
            #expect(try await till.payment(first.id).state == .captured)
            #expect(try await till.imbalance() == 0)
            let problem = await #expect(throws: Problem.self) {
                try await resolve(till, both.gateways, second, .accept)
            }
            #expect(problem?.type == "payment-not-conflicted" && problem?.status == 409)
        }
    }

    @Test("What an order can't take for another reason goes back by itself, whatever is said of paying twice")
    func cancelled() async throws {
        try await Till.openReviewing { till in
            let payment = try await till.pendingPayment()
            try await till.market.cancel(payment.orderID)
            try await till.apply(till.report(payment, .captured), to: payment.id)
            let after = try await till.payment(payment.id)
            #expect(after.unclaimedReason == .cancelled && after.conflict == nil)
            #expect(try await RefundStore().refunds(of: payment.id, in: till.client).count == 1)
        }
    }

    @Test("A payment whose amount does not fit waits for somebody, who asks again or accepts it as it stands")
    func mismatch() async throws {
        try await Till.open { till in
            let payment = try await till.pendingPayment()
            let wrong = till.report(
                payment, .captured, amount: Money(minorUnits: 1, currency: .bdt), source: .read(.system))
            try await till.apply(wrong, to: payment.id)
            #expect(try await conflicts(till) == [payment.id])
            #expect(try await till.market.told(PaymentConflicted.name).count == 1)
            let problem = await #expect(throws: Problem.self) {
                try await resolve(till, till.registry, payment, .refund)
            }
            #expect(problem?.type == "payment-not-captured")
            #expect(try await conflicts(till) == [payment.id], "a refused resolution resolves nothing")
            let accepted = try await resolve(till, till.registry, payment, .accept)
            #expect(accepted.state == .conflicted && accepted.conflict == nil)
            #expect(try await conflicts(till).isEmpty)
            #expect(try await till.actions(of: payment).last == "payment.conflict_resolved")
            #expect(try await till.market.told(PaymentConflictResolved.name).count == 1)
        }
    }

    @Test("Refunds are for those who may make them, whoever may resolve")
    func permission() async throws {
        try await Till.openReviewing { till in
            let both = TwoGateways(till: till)
            let (_, second) = try await paidTwice(both)
            let principal = Principal(
                .apiKey(ID(uuid: UUID())), permissions: [.paymentsResolve, .paymentsRead], visibility: .everything)
            let resolve = ResolveConflict(
                createRefund: CreateRefund(gateways: both.gateways, book: till.book), book: till.book)
            let problem = await #expect(throws: Problem.self) {
                try await till.market.work {
                    try await resolve(second.id, by: .refund, because: "seen", principal: principal, in: $0)
                }
            }
            #expect(problem?.status == 403)
            #expect(try await conflicts(till) == [second.id])
        }
    }
}
