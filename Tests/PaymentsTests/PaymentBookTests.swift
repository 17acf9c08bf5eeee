import CommerceTestSupport
import Core
import Foundation
import Jobs
import Orders
import Postgres
import Testing

@testable import Payments

@Suite("One capture")
struct PaymentBookTests {
    @Test("A capture pays the order, commits stock, books the ledger and causes the delivery, all at once")
    func capture() async throws {
        try await Till.open { till in
            let payment = try await till.pendingPayment()
            #expect(try await till.apply(till.report(payment, .captured), to: payment.id) == .captured)
            let after = try await till.payment(payment.id)
            #expect(after.state == .captured)
            #expect(after.settlement == .order)
            #expect(after.reference == "pi_\(payment.id)")
            #expect(try await till.market.order(payment.orderID).status == .paid)
            #expect(try await till.balance(.clearing(.stripe)) == 120_000)
            #expect(try await till.balance(.commission) == -15_000)
            #expect(try await till.imbalance() == 0)
            #expect(try await till.market.jobKinds().contains("orders.deliver_keys"))
            #expect(
                try await till.actions(of: payment) == [
                    "payment.created", "payment.checkout_opened", "payment.captured",
                ])
            let timeline = try await OrderTimeline().events(of: payment.orderID, in: till.client).map(\.kind.rawValue)
            #expect(Set(timeline) == ["ordered", "checkout_started", "captured", "paid"])
        }
    }

    @Test("Thirty-two tasks with the same report have one effect")
    func concurrency() async throws {
        try await Till.open(connections: 16) { till in
            let payment = try await till.pendingPayment()
            let outcomes = try await withThrowingTaskGroup(of: ReportOutcome.self) { group in
                for _ in 0..<32 {
                    group.addTask { try await till.apply(till.report(payment, .captured), to: payment.id) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.filter { $0 == .captured }.count == 1)
            #expect(outcomes.filter { $0 == .unchanged }.count == 31)
            #expect(try await till.count("ledger_transactions") == 1)
            #expect(try await till.count("jobs WHERE kind = 'orders.deliver_keys'") == 1)
            #expect(try await till.market.deadlocks() == 0)
        }
    }

    @Test("Any order of the same reports ends alike in the database", arguments: 0..<6)
    func shuffled(seed: UInt64) async throws {
        try await Till.open { till in
            var random = SplitMix(state: seed)
            let payment = try await till.pendingPayment()
            let statuses: [ReportStatus] = [.pending, .captured, .failed, .captured, .authorised, .pending]
            for status in statuses.shuffled(using: &random) {
                try await till.apply(till.report(payment, status), to: payment.id)
            }
            #expect(try await till.payment(payment.id).state == .captured)
            #expect(try await till.count("ledger_transactions") == 1)
        }
    }

    @Test("A mismatch by the gateway's own word is a conflict: nothing is paid, and it is on record once")
    func conflict() async throws {
        try await Till.open { till in
            let payment = try await till.pendingPayment()
            let wrong = till.report(
                payment, .captured, amount: Money(minorUnits: 1, currency: .bdt), source: .read(.system))
            for _ in 0..<2 { try await till.apply(wrong, to: payment.id) }
            let after = try await till.payment(payment.id)
            #expect(after.state == .conflicted)
            #expect(after.conflict == "1 BDT instead of 120000 BDT")
            #expect(try await till.market.order(payment.orderID).status == .pendingPayment)
            #expect(try await till.count("ledger_entries") == 0)
            #expect(try await till.actions(of: payment).filter { $0 == "payment.conflicted" }.count == 1)
            // An operator's re-verification, once the gateway says what was ordered, heals it.
            try await till.apply(till.report(payment, .captured, source: .read(.system)), to: payment.id)
            #expect(try await till.payment(payment.id).state == .captured)
            #expect(try await till.payment(payment.id).conflict == nil)
        }
    }

    @Test("A mismatch after the capture leaves the money booked and is noted beside it")
    func lateMismatch() async throws {
        try await Till.open { till in
            let payment = try await till.captured()
            let wrong = till.report(
                payment, .captured, amount: Money(minorUnits: 1, currency: .bdt), source: .read(.system))
            try await till.apply(wrong, to: payment.id)
            let after = try await till.payment(payment.id)
            #expect(after.state == .captured)
            #expect(after.conflict != nil)
            #expect(try await till.balance(.clearing(.stripe)) == 120_000)
        }
    }

    @Test("A pushed report that does not match changes nothing and asks for the gateway")
    func doubt() async throws {
        try await Till.open { till in
            let payment = try await till.pendingPayment()
            let wrong = till.report(payment, .captured, amount: Money(minorUnits: 1, currency: .bdt))
            await #expect(throws: DoubtfulReport.self) { try await till.apply(wrong, to: payment.id) }
            #expect(try await till.payment(payment.id).state == .pending)
        }
    }

    @Test("A capture for an expired order takes stock again where there is some")
    func lateCapture() async throws {
        try await Till.open { till in
            let payment = try await till.pendingPayment()
            till.market.clock.advance(by: 3_600)
            try await till.market.expire(payment.orderID)
            #expect(try await till.apply(till.report(payment, .captured), to: payment.id) == .captured)
            #expect(try await till.market.order(payment.orderID).status == .paid)
        }
    }

    @Test("A capture for an expired order without stock is refunded by itself, and the ledger ends where it began")
    func lateCaptureWithoutStock() async throws {
        try await Till.open { till in
            let licence = try await till.market.licence(keys: 1)
            let order = try await till.market.place((licence, 1)).order
            let payment = try await till.payment(try await till.checkout(order.id).paymentID)
            till.market.clock.advance(by: 3_600)
            try await till.market.expire(order.id)
            let faster = try await till.market.place((licence, 1)).order
            _ = try await till.market.pay(faster.id)

            for _ in 0..<2 { try await till.apply(till.report(payment, .captured), to: payment.id) }
            #expect(try await till.payment(payment.id).settlement == .customer)
            #expect(try await till.balance(.refundsDue) == -120_000)
            #expect(try await till.count("jobs WHERE kind = 'payments.refund'") == 1)

            for _ in 0..<2 { try await till.runRefunds() }
            #expect(try await till.payment(payment.id).state == .refunded)
            #expect(try await till.balance(.refundsDue) == 0)
            #expect(try await till.balance(.clearing(.stripe)) == 0)
            #expect(till.gateway.refundKeys.count == 1)
        }
    }

    @Test("A capture for a cancelled order is refunded")
    func cancelledOrder() async throws {
        try await Till.open { till in
            let payment = try await till.pendingPayment()
            try await till.market.cancel(payment.orderID)
            try await till.apply(till.report(payment, .captured), to: payment.id)
            try await till.runRefunds()
            #expect(try await till.payment(payment.id).state == .refunded)
            #expect(try await till.actions(of: payment).contains("payment.captured_unclaimed"))
        }
    }

    @Test("The second of two captured payments for one order goes back, whichever it is")
    func twoPayments() async throws {
        try await Till.open { till in
            let first = try await till.pendingPayment()
            try await till.apply(till.report(first, .failed), to: first.id)
            let second = try await till.payment(try await till.checkout(first.orderID).paymentID)
            #expect(second.id != first.id)
            async let one = till.apply(till.report(first, .captured), to: first.id)
            async let two = till.apply(till.report(second, .captured), to: second.id)
            let outcomes = try await [one, two]
            #expect(outcomes.filter { $0 == .captured }.count == 1)
            try await till.runRefunds()
            let states = try await [till.payment(first.id).state, till.payment(second.id).state]
            #expect(Set(states) == [.captured, .refunded])
            #expect(try await till.balance(.clearing(.stripe)) == 120_000)
            #expect(try await till.balance(.refundsDue) == 0)
            #expect(try await till.market.deadlocks() == 0)
        }
    }
}
