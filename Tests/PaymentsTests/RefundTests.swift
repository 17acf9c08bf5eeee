import CommerceTestSupport
import Core
import Foundation
import Jobs
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
                Fixture.refundEvidence(payment, .succeeded, reference: "re_a", amount: 33_333), to: payment.id)
            #expect(try await till.payment(payment.id).state == .partiallyRefunded)
            #expect(try await till.balance(.clearing(.stripe)) == 86_667)
            try await till.apply(
                Fixture.refundEvidence(payment, .succeeded, reference: "re_b", amount: 86_667), to: payment.id)
            #expect(try await till.payment(payment.id).state == .refunded)
            for account in [LedgerAccount.clearing(.stripe), .commission] {
                #expect(try await till.balance(account) == 0)
            }
            #expect(try await till.imbalance() == 0)
        }
    }

    @Test("Any order and repetition of a refund's news ends alike", arguments: 0..<6)
    func shuffled(seed: UInt64) async throws {
        try await Till.open { till in
            var random = SplitMix(state: seed)
            let payment = try await till.captured()
            let states: [RefundState] = [.pending, .succeeded, .succeeded, .failed, .pending]
            for state in states.shuffled(using: &random) {
                try await till.apply(Fixture.refundEvidence(payment, state), to: payment.id)
            }
            let after = try await till.payment(payment.id)
            #expect(after.state == .captured)
            #expect(after.refunded.isZero)
            #expect(try await till.balance(.clearing(.stripe)) == 120_000)
            #expect(try await RefundStore.list(of: payment.id, in: till.client).map(\.state) == [.failed])
        }
    }

    @Test("More than was paid can't be refunded; an operator is told")
    func tooMuch() async throws {
        try await Till.open { till in
            let payment = try await till.captured()
            try await till.apply(
                Fixture.refundEvidence(payment, .succeeded, reference: "re_a", amount: 100_000), to: payment.id)
            let outcome = try await till.apply(
                Fixture.refundEvidence(payment, .succeeded, reference: "re_b", amount: 100_000), to: payment.id)
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
                $0.refundAnswers = [.failure(.unknown("timeout", definite: false)), .failure(.unavailable("down"))]
            }
            for _ in 0..<2 { await #expect(throws: GatewayError.self) { try await till.runRefunds() } }
            #expect(try await till.payment(payment.id).state == .captured)
            try await till.runRefunds()
            #expect(try await till.payment(payment.id).state == .refunded)
            #expect(till.gateway.refundKeys.count == 3)
            #expect(Set(till.gateway.refundKeys).count == 1)
        }
    }

    @Test("A refused refund is a dead job with the gateway's reason")
    func refused() async throws {
        try await Till.open { till in
            _ = try await till.unclaimed()
            till.gateway.set { $0.refundAnswers = [.failure(.refused(code: "x", message: "no funds", evidence: nil))] }
            let error = await #expect(throws: PermanentJobFailure.self) { try await till.runRefunds() }
            #expect(error?.reason.contains("no funds") == true)
        }
    }

    @Test("A refund that was made in the dashboard first counts, and ours is withdrawn")
    func madeElsewhere() async throws {
        try await Till.open { till in
            let payment = try await till.unclaimed()
            let made = Fixture.refundEvidence(payment, .succeeded, reference: "re_dashboard")
            till.gateway.set { state in
                state.refundAnswers = [.failure(.refused(code: "charge_already_refunded", message: "", evidence: nil))]
                state.refunds = [made]
            }
            try await till.runRefunds()
            #expect(try await till.payment(payment.id).state == .refunded)
            let states = try await RefundStore.list(of: payment.id, in: till.client).map(\.state)
            #expect(Set(states) == [.cancelled, .succeeded])
            #expect(try await till.balance(.refundsDue) == 0)
        }
    }
}

extension Till {
    /// A captured payment whose order is cancelled, so that its refund is owed.
    func unclaimed() async throws -> Payment {
        let payment = try await pendingPayment()
        try await client.execute("UPDATE orders SET state = 'cancelled' WHERE id = \(payment.orderID)")
        try await apply(evidence(payment, .captured), to: payment.id)
        return try await self.payment(payment.id)
    }
}
