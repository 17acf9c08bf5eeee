import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Orders
import Postgres
import Testing

@testable import Payments

@Suite("An operator's refund")
struct CreateRefundTests {
    @Test("It is recorded as requested, audited, in the order's timeline, and its job asks the gateway")
    func requested() async throws {
        try await Till.open { till in
            let payment = try await till.captured()
            let refund = try await till.refund(payment, 20_000)
            #expect(refund.origin == .operator && refund.state == .requested && refund.reason == "broken")
            #expect(try await RefundStore().refund(refund.id, visibleTo: .everything, in: till.client) == refund)
            #expect(try await till.market.jobKinds().contains(RefundPayment.Job.kind))
            let timeline = try await OrderStore().details(payment.orderID, visibleTo: .everything, in: till.client)?
                .timeline
            #expect(timeline?.last?.kind == .refundStarted && timeline?.last?.reference == "\(refund.id)")
            let actor = try await till.client.queryValue(
                "SELECT actor FROM audit_events WHERE action = 'refund.requested'", as: String.self)
            #expect(actor == "system")
            try await till.runRefunds()
            #expect(
                try await RefundStore().refund(refund.id, visibleTo: .everything, in: till.client)?.state == .succeeded)
            #expect(try await till.payment(payment.id).state == .partiallyRefunded)
            #expect(try await till.balance(.clearing(.stripe)) == 100_000)
        }
    }

    @Test("What it says for the record stays out of the audit trail")
    func reason() async throws {
        try await Till.open { till in
            _ = try await till.refund(try await till.captured(), 20_000)
            try await till.runRefunds()
            let mentions = try await till.client.queryValue(
                "SELECT count(*) FROM audit_events WHERE payload::text LIKE '%broken%'", as: Int.self)
            #expect(mentions == 0)
        }
    }

    @Test("More than is left is refused, and the refusal says what is left")
    func tooMuch() async throws {
        try await Till.open { till in
            let payment = try await till.captured()
            try await till.apply(
                Fixture.refundReport(payment, .succeeded, reference: "re_a", amount: 50_000), to: payment.id)
            try await till.apply(
                Fixture.refundReport(payment, .pending, reference: "re_b", amount: 30_000), to: payment.id)
            _ = try await till.refund(payment, 25_000)
            let problem = await #expect(throws: Problem.self) { try await till.refund(payment, 15_001) }
            #expect(problem?.type == "refund-exceeds-payment" && problem?.status == 409)
            #expect(problem?.extensions["refundable"] == ["minor_units": 15_000, "currency": "BDT"])
            _ = try await till.refund(payment, 15_000)
        }
    }

    @Test("What a lost dispute took can't be refunded")
    func lostDispute() async throws {
        try await Till.open { till in
            let payment = try await till.captured()
            try await till.client.execute(
                """
                INSERT INTO disputes (id, payment_id, order_id, reference, amount_minor, currency, status, taken_minor, lost_minor,
                    stated_at, report, created_at, updated_at)
                VALUES (\(till.market.ids.next()), \(payment.id), \(payment.orderID), 'dp_1', 100000, 'BDT', 'lost',
                    100000, 100000, now(), '{}', now(), now())
                """)
            let problem = await #expect(throws: Problem.self) { try await till.refund(payment, 20_001) }
            #expect(problem?.extensions["refundable"] == ["minor_units": 20_000, "currency": "BDT"])
        }
    }

    @Test("Requests at the same time can't send back more than was paid")
    func concurrent() async throws {
        try await Till.open { till in
            let payment = try await till.captured()
            let made = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        do {
                            _ = try await till.refund(payment, 50_000)
                            return true
                        } catch let problem as Problem {
                            #expect(problem.type == "refund-exceeds-payment")
                            return false
                        }
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(made == 2)
        }
    }

    @Test("A payment that is not captured, another currency and nothing at all are refused")
    func refused() async throws {
        try await Till.open { till in
            let open = try await till.pendingPayment()
            let notCaptured = await #expect(throws: Problem.self) { try await till.refund(open, 1) }
            #expect(notCaptured?.type == "payment-not-captured" && notCaptured?.status == 409)
            let payment = try await till.captured()
            let currency = await #expect(throws: Problem.self) { try await till.refund(payment, 1, .usd) }
            #expect(currency?.fields.first?.pointer == "/amount/currency")
            let nothing = await #expect(throws: Problem.self) { try await till.refund(payment, 0) }
            #expect(nothing?.fields.first?.pointer == "/amount/minor_units")
        }
    }

    @Test("One that the gateway refuses gives its room back")
    func givenBack() async throws {
        try await Till.open { till in
            let payment = try await till.captured()
            let first = try await till.refund(payment, 120_000)
            till.gateway.set { $0.refundAnswers = [.failure(.refused(code: nil, message: "too late", evidence: nil))] }
            try await till.runRefunds()
            let ended = try await RefundStore().refund(first.id, visibleTo: .everything, in: till.client)
            #expect(ended?.state == .failed && ended?.failureReason == "too late")
            _ = try await till.refund(payment, 120_000)
        }
    }
}

extension Till {
    fileprivate func refund(_ payment: Payment, _ units: Int64, _ currency: Currency = .bdt) async throws -> Refund {
        let wish = NewRefund(
            paymentID: payment.id, amount: Money(minorUnits: units, currency: currency), reason: "broken")
        return try await market.queue.withUnitOfWork {
            try await CreateRefund(gateways: registry, book: book)(wish, by: .system, in: $0)
        }
    }
}
