import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Orders
import Postgres
import Pricing
import Testing

@testable import Payments

@Suite("Money back for units of an order")
struct OrderRefundTests {
    @Test("Each unit comes back once, at the price of the sale, and all of them are what was paid")
    func units() async throws {
        try await Till.open { till in
            let (order, line) = try await till.paid(units: 3)
            let first = try await till.give(order, [(line, 1)])
            #expect(first.refund.total == .bdt(50_000) && first.refund.units[line] == UnitRanges([0..<1]))
            #expect(first.payments.map(\.amount) == [.bdt(50_000)])
            #expect(first.payments.allSatisfy { $0.orderRefund == first.refund.id && $0.state == .requested })
            let rest = try await till.give(order, [(line, 2)])
            #expect(rest.refund.total == .bdt(100_000) && rest.refund.units[line] == UnitRanges([1..<3]))
            let none = await #expect(throws: Problem.self) { try await till.give(order, [(line, 1)]) }
            #expect(none?.status == 422)
            try await till.runRefunds()
            #expect(try await till.market.order(order).paymentState == .refunded)
            #expect(try await till.balance(.clearing(.stripe)) == 0)
            let listed = try await OrderRefundStore().refunds(
                of: order, page: PageRequest(), visibleTo: .everything, in: till.client)
            #expect(listed.items == [rest.refund, first.refund])
        }
    }

    @Test("Of an order that is not paid nothing comes back, and no more than is left of what was paid")
    func limits() async throws {
        try await Till.open { till in
            let goods = try await till.market.goods(units: 5)
            let unpaid = try await till.market.place((goods, 1)).order
            let line = try await till.line(of: unpaid.id)
            let refused = await #expect(throws: Problem.self) { try await till.give(unpaid.id, [(line, 1)]) }
            #expect(refused?.type == "order-not-paid")
            let (order, bought) = try await till.paid(units: 2)
            _ = try await till.give(order, [(bought, 1)])
            let payment = try #require(try await PaymentStore().payments(of: order, in: till.client).first)
            let wish = NewRefund(paymentID: payment.id, amount: .bdt(20_000), reason: "goodwill")
            _ = try await till.market.work {
                try await CreateRefund(gateways: till.registry, book: till.book)(wish, by: .system, in: $0)
            }
            let more = await #expect(throws: Problem.self) { try await till.give(order, [(bought, 1)]) }
            #expect(more?.type == "refund-exceeds-payment")
            #expect(more?.extensions["refundable"] == ["minor_units": 30_000, "currency": "BDT"])
            #expect(try await till.count("order_refunds") == 1)
        }
    }

    @Test("Lines that are not there, are named twice, or are asked for more units than they have are named")
    func input() async throws {
        try await Till.open { till in
            let (order, line) = try await till.paid(units: 2)
            let wrong: [[(ID<OrderLine>, Int64)]] = [
                [(ID(uuid: UUID()), 1)], [(line, 1), (line, 1)], [(line, 3)], [(line, 0)], [],
            ]
            for lines in wrong {
                let problem = await #expect(throws: Problem.self) { try await till.give(order, lines) }
                #expect(problem?.status == 422)
            }
            #expect(try await till.count("order_refunds") == 0)
        }
    }

    @Test("Of several at once for the last unit one gets it")
    func concurrent() async throws {
        try await Till.open { till in
            let (order, line) = try await till.paid(units: 1)
            let outcomes = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        do {
                            _ = try await till.give(order, [(line, 1)])
                            return true
                        } catch {
                            return false
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.filter(\.self).count == 1)
            #expect(try await till.count("order_refund_units") == 1)
            #expect(try await till.count("refunds") == 1)
        }
    }

