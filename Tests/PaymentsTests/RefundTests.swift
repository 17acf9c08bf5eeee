import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Orders
import Postgres
import Testing

@testable import Payments

@Suite("Refunds")
struct RefundTests {
    @Test("Partial refunds add up, and the last one takes every account back to zero")
    func parts() async throws {
        try await Till.open { till in
            let payment = try await till.captured()
            try await till.apply(
                Fixture.refundReport(payment, .succeeded, reference: "re_a", amount: 33_333), to: payment.id)
            #expect(try await till.payment(payment.id).state == .partiallyRefunded)
            #expect(try await till.balance(.clearing(.stripe)) == 86_667)
            try await till.apply(
                Fixture.refundReport(payment, .succeeded, reference: "re_b", amount: 86_667), to: payment.id)
            #expect(try await till.payment(payment.id).state == .refunded)
            for account in [LedgerAccount.clearing(.stripe), .commission] {
                #expect(try await till.balance(account) == 0)
            }
            #expect(try await till.imbalance() == 0)
        }
    }

    @Test("The order follows its refunds, and a refund that came back")
    func orderFollows() async throws {
        try await Till.open { till in
            let payment = try await till.captured()
            func state() async throws -> OrderPaymentState { try await till.market.order(payment.orderID).paymentState }
            try await till.apply(
                Fixture.refundReport(payment, .succeeded, reference: "re_a", amount: 20_000), to: payment.id)
            #expect(try await state() == .partiallyRefunded)
            try await till.apply(
                Fixture.refundReport(payment, .succeeded, reference: "re_b", amount: 100_000), to: payment.id)
            #expect(try await state() == .refunded)
            try await till.apply(
                Fixture.refundReport(payment, .failed, reference: "re_b", amount: 100_000), to: payment.id)
            #expect(try await state() == .partiallyRefunded)
            let details = try await OrderStore().details(payment.orderID, visibleTo: .everything, in: till.client)
            #expect(details?.timeline.filter { $0.kind == .refunded }.count == 2)
            #expect(details?.timeline.filter { $0.kind == .refundReturned }.count == 1)
        }
    }

    @Test("Any order and repetition of a refund's news ends alike", arguments: 0..<6)
    func shuffled(seed: UInt64) async throws {
        try await Till.open { till in
            var random = SplitMix(state: seed)
            let payment = try await till.captured()
            let states: [RefundState] = [.pending, .succeeded, .succeeded, .failed, .pending]
            for state in states.shuffled(using: &random) {
                try await till.apply(Fixture.refundReport(payment, state), to: payment.id)
            }
            let after = try await till.payment(payment.id)
            #expect(after.state == .captured)
            #expect(after.refunded.isZero)
            #expect(try await till.balance(.clearing(.stripe)) == 120_000)
            #expect(try await RefundStore().refunds(of: payment.id, in: till.client).map(\.state) == [.failed])
        }
    }

    @Test("More than was paid can't be refunded; an operator is told")
    func tooMuch() async throws {
        try await Till.open { till in
            let payment = try await till.captured()
            try await till.apply(
                Fixture.refundReport(payment, .succeeded, reference: "re_a", amount: 100_000), to: payment.id)
            let outcome = try await till.apply(
                Fixture.refundReport(payment, .succeeded, reference: "re_b", amount: 100_000), to: payment.id)
            #expect(outcome == .conflicted(reason: "refunds of more than was paid"))
            #expect(try await till.payment(payment.id).refunded.minorUnits == 100_000)
            #expect(try await till.actions(of: payment).last == "refund.conflicted")
        }
    }

