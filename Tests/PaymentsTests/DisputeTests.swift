import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Orders
import Postgres
import Testing

@testable import Payments

@Suite("Disputes")
struct DisputeTests {
    private func report(
        _ payment: Payment, _ status: String, _ funds: DisputeFunds, at second: Int = 0, amount: Int64 = 120_000,
        reference: String = "dp_1"
    ) -> DisputeReport {
        DisputeReport(
            gateway: .stripe, disputeReference: reference, reference: payment.reference ?? "pi_1",
            amount: Money(minorUnits: amount, currency: .bdt), status: status, funds: funds, reason: "fraudulent",
            statedAt: Date(timeIntervalSince1970: TimeInterval(1_800_000_000 + second)),
            source: .webhook(eventID: "evt_\(second)"))
    }

    private func apply(_ till: Till, _ statements: [DisputeReport], to payment: Payment) async throws {
        for statement in statements {
            _ = try await till.market.queue.withUnitOfWork { work in
                try await till.book.apply(statement, to: payment.id, in: work)
            }
        }
    }

    private func vendorBalance(_ till: Till) async throws -> Int64 {
        try await till.client.queryValue(
            """
            SELECT coalesce(sum(amount_minor), 0)::int8 FROM ledger_entries JOIN ledger_accounts AS account
            ON account.id = account_id WHERE code LIKE 'vendor.%'
            """, as: Int64.self) ?? 0
    }

    @Test("A question of the bank moves no money")
    func inquiry() async throws {
        try await Till.open { till in
            let payment = try await till.captured()
            try await apply(till, [report(payment, "warning_needs_response", .untouched)], to: payment)
            #expect(try await till.balance(.clearing(.stripe)) == 120_000)
            #expect(try await till.payment(payment.id).disputeState == "warning_needs_response")
        }
    }

    @Test("Withdrawn money is withheld, and ours again when the dispute is won, whatever the order of the news")
    func won() async throws {
        try await Till.open { till in
            let payment = try await till.captured()
            let opened = report(payment, "needs_response", .withdrawn)
            try await apply(till, [opened, opened], to: payment)
            #expect(try await till.balance(.clearing(.stripe)) == 0)
            #expect(try await till.balance(.disputed(.stripe)) == 120_000)
            #expect(try await vendorBalance(till) == -105_000)
            let end = [report(payment, "won", .reinstated, at: 90), report(payment, "won", .withdrawn, at: 80)]
            try await apply(till, end + [opened], to: payment)
            #expect(try await till.balance(.clearing(.stripe)) == 120_000)
            #expect(try await till.balance(.disputed(.stripe)) == 0)
            #expect(try await till.imbalance() == 0)
            #expect(try await till.payment(payment.id).disputeState == "won")
            let details = try await OrderStore().details(payment.orderID, visibleTo: .everything, in: till.client)
            #expect(details?.timeline.suffix(2).map(\.kind) == [.disputeOpened, .disputeWon])
        }
    }

    @Test("An end outweighs what was undecided, whatever the two clocks say")
    func endAgainstTheClock() async throws {
        try await Till.open { till in
            let payment = try await till.captured()
            let read = report(payment, "under_review", .withdrawn, at: 60)
            try await apply(till, [read, report(payment, "lost", .withdrawn, at: 59), read], to: payment)
            #expect(try await till.payment(payment.id).disputeState == "lost")
            #expect(try await till.balance(.disputed(.stripe)) == 0)
            #expect(try await vendorBalance(till) == 0)
        }
    }

    @Test("A lost dispute is borne by those who had a share, after what was refunded before")
    func lost() async throws {
        try await Till.open { till in
            let payment = try await till.captured()
            try await till.apply(
                Fixture.refundReport(payment, .succeeded, reference: "re_a", amount: 20_000), to: payment.id)
            let lost = report(payment, "lost", .withdrawn, at: 10, amount: 120_000)
            try await apply(till, [lost, lost], to: payment)
            #expect(try await till.balance(.clearing(.stripe)) == -20_000)
            #expect(try await till.balance(.disputed(.stripe)) == 0)
            #expect(try await vendorBalance(till) == 0)
            #expect(try await till.balance(.commission) == 0)
            #expect(try await till.balance(.chargebackLosses) == 20_000)
            #expect(try await till.imbalance() == 0)
        }
    }

    @Test("A refund after a partly lost dispute takes the rest of every share")
    func refundAfterLoss() async throws {
        try await Till.open { till in
            let payment = try await till.captured()
            try await apply(till, [report(payment, "lost", .withdrawn, amount: 33_333)], to: payment)
            try await till.apply(
                Fixture.refundReport(payment, .succeeded, reference: "re_a", amount: 86_667), to: payment.id)
            #expect(try await till.balance(.clearing(.stripe)) == 0)
            #expect(try await vendorBalance(till) == 0)
            #expect(try await till.balance(.commission) == 0)
            #expect(try await till.imbalance() == 0)
        }
    }

    @Test("A lost dispute that is won after all gives every share back")
    func appeal() async throws {
        try await Till.open { till in
            let payment = try await till.captured()
            try await apply(
                till,
                [
                    report(payment, "lost", .withdrawn, at: 10),
                    report(payment, "appeal_under_review", .withdrawn, at: 20),
                    report(payment, "won", .reinstated, at: 30),
                ], to: payment)
            #expect(try await till.balance(.clearing(.stripe)) == 120_000)
            #expect(try await vendorBalance(till) == -105_000)
            #expect(try await DisputeStore.list(of: payment.id, in: till.client).map(\.lost) == [0])
            #expect(try await till.imbalance() == 0)
        }
    }

    @Test("Another amount or currency for the same dispute is a conflict")
    func mismatch() async throws {
        try await Till.open { till in
            let payment = try await till.captured()
            try await apply(till, [report(payment, "needs_response", .withdrawn)], to: payment)
            try await apply(till, [report(payment, "lost", .withdrawn, at: 5, amount: 1)], to: payment)
            #expect(try await till.payment(payment.id).conflict == "dispute of 1 instead of 120000")
            #expect(try await till.actions(of: payment).last == "dispute.conflicted")
        }
    }

    @Test("Stripe's balance transactions and event types tell where the money is")
    func funds() throws {
        func funds(_ type: String, _ status: String, _ transactions: String) throws -> DisputeFunds? {
            let object = """
                {"id":"dp_1","payment_intent":"pi_1","amount":120000,"currency":"bdt","status":"\(status)",
                "balance_transactions":\(transactions)}
                """
            guard case .dispute(let report) = try StripeEvents.interpret(StripeEventTests.event(type, object)) else {
                return nil
            }
            return report.funds
        }
        #expect(try funds("charge.dispute.created", "warning_needs_response", "[]") == .untouched)
        #expect(try funds("charge.dispute.created", "needs_response", #"[{"amount":-120000}]"#) == .withdrawn)
        #expect(try funds("charge.dispute.funds_withdrawn", "needs_response", "[]") == .withdrawn)
        #expect(try funds("charge.dispute.closed", "lost", "[]") == .withdrawn)
        #expect(
            try funds("charge.dispute.closed", "won", #"[{"amount":-120000},{"amount":120000}]"#) == .reinstated)
        #expect(try funds("charge.dispute.funds_reinstated", "won", "[]") == .reinstated)
    }
}