    @Test(
        "Discounts, taxes and delivery come back with the units, to the last minor unit, whatever the order in which they come"
    )
    func adjustments() throws {
        let sale = try Self.sale()
        let line = sale.lines[0].id
        for charges in OrderRefund.Charges.allCases {
            for split in [[1, 1, 1], [2, 1], [1, 2], [3]] {
                var (before, sum) = ([ID<OrderLine>: UnitRanges](), Int64(0))
                var from: Int64 = 0
                for count in split.map(Int64.init) {
                    let units = [line: UnitRanges([from..<(from + count)])]
                    let quote = try OrderRefundQuote(of: sale, returning: units, after: before, charges: charges)
                    #expect(try quote.total == quote.ofVendors.adding(quote.ofMarketplace))
                    sum += quote.total.minorUnits
                    before.merge(units) { $0.union($1) }
                    from += count
                }
                #expect(sum == (charges == .keep ? 29_000 : 35_000), "\(charges) \(split)")
            }
        }
        let first = try OrderRefundQuote(
            of: sale, returning: [line: UnitRanges([0..<1])], after: [:], charges: .keep)
        #expect(first.parts.map(\.kind) == [.goods, .discount, .tax])
        #expect(
            first.parts.map(\.amount) == [10_000, -333, 1_261] && first.parts.map(\.isIncluded) == [false, false, true])
    }

    /// Three units at 100.00 with 10.00 off, 15 % tax included, and 60.00 for delivery.
    private static func sale() throws -> OrderWithLines {
        let (part, vendor, line) = (ID<VendorOrder>(uuid: UUID()), UUID(), ID<OrderLine>(uuid: UUID()))
        func row(
            _ kind: OrderAdjustment.Kind, _ amount: Int64, isIncluded: Bool = false, taxable: Int64? = nil
        ) -> OrderAdjustment {
            OrderAdjustment(
                id: ID(uuid: UUID()), kind: kind,
                target: kind == .shipping ? .vendorOrder(part) : .line(line, of: part), amount: .bdt(amount),
                isIncluded: isIncluded, bearer: .vendor, head: kind == .tax ? .vat : nil,
                taxable: taxable.map { .bdt($0) },
                source: "test", recordedAt: .distantPast)
        }
        return OrderWithLines(
            order: Order(
                id: ID(uuid: UUID()), number: "H1", customer: Order.Customer(email: .example), total: .bdt(35_000),
                captured: .bdt(35_000), reservationExpiresAt: .distantFuture, placedAt: .distantPast,
                accessTokenHash: []),
            vendorOrders: [
                VendorOrder(
                    id: part, vendor: ID(uuid: vendor), number: "H1-1", fulfilmentState: .unfulfilled,
                    total: .bdt(35_000))
            ],
            lines: [
                OrderLine(
                    id: line, vendorOrder: part, variant: ID(uuid: UUID()), product: ID(uuid: UUID()),
                    vendor: ID(uuid: vendor),
                    kind: .physical, title: "Ghee", sku: "G", quantity: 3, unitPrice: .bdt(10_000), total: .bdt(30_000),
                    commissionRate: .percent(10))
            ],
            adjustments: [
                row(.discount, -1_000), row(.tax, 3_783, isIncluded: true, taxable: 25_217), row(.shipping, 6_000),
            ])
    }
}

extension Money {
    fileprivate static func bdt(_ minorUnits: Int64) -> Money { Money(minorUnits: minorUnits, currency: .bdt) }
}

extension Till {
    /// An order of so many units of one variant at 500.00, captured.
    fileprivate func paid(units: Int64) async throws -> (ID<Order>, ID<OrderLine>) {
        let goods = try await market.goods(units: 10, sku: "SKU-\(UUID().uuidString.prefix(8))")
        let order = try await market.place((goods, units)).order.id
        let payment = try await self.payment(try await checkout(order).paymentID)
        try await apply(report(payment, .captured), to: payment.id)
        return (order, try await line(of: order))
    }

    fileprivate func line(of order: ID<Order>) async throws -> ID<OrderLine> {
        try #require(
            try await client.queryValue("SELECT id FROM order_lines WHERE order_id = \(order)", as: ID<OrderLine>.self))
    }

    fileprivate func give(_ order: ID<Order>, _ lines: [(ID<OrderLine>, Int64)]) async throws -> CreatedOrderRefund {
        let wish = NewOrderRefund(
            order: order, lines: lines.map { ChosenLine(line: $0.0, quantity: $0.1) }, charges: .withLastUnit,
            reason: "broken")
        return try await market.work {
            try await RefundOrder(gateways: registry, book: book)(wish, by: .system, in: $0)
        }
    }
}
