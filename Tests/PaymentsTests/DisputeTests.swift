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
    /// Where the whole amount is.
    private enum Whereabouts {
        case withdrawn, reinstated

        func funds(of amount: Int64) -> DisputeFunds {
            DisputeFunds(taken: amount, returned: self == .reinstated ? amount : 0)
        }
    }

    private func report(
        _ payment: Payment, _ status: String, _ place: Whereabouts, at second: Int = 0, amount: Int64 = 120_000,
        reference: String = "dp_1"
    ) -> DisputeReport {
        report(payment, status, place.funds(of: amount), at: second, amount: amount, reference: reference)
    }

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
            #expect(try await DisputeStore().disputes(of: payment.id, in: till.client).map(\.lost) == [0])
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

    @Test("What a correction gives back of a lost dispute is ours again, and only the rest is lost")
    func correction() async throws {
        try await Till.open { till in
            let payment = try await till.captured()
            let lost = report(payment, "lost", DisputeFunds(taken: 120_000, returned: 0), at: 10)
            let corrected = report(payment, "lost", DisputeFunds(taken: 120_000, returned: 1_000), at: 20)
            for statements in [[lost], [corrected, lost, corrected]] { try await apply(till, statements, to: payment) }
            #expect(try await till.balance(.clearing(.stripe)) == 1_000)
            #expect(try await till.balance(.disputed(.stripe)) == 0)
            #expect(try await vendorBalance(till) == -875)
            #expect(try await till.balance(.commission) == -125)
            #expect(try await DisputeStore().disputes(of: payment.id, in: till.client).map(\.lost) == [119_000])
            let further = report(payment, "lost", DisputeFunds(taken: 120_000, returned: 120_000), at: 30)
            try await apply(till, [further], to: payment)
            #expect(try await till.balance(.clearing(.stripe)) == 120_000)
            #expect(try await vendorBalance(till) == -105_000)
            #expect(try await till.imbalance() == 0)
        }
    }

    @Test("What does not come back with a dispute that is won is lost")
    func wonInPart() async throws {
        try await Till.open { till in
            let payment = try await till.captured()
            let won = report(payment, "won", DisputeFunds(taken: 120_000, returned: 100_000))
            try await apply(till, [report(payment, "under_review", .withdrawn), won, won], to: payment)
            #expect(try await till.balance(.clearing(.stripe)) == 100_000)
            #expect(try await till.balance(.disputed(.stripe)) == 0)
            #expect(try await vendorBalance(till) == -87_500)
            #expect(try await till.imbalance() == 0)
        }
    }

    @Test("Money that is taken a second time for one dispute is missing a second time")
    func takenAgain() async throws {
        try await Till.open { till in
            let payment = try await till.captured()
            try await apply(
                till,
                [
                    report(payment, "won", .reinstated, at: 10),
                    report(payment, "lost", DisputeFunds(taken: 240_000, returned: 120_000), at: 20),
                ], to: payment)
            #expect(try await till.balance(.clearing(.stripe)) == 0)
            #expect(try await vendorBalance(till) == 0)
            #expect(try await till.imbalance() == 0)
        }
    }

    @Test("More than the disputed amount that is taken is the marketplace's loss")
    func moreThanDisputed() async throws {
        try await Till.open { till in
            let payment = try await till.captured()
            try await apply(
                till, [report(payment, "lost", DisputeFunds(taken: 130_000, returned: 0))], to: payment)
            #expect(try await till.balance(.clearing(.stripe)) == -10_000)
            #expect(try await till.balance(.chargebackLosses) == 10_000)
            #expect(try await vendorBalance(till) == 0)
        }
    }

    private static func dispute(_ status: String, _ rows: String) -> String {
        """
        {"id":"dp_1","payment_intent":"pi_1","amount":120000,"currency":"bdt","status":"\(status)","balance_transactions":\(rows)}
        """
    }

    @Test(
        "The sums of Stripe's balance transactions tell where the money is; where they are lacking, type and status do",
        arguments: [
            ("created", "warning_needs_response", "[]", 0, 0), ("created", "warning_needs_response", "null", 0, 0),
            ("created", "needs_response", #"[{"amount":-120000}]"#, 120_000, 0),
            ("funds_withdrawn", "needs_response", "[]", 120_000, 0), ("closed", "lost", "[]", 120_000, 0),
            ("closed", "won", #"[{"amount":-120000},{"amount":120000}]"#, 120_000, 120_000),
            ("closed", "won", #"[{"amount":-120000}]"#, 120_000, 0),
            ("funds_reinstated", "won", "[]", 120_000, 120_000),
            ("funds_reinstated", "won", #"[{"amount":-120000}]"#, 120_000, 120_000),
            ("closed", "lost", #"[{"amount":-120000},{"amount":1000,"currency":"bdt"}]"#, 120_000, 1_000),
            ("funds_reinstated", "lost", #"[{"amount":-120000},{"amount":1000}]"#, 120_000, 1_000),
            ("closed", "lost", #"[{"amount":-120000},{"amount":120000},{"amount":-5}]"#, 120_005, 120_000),
            // Rows in our account's currency.
            ("created", "needs_response", #"[{"amount":-9000,"currency":"usd"}]"#, 120_000, 0),
            (
                "closed", "won", #"[{"amount":-9000,"currency":"usd"},{"amount":8900,"currency":"usd"}]"#, 120_000,
                120_000
            ),
            ("closed", "lost", #"[{"amount":-9000,"currency":"usd"},{"amount":90,"currency":"usd"}]"#, 120_000, 1_200),
        ])
    func funds(type: String, status: String, rows: String, taken: Int64, returned: Int64) throws {
        let event = StripeEventTests.event("charge.dispute.\(type)", Self.dispute(status, rows))
        guard case .dispute(let report) = try StripeEvents.interpret(event) else {
            Issue.record("no dispute")
            return
        }
        #expect(report.funds == DisputeFunds(taken: taken, returned: returned))
    }

    @Test(
        "Sums that can't be told are asked for",
        arguments: [
            ("funds_reinstated", "lost", "[]"), ("funds_reinstated", "lost", #"[{"amount":-120000}]"#),
            ("closed", "lost", #"[{"amount":-1,"currency":"usd"},{"amount":1,"currency":"eur"}]"#),
            ("closed", "lost", "[{}]"), ("closed", "lost", "7"),
            ("closed", "lost", #"[{"amount":-9223372036854775808},{"amount":-9223372036854775808}]"#),
        ])
    func unclear(type: String, status: String, rows: String) {
        #expect(throws: MalformedEvent.self) {
            try StripeEvents.interpret(
                StripeEventTests.event("charge.dispute.\(type)", Self.dispute(status, rows)))
        }
    }

    @Test("A correction that comes by webhook is booked by its sums")
    func correctionByWebhook() async throws {
        try await Till.open { till in
            let payment = try await till.captured()
            try await till.process(
                "charge.dispute.closed",
                Self.dispute("lost", #"[{"amount":-120000,"fee":1500},{"amount":1000,"fee":0}]"#)
                    .replacing("pi_1", with: Till.reference(of: payment)))
            #expect(try await till.lastOutcome() == "applied")
            #expect(try await till.balance(.clearing(.stripe)) == 1_000)
            #expect(try await vendorBalance(till) == -875)
        }
    }
}
