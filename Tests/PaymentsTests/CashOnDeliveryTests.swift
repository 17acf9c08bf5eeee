import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Orders
import Postgres
import Testing

@testable import Payments

@Suite("Cash on delivery")
struct CashOnDeliveryTests {
    private static let desk = Principal(.staff(UUID()), permissions: [.cashReport], visibility: .everything)

    /// An order of 100,000 that is paid on delivery and was confirmed.
    private func withOrder(
        _ body: @escaping @Sendable (Till, Order, ReportCash) async throws -> Void
    ) async throws {
        try await Till.open { till in
            let order = try await till.cashOrder(of: "BOOK-1")
            try await body(till, order, ReportCash(book: till.book, publicURL: "https://haat.test"))
        }
    }

    private static func collection(
        of order: Order, _ units: Int64 = 100_000, _ reference: String = "SF-1", by collector: CashCollector = .courier,
        after seconds: TimeInterval = 0
    ) -> NewCashCollection {
        NewCashCollection(
            order: order.id, amount: Money(minorUnits: units, currency: .bdt), reference: reference,
            collector: collector, collectedAt: order.placedAt + seconds)
    }

    @Test("Its attempt is opened once, waits, and nobody can choose it as a gateway or be sent anywhere")
    func opened() async throws {
        try await withOrder { till, order, _ in
            let open = OpenCashPayment(book: till.book, publicURL: "https://haat.test")
            let first = try #require(try await till.market.work { try await open(order.id, in: $0) })
            let again = try #require(try await till.market.work { try await open(order.id, in: $0) })
            #expect(again.id == first.id && again.state == .pending && again.redirectURL == nil)
            let problem = await #expect(throws: Problem.self) {
                try await till.checkout(order.id, at: .cashOnDelivery)
            }
            #expect(problem?.fields.first?.pointer == "/gateway")
            #expect(CashOnDeliveryGateway().unexplained == [])
            #expect(try till.registry.gateway(of: first).name == .cashOnDelivery)
            #expect(!till.registry.all.contains { $0.name == .cashOnDelivery })
        }
    }

    @Test("An order that is not to be shipped yet, or is paid otherwise, has nothing to collect")
    func nothing() async throws {
        try await withOrder { till, order, report in
            try await till.owner.execute("UPDATE orders SET confirmed_at = NULL WHERE id = \(order.id)")
            let early = await #expect(throws: Problem.self) {
                try await till.report(report, Self.collection(of: order))
            }
            #expect(early?.type == "nothing-to-collect" && early?.status == 409)
            try await till.owner.execute(
                "UPDATE orders SET payment_method = 'online', cash_confirmation = NULL WHERE id = \(order.id)")
            let online = await #expect(throws: Problem.self) {
                try await till.report(report, Self.collection(of: order))
            }
            #expect(online?.type == "nothing-to-collect")
            #expect(try await PaymentStore().payments(of: order.id, in: till.client).isEmpty)
        }
    }

    @Test("What was collected pays the order once; whoever collected owes it, and no gateway does")
    func collected() async throws {
        try await withOrder { till, order, report in
            for _ in 0..<3 {
                let payment = try await till.report(report, Self.collection(of: order))
                #expect(payment.state == .captured && payment.reference == "SF-1" && payment.conflict == nil)
            }
            let after = try await till.market.order(order.id)
            #expect(after.isPaid && after.status == .paid)
            #expect(try await till.balance(.cashOwed(.courier)) == 100_000)
            #expect(try await till.balance(.clearing(.cashOnDelivery)) == 0)
            #expect(try await till.imbalance() == 0)
            #expect(try await till.count("cash_collections") == 3)
            let payment = try #require(try await PaymentStore().payments(of: order.id, in: till.client).first)
            #expect(try await till.actions(of: payment) == ["payment.created", "payment.captured"])
            let level = try await till.market.client.queryValue(
                "SELECT sum(on_hand - reserved)::int8 FROM stock", as: Int64.self)
            #expect(level == 7)
        }
    }

    @Test("What a vendor of the order collects is the vendor's to pay; a stranger collects nothing")
    func vendorCollects() async throws {
        try await withOrder { till, order, report in
            let details = try #require(
                try await OrderStore().orderWithLines(order.id, visibleTo: .everything, in: till.client))
            let vendor = "\(details.vendorOrders[0].vendor)"
            let strange = await #expect(throws: Problem.self) {
                try await till.report(report, Self.collection(of: order, by: .vendor("ven_stranger")))
            }
            #expect(strange?.fields.map(\.pointer) == ["/vendor_id"])
            _ = try await till.report(report, Self.collection(of: order, by: .vendor(vendor)))
            #expect(try await till.balance(.cashOwed(.vendor(vendor))) == 100_000)
            #expect(try await till.balance(.cashOwed(.courier)) == 0)
        }
    }

    @Test(
        "Less or more than was due is a conflict for a person, who settles it by the right report",
        arguments: [60_000, 100_001])
    func otherAmount(units: Int64) async throws {
        try await withOrder { till, order, report in
            let payment = try await till.report(report, Self.collection(of: order, units))
            #expect(payment.state == .conflicted && payment.conflict == "\(units) BDT instead of 100000 BDT")
            #expect(try await !till.market.order(order.id).isPaid)
            #expect(try await till.count("ledger_entries") == 0)
            let settled = try await till.report(report, Self.collection(of: order, 100_000, "SF-1b"))
            #expect(settled.id == payment.id && settled.state == .captured && settled.conflict == nil)
            #expect(try await till.market.order(order.id).isPaid)
        }
    }

    @Test("A second collection under another name is noted beside the first, and one name is one order's")
    func another() async throws {
        try await withOrder { till, order, report in
            _ = try await till.report(report, Self.collection(of: order))
            let noted = try await till.report(report, Self.collection(of: order, 100_000, "SF-2"))
            #expect(noted.state == .captured && noted.conflict == "payment SF-2 instead of SF-1")
            #expect(try await till.balance(.cashOwed(.courier)) == 100_000)
            let other = try await till.cashOrder(of: "BOOK-2")
            let taken = await #expect(throws: Problem.self) {
                try await till.report(report, Self.collection(of: other))
            }
            #expect(taken?.fields.first?.code == "taken")
        }
    }

    @Test("Another currency, nothing at all, a time before the order or to come, and no name are told at once")
    func fields() async throws {
        try await withOrder { till, order, report in
            let odd = NewCashCollection(
                order: order.id, amount: Money(minorUnits: 0, currency: .usd), reference: "", collector: .courier,
                collectedAt: order.placedAt - 301)
            let problem = await #expect(throws: Problem.self) { try await till.report(report, odd) }
            #expect(
                Set(problem?.fields.map(\.pointer) ?? [])
                    == ["/amount/currency", "/amount/minor_units", "/reference", "/collected_at"])
            let early = await #expect(throws: Problem.self) {
                try await till.report(report, Self.collection(of: order, after: 301))
            }
            #expect(early?.fields.map(\.pointer) == ["/collected_at"])
        }
    }

    @Test("A refused delivery ends attempt and order; what is collected all the same goes back by hand")
    func refused() async throws {
        try await withOrder { till, order, report in
            for _ in 0..<2 {
                let payment = try await till.market.work { try await report.refused(order.id, by: Self.desk, in: $0) }
                #expect(payment.state == .cancelled)
            }
            #expect(try await till.market.order(order.id).state == .cancelled)
            let late = try await till.report(report, Self.collection(of: order))
            #expect(late.state == .captured && late.settlement == .customer)
            #expect(try await till.balance(.cashOwed(.courier)) == 100_000)
            #expect(try await till.balance(.refundsDue) == -100_000)
            try await till.runRefunds()
            let refund = try #require(try await RefundStore().refunds(of: late.id, in: till.client).first)
            #expect(refund.state == .awaitingTransfer && refund.origin == .automatic)
            _ = try await till.market.work {
                try await SettleTransfer(book: till.book).confirm(refund.id, as: "T-1", by: Self.desk, in: $0)
            }
            #expect(try await till.balance(.refundsDue) == 0)
            #expect(try await till.balance(.ownFunds) == -100_000)
            #expect(try await till.balance(.cashOwed(.courier)) == 100_000)
        }
    }

    @Test("A delivery that was paid can't be refused any more")
    func paid() async throws {
        try await withOrder { till, order, report in
            _ = try await till.report(report, Self.collection(of: order))
            let problem = await #expect(throws: Problem.self) {
                try await till.market.work { try await report.refused(order.id, by: Self.desk, in: $0) }
            }
            #expect(problem?.type == "nothing-to-collect")
            #expect(try await till.market.order(order.id).isPaid)
        }
    }

    @Test("A cancelled order's attempt is closed with all others")
    func closed() async throws {
        try await withOrder { till, order, _ in
            let open = OpenCashPayment(book: till.book, publicURL: "https://haat.test")
            let payment = try #require(try await till.market.work { try await open(order.id, in: $0) })
            try await till.market.cancel(order.id)
            try await CloseCheckouts(postgres: till.client, gateways: till.registry, book: till.book)(
                order.id, in: till.market.queue)
            #expect(try await till.payment(payment.id).state == .cancelled)
            #expect(try await till.market.work { try await open(order.id, in: $0) } == nil)
        }
    }

    @Test("Reports at the same time capture once")
    func concurrent() async throws {
        try await withOrder { till, order, report in
            let open = OpenCashPayment(book: till.book, publicURL: "https://haat.test")
            try await till.market.work { try await open(order.id, in: $0) }
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<6 {
                    group.addTask {
                        do {
                            _ = try await till.report(report, Self.collection(of: order, 100_000, "SF-\(number % 2)"))
                        } catch {
                            Issue.record("\(error)")
                        }
                    }
                }
            }
            #expect(try await till.balance(.cashOwed(.courier)) == 100_000)
            #expect(try await till.imbalance() == 0)
            let captures = try await till.client.queryValue(
                "SELECT count(*) FROM audit_events WHERE action = 'payment.captured'", as: Int64.self)
            #expect(captures == 1)
        }
    }
}

extension Till {
    /// Two units that are paid on delivery, once the customer was asked.
    fileprivate func cashOrder(of sku: String) async throws -> Order {
        let order = try await market.place((market.goods(units: 9, sku: sku), 2)).order
        try await owner.execute(
            """
            UPDATE orders SET payment_method = 'cash_on_delivery', cash_confirmation = 'pending' WHERE id = \(order.id)
            """)
        let confirm = ConfirmOrder(audit: market.audit, clock: market.clock)
        return try await market.work { try await confirm(order.id, .confirmed, by: .system, in: $0) }
    }

    @discardableResult
    fileprivate func report(_ report: ReportCash, _ new: NewCashCollection) async throws -> Payment {
        try await market.work { try await report.collected(new, by: .system, in: $0) }
    }
}
