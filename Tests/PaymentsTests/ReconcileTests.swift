import CommerceTestSupport
import Core
import Foundation
import Jobs
import Orders
import Postgres
import Testing

@testable import Payments

@Suite("Reconciliation")
struct ReconcileTests {
    private let period = GatewayPeriod(
        start: Date(timeIntervalSince1970: 1_799_900_000), end: Date(timeIntervalSince1970: 1_800_100_000))

    private func reconcile(_ till: Till, _ gateways: GatewayRegistry? = nil) async throws -> ReconciliationReport {
        try await Reconcile(
            postgres: till.client, gateways: gateways ?? till.registry, audit: till.market.audit,
            ids: till.market.ids, clock: till.market.clock, logger: silent)(
                .stripe, in: period, by: .system, in: till.market.queue)
    }

    private func theirs(_ payment: Payment, _ status: ReportStatus = .captured, amount: Money? = nil) -> GatewayRecord {
        .payment(Till.truth(payment, status, amount: amount))
    }

    private func kinds(_ till: Till) async throws -> [Discrepancy.Kind] {
        try await reconcile(till).discrepancies.map(\.kind)
    }

    @Test("Where both agree nothing is written")
    func agreement() async throws {
        try await Till.open { till in
            let payment = try await till.captured()
            let refund = Fixture.refundReport(payment, .succeeded, reference: "re_a", amount: 100)
            try await till.apply(refund, to: payment.id)
            till.gateway.set { $0.records = [.payments: [theirs(payment)], .refunds: [.refund(refund)]] }
            let report = try await reconcile(till)
            #expect(report.discrepancies.isEmpty)
            #expect(report.payments == 1 && report.refunds == 1)
            #expect(try await !till.market.jobKinds().contains(VerifyPayment.Job.kind))
        }
    }

    @Test("A capture, a refund and a dispute that never reached us are asked about")
    func missed() async throws {
        try await Till.open { till in
            let missed = try await till.pendingPayment(keys: 1)
            let reference = Till.reference(of: missed)
            let refund = Fixture.refundReport(missed, .succeeded, reference: "re_a", amount: 100)
            let dispute = DisputeReport(
                gateway: .stripe, disputeReference: "dp_1", reference: reference,
                amount: Money(minorUnits: 5_000, currency: .bdt), status: "needs_response",
                funds: DisputeFunds(taken: 5_000, returned: 0),
                reason: nil, statedAt: Date(timeIntervalSince1970: 1_800_000_000), source: .read(.system))
            till.gateway.set {
                $0.records = [.payments: [theirs(missed)], .refunds: [.refund(refund)], .disputes: [.dispute(dispute)]]
                $0.owners = [reference: missed.id, "pi_1": missed.id]
                $0.truth = { Till.truth($0, .captured) }
                $0.disputes = [dispute]
            }
            let report = try await reconcile(till)
            #expect(report.discrepancies.map(\.kind) == [.captureMissedHere, .refundMissedHere, .disputeMissedHere])
            #expect(report.repairs == [missed.id])
            #expect(try await till.market.jobKinds().filter { $0 == VerifyPayment.Job.kind }.count == 1)
            let verify = VerifyPayment(postgres: till.client, gateways: till.registry, book: till.book)
            _ = try await verify(missed.id, for: .system, in: till.market.queue)
            #expect(try await till.payment(missed.id).state == .captured)
            #expect(try await till.balance(.disputed(.stripe)) == 5_000)
            till.gateway.set { $0.records[.refunds] = [] }
            #expect(try await reconcile(till).discrepancies.isEmpty)
            #expect(try await till.market.audit.verifyAll(in: till.client).isSound)
        }
    }