    @Test("A refund that the gateway does not answer stays owed and is asked for again under the same id")
    func unanswered() async throws {
        try await Till.open { till in
            let payment = try await till.unclaimed()
            till.gateway.set {
                $0.refundAnswers = [.failure(.unknown("timeout")), .failure(.unavailable("down"))]
            }
            for _ in 0..<2 { await #expect(throws: GatewayError.self) { try await till.runRefunds() } }
            #expect(try await till.payment(payment.id).state == .captured)
            try await till.runRefunds()
            #expect(try await till.payment(payment.id).state == .refunded)
            #expect(till.gateway.refundKeys.count == 3)
            #expect(Set(till.gateway.refundKeys).count == 1)
        }
    }

    @Test("A refund that the gateway failed for good is asked for under a new key, unless it was made all the same")
    func definiteFailure() async throws {
        try await Till.open { till in
            let payment = try await till.unclaimed()
            let failure = Result<Void, GatewayError>.failure(.keySpent("status 500"))
            let lost = Result<Void, GatewayError>.failure(.unknown("timeout"))
            till.gateway.set { $0.refundAnswers = [failure, lost, failure] }
            for _ in 0..<2 { await #expect(throws: GatewayError.self) { try await till.runRefunds() } }
            let refund = try #require(try await RefundStore().refunds(of: payment.id, in: till.client).first)
            till.gateway.set {
                $0.refunds = [Fixture.refundReport(payment, .succeeded, reference: "re_a", refundID: refund.id)]
            }
            try await till.runRefunds()
            #expect(till.gateway.refundKeys == ["\(refund.id)", "\(refund.id)/2", "\(refund.id)/2"])
            #expect(try await till.payment(payment.id).state == .refunded)
            #expect(try await RefundStore().refunds(of: payment.id, in: till.client).map(\.state) == [.succeeded])
        }
    }

    @Test("An old refund is looked up before it is asked for again: its key may be forgotten by now")
    func forgottenKey() async throws {
        try await Till.open { till in
            let payment = try await till.unclaimed()
            let refund = try #require(try await RefundStore().refunds(of: payment.id, in: till.client).first)
            till.gateway.set {
                $0.refunds = [Fixture.refundReport(payment, .succeeded, reference: "re_a", refundID: refund.id)]
            }
            till.market.clock.advance(by: 86_400)
            try await till.runRefunds()
            #expect(till.gateway.refundKeys.isEmpty)
            #expect(try await till.payment(payment.id).state == .refunded)
        }
    }

    @Test("While our credentials are refused a refund waits, however often it is tried")
    func refusedCredentials() async throws {
        try await Till.open { till in
            let payment = try await till.unclaimed()
            till.gateway.set { $0.refundAnswers = [.failure(.credentialsRefused("status 401"))] }
            let error = await #expect(throws: GatewayError.self) { try await till.runRefunds() }
            #expect(error?.postponement != nil)
            try await till.runRefunds()
            #expect(try await till.payment(payment.id).state == .refunded)
        }
    }

    @Test("A refused refund ends as failed with the gateway's reason, and the order's timeline says so")
    func refused() async throws {
        try await Till.open { till in
            let payment = try await till.unclaimed()
            till.gateway.set { $0.refundAnswers = [.failure(.refused(code: "x", message: "no funds", evidence: nil))] }
            try await till.runRefunds()
            let refund = try #require(try await RefundStore().refunds(of: payment.id, in: till.client).first)
            #expect(refund.state == .failed && refund.failureReason == "x: no funds")
            #expect(try await till.payment(payment.id).state == .captured)
            #expect(try await till.actions(of: payment).last == "refund.failed")
            let timeline = try await OrderStore().details(payment.orderID, visibleTo: .everything, in: till.client)?
                .timeline
            #expect(timeline?.last?.kind == .refundFailed)
        }
    }

    @Test("A refund that the gateway refuses although it has made it counts as made")
    func refusedButMade() async throws {
        try await Till.open { till in
            let payment = try await till.unclaimed()
            let refund = try #require(try await RefundStore().refunds(of: payment.id, in: till.client).first)
            till.gateway.set {
                $0.refundAnswers = [.failure(.refused(code: "already_refunded", message: "", evidence: nil))]
                $0.refunds = [Fixture.refundReport(payment, .succeeded, reference: "re_a", refundID: refund.id)]
            }
            try await till.runRefunds()
            #expect(try await RefundStore().refunds(of: payment.id, in: till.client).map(\.state) == [.succeeded])
        }
    }

    @Test("A refund that was made in the dashboard first counts, and ours is withdrawn")
    func madeElsewhere() async throws {
        try await Till.open { till in
            let payment = try await till.unclaimed()
            let made = Fixture.refundReport(payment, .succeeded, reference: "re_dashboard")
            till.gateway.set { state in
                state.refundAnswers = [.failure(.refused(code: "charge_already_refunded", message: "", evidence: nil))]
                state.refunds = [made]
            }
            try await till.runRefunds()
            #expect(try await till.payment(payment.id).state == .refunded)
            let states = try await RefundStore().refunds(of: payment.id, in: till.client).map(\.state)
            #expect(Set(states) == [.cancelled, .succeeded])
            #expect(try await till.balance(.refundsDue) == 0)
        }
    }
}

extension Till {
    /// A captured payment whose order is cancelled, so that its refund is owed.
    func unclaimed() async throws -> Payment {
        let payment = try await pendingPayment()
        try await client.execute(
            "UPDATE orders SET state = 'cancelled', closed_at = now() WHERE id = \(payment.orderID)")
        try await apply(report(payment, .captured), to: payment.id)
        return try await self.payment(payment.id)
    }
}
