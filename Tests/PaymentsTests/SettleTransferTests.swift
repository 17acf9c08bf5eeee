import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Orders
import Postgres
import Testing

@testable import Payments

@Suite("A refund by hand")
struct SettleTransferTests {
    private static let first = Principal(.staff(UUID()), permissions: [.refundsCreate], visibility: .everything)
    private static let second = Principal(.staff(UUID()), permissions: [.refundsConfirm], visibility: .everything)

    /// A captured payment of a gateway without refunds, and a refund that the first person has asked for.
    private func withRefund(
        _ units: Int64 = 20_000, _ body: @escaping @Sendable (ConformanceBench, Payment, Refund) async throws -> Void
    ) async throws {
        try await ConformanceBench.open(PayStationStage.self) { bench in
            let payment = try await bench.captured()
            try await body(bench, payment, try await bench.ask(payment, units))
        }
    }

    @Test("It waits, holds its amount, is listed with the gateway's names, and no job is there to end it")
    func waits() async throws {
        try await withRefund { bench, payment, refund in
            #expect(refund.state == .awaitingTransfer && refund.requestedBy == Self.first.actor)
            #expect(try await !bench.till.market.jobKinds().contains(RefundPayment.Job.kind))
            let page = try await RefundStore().awaitingTransfer(page: PageRequest(limit: 10), in: bench.till.client)
            #expect(page.items.map(\.refund) == [refund])
            #expect(page.items.first?.gateway == bench.name)
            #expect(page.items.first?.paymentReference == payment.reference)
            #expect(page.items.first?.sessionReference == payment.sessionReference)
            let problem = await #expect(throws: Problem.self) { try await bench.ask(payment, 100_001) }
            #expect(problem?.type == "refund-exceeds-payment")
            #expect(try await bench.till.payment(payment.id).refunded.isZero)
            #expect(try await bench.till.balance(.clearing(bench.name)) == 120_000)
        }
    }