    @Test("A dispute or refund begun long ago is asked about until it has an end, and its end is booked")
    func undecided() async throws {
        try await Till.open { till in
            let payment = try await till.captured()
            till.gateway.set { $0.records = [.payments: [theirs(payment)]] }
            let dispute = { @Sendable (status: String) in
                DisputeReport(
                    gateway: .stripe, disputeReference: "dp_1", reference: Till.reference(of: payment),
                    amount: Money(minorUnits: 5_000, currency: .bdt), status: status,
                    funds: DisputeFunds(taken: 5_000, returned: 0), reason: nil,
                    statedAt: Date(timeIntervalSince1970: 1_800_000_000), source: .read(.system))
            }
            _ = try await till.market.queue.withUnitOfWork { work in
                try await till.book.apply(dispute("under_review"), to: payment.id, in: work)
            }
            try await till.apply(
                Fixture.refundReport(payment, .pending, reference: "re_a", amount: 100), to: payment.id)
            till.gateway.set {
                $0.records[.disputes] = [.dispute(dispute("under_review"))]
                $0.records[.refunds] = [
                    .refund(Fixture.refundReport(payment, .pending, reference: "re_a", amount: 100))
                ]
            }
            #expect(
                try await reconcile(till).undecided.isEmpty, "what began in the period is compared, not asked about")

            try await till.owner.execute("UPDATE disputes SET created_at = \(period.start.addingTimeInterval(-1))")
            try await till.owner.execute("UPDATE refunds SET created_at = \(period.start.addingTimeInterval(-86_400))")
            let report = try await reconcile(till)
            #expect(report.undecided == [payment.id])
            #expect(report.discrepancies.isEmpty)
            #expect(try await till.market.jobKinds().filter { $0 == VerifyPayment.Job.kind }.count == 1)

            till.gateway.set {
                $0.truth = { Till.truth($0, .captured) }
                $0.disputes = [dispute("lost")]
                $0.refunds = [Fixture.refundReport(payment, .failed, reference: "re_a", amount: 100)]
            }
            let verify = VerifyPayment(postgres: till.client, gateways: till.registry, book: till.book)
            _ = try await verify(payment.id, for: .system, in: till.market.queue)
            #expect(try await reconcile(till).undecided.isEmpty)
            #expect(try await till.payment(payment.id).disputeState == "lost")
        }
    }

    @Test("What only a person can settle is named: strangers' money, other amounts, captures of ours alone")
    func reported() async throws {
        try await Till.open { till in
            let payment = try await till.captured()
            let stranger = Report(
                gateway: .stripe, paymentID: nil, sessionReference: nil, reference: "pi_stranger", status: .captured,
                amount: payment.amount, merchantAccount: "test", source: .read(.system), statement: "succeeded")
            till.gateway.set {
                $0.records = [
                    .payments: [
                        .payment(stranger), theirs(payment, amount: Money(minorUnits: 1, currency: .bdt)),
                    ]
                ]
            }
            #expect(try await kinds(till) == [.paymentUnknownHere, .amountDiffers])
            till.gateway.set {
                $0.records[.payments]?.insert(.unreadable(reference: "pi_x", reason: "unknown currency"), at: 0)
            }
            #expect(try await kinds(till) == [.recordUnreadable, .paymentUnknownHere, .amountDiffers])
            till.gateway.set {
                $0.records = [.refunds: [.refund(Fixture.refundReport(payment, .succeeded))]]
                $0.owners = [:]
            }
            let alone = try await kinds(till)
            #expect(alone.contains(.captureUnknownThere))
            #expect(!alone.contains(.amountDiffers))
        }
    }

    @Test("A ledger that does not come to the sum of payment, refunds and disputes is found")
    func ledger() async throws {
        try await Till.open { till in
            let payment = try await till.captured()
            till.gateway.set { $0.records = [.payments: [theirs(payment)]] }
            #expect(try await kinds(till).isEmpty)
            try await till.client.execute("UPDATE payments SET refunded_minor = 7 WHERE id = \(payment.id)")
            let report = try await reconcile(till)
            #expect(report.discrepancies.map(\.kind) == [.ledgerDiffers])
            #expect(report.discrepancies.first?.detail == "booked 120000; payment, refunds and disputes come to 119993")
        }
    }

    @Test(
        "What the gateway's balance has for a dispute is compared with the ledger, whatever the dispute says of itself")
    func disputeBalance() async throws {
        try await Till.open { till in
            let payment = try await till.captured()
            let dispute = DisputeReport(
                gateway: .stripe, disputeReference: "dp_1", reference: Till.reference(of: payment),
                amount: Money(minorUnits: 6_500, currency: .bdt), status: "lost",
                funds: DisputeFunds(taken: 6_500, returned: 0), reason: nil,
                statedAt: Date(timeIntervalSince1970: 1_800_000_000), source: .read(.system))
            _ = try await till.market.queue.withUnitOfWork { work in
                try await till.book.apply(dispute, to: payment.id, in: work)
            }
            func row(_ units: Int64, at second: TimeInterval = 1_800_000_000, _ currency: Currency = .bdt) -> BalanceRow
            {
                BalanceRow(
                    amount: Money(minorUnits: units, currency: currency), createdAt: Date(timeIntervalSince1970: second)
                )
            }
            till.gateway.set { $0.records = [.payments: [theirs(payment)], .disputes: [.dispute(dispute)]] }
            // The last one is news that may still be on its way.
            for agreeing in [[row(-6_500)], [row(-7_000), row(500)], [row(-6_500), row(50, at: 1_800_100_000)]] {
                till.gateway.set { $0.balanceRows["dp_1"] = agreeing }
                #expect(try await kinds(till).isEmpty)
            }
            till.gateway.set { $0.balanceRows["dp_1"] = [row(-90, .usd)] }
            #expect(try await kinds(till).isEmpty, "another currency tells nothing")
            till.gateway.set { $0.balanceRows["dp_1"] = [row(-6_500), row(50)] }
            let report = try await reconcile(till)
            #expect(report.discrepancies.map(\.kind) == [.disputeBalanceDiffers])
            #expect(report.discrepancies.first?.detail == "booked -6500; the balance at stripe has -6450")
            #expect(report.repairs == [payment.id])
        }
    }

    @Test("A gateway that does not answer is an error, not a list of differences")
    func silence() async throws {
        try await Till.open { till in
            _ = try await till.captured()
            till.gateway.set { $0.silence = .unavailable("down") }
            await #expect(throws: GatewayError.self) { try await reconcile(till) }
        }
    }

    @Test("A purchase with a refund of which no webhook ever came is made whole from Stripe's own lists")
    func sandbox() async throws {
        try await SandboxStripe.open { stripe in
            try await Till.open { till in
                let gateways = GatewayRegistry([stripe.gateway])
                let order = try await till.market.place((till.market.licence(keys: 1), 1)).order
                let started = try await till.checkout(order.id, through: gateways)
                var payment = try await till.payment(started.paymentID)
                try await stripe.press("pay", on: try #require(payment.sessionReference))
                payment.reference = try await stripe.gateway.read(payment, for: .system)?.reference
                let refund = Refund(
                    id: ID(uuid: UUID()), paymentID: payment.id, orderID: payment.orderID, origin: .operator,
                    reason: "",
                    amount: Money(minorUnits: 20_000, currency: .bdt), state: .requested, reference: nil,
                    createdAt: Date())
                _ = try await stripe.gateway.refund(refund, of: payment)
                let report = try await reconcile(till, gateways)
                let kinds = report.discrepancies.map(\.kind)
                #expect(kinds.filter { $0 != .eventMissedHere } == [.captureMissedHere, .refundMissedHere])
                // Its pushes went nowhere either.
                #expect(kinds.contains(.eventMissedHere))
                let verify = VerifyPayment(postgres: till.client, gateways: gateways, book: till.book)
                for id in report.repairs { _ = try await verify(id, for: .system, in: till.market.queue) }
                #expect(try await till.payment(payment.id).state == .partiallyRefunded)
                #expect(try await reconcile(till, gateways).discrepancies.isEmpty)
            }
        }
    }
}