    @Test("Who asked for it can't confirm it, not even past the code; another can, once, and it is booked and audited")
    func secondPerson() async throws {
        try await withRefund { bench, payment, refund in
            let own = await #expect(throws: Problem.self) { try await bench.confirm(refund, "T-1", by: Self.first) }
            #expect(own?.type == "second-person-required" && own?.status == 409)
            await #expect(throws: PostgresError.self) {
                try await bench.till.client.execute(
                    "UPDATE refunds SET confirmed_by = \(Self.first.actor.rawValue) WHERE id = \(refund.id)")
            }
            let made = try await bench.confirm(refund, "T-1", by: Self.second)
            #expect(made.state == .succeeded && made.reference == "T-1" && made.confirmedBy == Self.second.actor)
            #expect(try await bench.confirm(refund, "T-1", by: Self.second) == made)
            let other = await #expect(throws: Problem.self) { try await bench.confirm(refund, "T-2", by: Self.second) }
            #expect(other?.type == "refund-not-awaiting-transfer")
            #expect(try await bench.till.payment(payment.id).state == .partiallyRefunded)
            #expect(try await bench.till.market.order(payment.orderID).paymentState == .partiallyRefunded)
            #expect(try await bench.till.balance(.clearing(bench.name)) == 100_000)
            #expect(try await bench.till.imbalance() == 0)
            let actors = try await bench.till.client.queryValues(
                "SELECT actor FROM audit_events WHERE action IN ('refund.requested', 'refund.succeeded') ORDER BY id",
                as: String.self)
            #expect(actors == [Self.first.actor.rawValue, Self.second.actor.rawValue])
        }
    }

    @Test("Two who confirm at the same time book it once")
    func race() async throws {
        try await withRefund { bench, payment, refund in
            let outcomes = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<6 {
                    group.addTask {
                        do {
                            let someone = Principal(.staff(UUID()), permissions: [], visibility: .everything)
                            _ = try await bench.confirm(refund, "T-\(number)", by: someone)
                            return true
                        } catch {
                            return false
                        }
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(outcomes == 1)
            let after = try await bench.till.payment(payment.id)
            #expect(after.refunded.minorUnits == 20_000)
            #expect(try await bench.till.balance(.clearing(bench.name)) == 100_000)
        }
    }

    @Test("A reference is one line, and one refund's alone")
    func reference() async throws {
        try await withRefund { bench, payment, refund in
            let blank = await #expect(throws: Problem.self) { try await bench.confirm(refund, "", by: Self.second) }
            #expect(blank?.fields.first?.pointer == "/reference")
            _ = try await bench.confirm(refund, "T-1", by: Self.second)
            let next = try await bench.ask(payment, 10_000)
            let taken = await #expect(throws: Problem.self) { try await bench.confirm(next, "T-1", by: Self.second) }
            #expect(taken?.fields.first?.code == "taken")
            _ = try await bench.confirm(next, "T-2", by: Self.second)
            #expect(try await bench.till.payment(payment.id).refunded.minorUnits == 30_000)
        }
    }

    @Test("One that is rejected gives its room back, says why, and stays out of the audit trail's words")
    func rejected() async throws {
        try await withRefund(120_000) { bench, payment, refund in
            let rejected = try await bench.till.market.work {
                try await SettleTransfer(book: bench.till.book).reject(
                    refund.id, because: "given cash in the shop", by: Self.first, in: $0)
            }
            #expect(rejected.state == .cancelled && rejected.failureReason == "given cash in the shop")
            let mentions = try await bench.till.client.queryValue(
                "SELECT count(*) FROM audit_events WHERE payload::text LIKE '%cash in the shop%'", as: Int.self)
            #expect(mentions == 0)
            let gone = await #expect(throws: Problem.self) { try await bench.confirm(refund, "T-1", by: Self.second) }
            #expect(gone?.type == "refund-not-awaiting-transfer")
            #expect(try await bench.ask(payment, 120_000).state == .awaitingTransfer)
        }
    }

    @Test("A refund in the panel that the gateway tells of needs nobody's word")
    func panel() async throws {
        try await withRefund(120_000) { bench, payment, refund in
            try await bench.panelRefund(payment)
            try await bench.till.market.work { try await RecheckAwaitedTransfers()(bench.gateways, in: $0) }
            #expect(try await bench.till.market.jobKinds().contains(VerifyPayment.Job.kind))
            for _ in 0..<2 { _ = try await bench.verify(payment) }
            let refunds = try await RefundStore().refunds(of: payment.id, in: bench.till.client)
            #expect(refunds.map(\.id) == [refund.id] && refunds.map(\.state) == [.succeeded])
            let after = try await bench.till.payment(payment.id)
            #expect(after.state == .refunded && after.conflict == nil)
        }
    }

    @Test("One of which the gateway tells another amount than is awaited is a conflict, and moves nothing")
    func otherAmount() async throws {
        try await withRefund(20_000) { bench, payment, refund in
            try await bench.panelRefund(payment)
            let after = try await bench.verify(payment)
            #expect(after.state == .captured && after.conflict == "refund of 120000 instead of 20000")
            _ = try await bench.confirm(refund, "T-1", by: Self.second)
            #expect(try await bench.verify(payment).refunded.minorUnits == 20_000)
        }
    }
}

extension ConformanceBench {
    fileprivate func ask(_ payment: Payment, _ units: Int64) async throws -> Refund {
        let wish = NewRefund(paymentID: payment.id, amount: Money(minorUnits: units, currency: .bdt), reason: "broken")
        return try await till.market.work {
            try await CreateRefund(gateways: gateways, book: till.book)(wish, by: SettleTransferTests.asker, in: $0)
        }
    }

    fileprivate func confirm(_ refund: Refund, _ reference: String, by person: Principal) async throws -> Refund {
        try await till.market.work {
            try await SettleTransfer(book: till.book).confirm(refund.id, as: reference, by: person, in: $0)
        }
    }

    fileprivate func panelRefund(_ payment: Payment) async throws {
        let server = try #require(stage as? PayStationStage).server
        try await server.control(
            "paystation", "refunds", #"{"invoice_number":"\#(payment.sessionReference ?? "")"}"#)
    }

    fileprivate func verify(_ payment: Payment) async throws -> Payment {
        try await VerifyPayment(postgres: till.client, gateways: gateways, book: till.book)(
            payment.id, for: .system, in: till.market.queue)
    }
}

extension SettleTransferTests {
    fileprivate static var asker: AuditActor { first.actor }
}
