import Catalog
import CommerceTestSupport
import Core
import Foundation
import Orders
import Pricing
import Testing

@testable import Payments

@Suite("Bookings")
struct LedgerPostingTests {
    @Test("A capture credits each vendor less commission, and everything sums to zero", arguments: 0..<300)
    func captureBalances(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let sale = SampleSale(adjusted: false, using: &random)
        let posting = try LedgerPosting.capture(of: sale.total, for: sale.order(), through: .stripe)
        #expect(posting.lines.reduce(0) { $0 + $1.amount } == 0)
        #expect(posting.lines.allSatisfy { $0.amount != 0 })
        let credited = posting.lines.filter { $0.account.hasPrefix("vendor") || $0.account == "platform.commission" }
        #expect(-credited.reduce(0) { $0 + $1.amount } == sale.total.minorUnits)
    }

    @Test("Whatever discounts, taxes and charges there are, a capture is booked, and sums to zero", arguments: 0..<300)
    func adjusted(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let sale = SampleSale(adjusted: true, using: &random)
        let posting = try LedgerPosting.capture(of: sale.total, for: sale.order(), through: .stripe)
        #expect(posting.lines.reduce(0) { $0 + $1.amount } == 0)
        #expect(posting.lines.first == LedgerLine(.clearing(.stripe), sale.total.minorUnits))
    }

    @Test("An eighth of 1,200.00 is commission, the rest is the vendor's")
    func example() throws {
        let sale = SampleSale(prices: [120_000], rate: .percent(12.5))
        #expect(
            try LedgerPosting.capture(of: Fixture.amount, for: sale.order(), through: .stripe).lines == [
                LedgerLine(.clearing(.stripe), 120_000), sale.payable(0, 105_000), LedgerLine(.commission, -15_000),
            ])
    }

    @Test("Who bears a discount, gets a charge and pays a tax on decides where it is booked")
    func bearers() throws {
        var sale = SampleSale(prices: [100_000], rate: .percent(10))
        sale.adjust(0, .discount, -10_000, by: .vendor)
        sale.adjust(0, .discount, -5_000, by: .marketplace)
        sale.adjust(0, .shipping, 6_000, by: .vendor)
        sale.adjust(0, .tax, 4_500, by: .marketplace)
        sale.adjust(0, .tax, 3_000, by: .marketplace, isIncluded: true)
        sale.adjust(0, .tax, 2_000, by: .vendor, isIncluded: true)
        sale.adjust(nil, .fee, 700, by: .marketplace)
        sale.adjust(nil, .rounding, -1, by: .marketplace)
        #expect(sale.total.minorUnits == 96_199)
        #expect(
            try LedgerPosting.capture(of: sale.total, for: sale.order(), through: .stripe).lines == [
                LedgerLine(.clearing(.stripe), 96_199), sale.payable(0, 84_000), LedgerLine(.commission, -9_000),
                LedgerLine(.fees, -700), LedgerLine(.promotions, 5_000), LedgerLine(.rounding, 1),
                LedgerLine(.taxCollected, -7_500),
            ])
    }

    @Test(
        "Tax that the marketplace's own charge contains comes out of the charge, and no discount of it lowers the commission"
    )
    func charges() throws {
        var sale = SampleSale(prices: [100_000], rate: .percent(10))
        let delivery = sale.adjust(0, .shipping, 4_900, by: .marketplace)
        sale.adjust(0, .discount, -1_000, by: .vendor, charge: delivery)
        sale.adjust(0, .tax, 747, by: .marketplace, isIncluded: true, charge: delivery)
        let fee = sale.adjust(nil, .fee, 1_180, by: .marketplace)
        sale.adjust(nil, .tax, 180, by: .marketplace, isIncluded: true, charge: fee)
        let own = sale.adjust(0, .shipping, 2_000, by: .vendor)
        sale.adjust(0, .tax, 305, by: .vendor, isIncluded: true, charge: own)
        #expect(sale.total.minorUnits == 107_080)
        #expect(
            try LedgerPosting.capture(of: sale.total, for: sale.order(), through: .stripe).lines == [
                LedgerLine(.clearing(.stripe), 107_080), sale.payable(0, 91_000), LedgerLine(.commission, -10_000),
                LedgerLine(.fees, -1_000), LedgerLine(.shipping, -4_153), LedgerLine(.taxCollected, -927),
            ])
    }

    @Test("An advance and a balance together book what one payment of the whole would", arguments: 0..<300)
    func parts(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let sale = SampleSale(adjusted: true, using: &random)
        let advance = Int64.random(in: 1...max(1, sale.total.minorUnits - 1), using: &random)
        let first = try LedgerPosting.capture(
            of: Money(minorUnits: advance, currency: .bdt), for: sale.order(), through: .stripe)
        let second = try LedgerPosting.capture(
            of: Money(minorUnits: sale.total.minorUnits - advance, currency: .bdt), for: sale.order(captured: advance),
            through: .stripe)
        let whole = try LedgerPosting.capture(of: sale.total, for: sale.order(), through: .stripe)
        for posting in [first, second] { #expect(posting.lines.reduce(0) { $0 + $1.amount } == 0) }
        var sums = Dictionary((first.lines + second.lines).map { ($0.account, $0.amount) }, uniquingKeysWith: +)
        sums = sums.filter { $0.value != 0 }
        #expect(sums == Dictionary(uniqueKeysWithValues: whole.lines.map { ($0.account, $0.amount) }))
    }

    @Test("Refunds in any number of parts reverse a capture to the last unit", arguments: 0..<300)
    func refundParts(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let sale = SampleSale(adjusted: true, using: &random)
        let total = sale.total.minorUnits
        let capture = try LedgerPosting.capture(of: sale.total, for: sale.order(), through: .stripe)
        var balance = Dictionary(capture.lines.map { ($0.account, $0.amount) }, uniquingKeysWith: +)
        var refunded: Int64 = 0
        while refunded < total {
            let part = Int64.random(in: 1...(total - refunded), using: &random)
            let posting = try LedgerPosting.refund(
                of: Money(minorUnits: part, currency: .bdt), before: Money(minorUnits: refunded, currency: .bdt),
                capture: capture.lines)
            #expect(posting.lines.reduce(0) { $0 + $1.amount } == 0)
            for line in posting.lines { balance[line.account, default: 0] += line.amount }
            refunded += part
            #expect(balance["gateway.stripe.clearing"] == total - refunded)
        }
        #expect(balance.values.allSatisfy { $0 == 0 })
    }

    @Test("Amounts beyond what can be counted are an error, not the end of the process")
    func unreasonable() throws {
        let (most, one) = (Money(minorUnits: .max, currency: .bdt), Money(minorUnits: 1, currency: .bdt))
        let sale = SampleSale(prices: [.max, .max], rate: .whole)
        #expect(throws: MoneyError.overflow) {
            try LedgerPosting.capture(of: one, for: sale.order(total: most), through: .stripe)
        }
        let capture = [
            LedgerLine(.clearing(.stripe), .max), LedgerLine(.fees, .min), LedgerLine(.commission, .min),
        ]
        #expect(throws: MoneyError.overflow) { try LedgerPosting.reversal(of: capture, currency: .bdt) }
        #expect(throws: MoneyError.overflow) { try LedgerPosting.refund(of: one, before: most, capture: capture) }
        #expect(throws: MoneyError.overflow) {
            try LedgerPosting.refund(
                of: most, before: .zero(.bdt), capture: [LedgerLine(.clearing(.stripe), 1), LedgerLine(.fees, .min)])
        }
    }
}

/// An order of made-up lines, one vendor for each.
private struct SampleSale {
    private let parts: [(part: ID<VendorOrder>, line: OrderLine)]
    private var adjustments: [OrderAdjustment] = []

    init(prices: [Int64], rate: Rate) {
        parts = prices.map { Self.part(price: $0, rate: rate) }
    }

    /// One to five lines, and adjustments of every kind that leave something to be paid.
    init(adjusted: Bool, using random: inout SplitMix) {
        parts = (0..<Int.random(in: 1...5, using: &random)).map { _ in
            Self.part(
                price: .random(in: 1_000...99_999, using: &random),
                rate: Rate(partsPerMillion: .random(in: 0...1_000_000, using: &random)))
        }
        guard adjusted else { return }
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            let kind = OrderAdjustment.Kind.allCases.randomElement(using: &random)!
            let magnitude = Int64.random(in: 1...110, using: &random)
            adjust(
                parts.indices.randomElement(using: &random)!, kind, kind == .discount ? -magnitude : magnitude,
                by: OrderAdjustment.Bearer.allCases.randomElement(using: &random)!,
                isIncluded: kind == .tax && Bool.random(using: &random))
        }
    }

    var total: Money {
        let added = adjustments.filter { !$0.isIncluded }.reduce(0) { $0 + $1.amount.minorUnits }
        return Money(minorUnits: parts.reduce(added) { $0 + $1.line.total.minorUnits }, currency: .bdt)
    }

    /// - Parameter index: the line it applies to; nil for the whole order.
    @discardableResult
    mutating func adjust(
        _ index: Int?, _ kind: OrderAdjustment.Kind, _ amount: Int64, by bearer: OrderAdjustment.Bearer,
        isIncluded: Bool = false, charge: ID<OrderAdjustment>? = nil
    ) -> ID<OrderAdjustment> {
        let target = index.map { OrderAdjustment.Target.line(parts[$0].line.id, of: parts[$0].part) } ?? .order
        let id = ID<OrderAdjustment>(uuid: UUID())
        adjustments.append(
            OrderAdjustment(
                id: id, kind: kind, target: target, amount: Money(minorUnits: amount, currency: .bdt),
                isIncluded: isIncluded, bearer: bearer, charge: charge, source: "test", recordedAt: .distantPast))
        return id
    }

    /// The line that owes `amount` to the vendor of a line.
    func payable(_ index: Int, _ amount: Int64) -> LedgerLine {
        LedgerLine(.vendorPayable(vendor: "\(parts[index].line.vendor)"), -amount)
    }

    func order(captured: Int64 = 0, total: Money? = nil) -> OrderWithLines {
        OrderWithLines(
            order: Order(
                id: ID(uuid: UUID()), number: "H1", customer: Order.Customer(email: .example),
                total: total ?? self.total,
                captured: Money(minorUnits: captured, currency: .bdt), reservationExpiresAt: .distantFuture,
                placedAt: .distantPast, accessTokenHash: []),
            vendorOrders: parts.map {
                VendorOrder(
                    id: $0.part, vendor: $0.line.vendor, number: "H1-1", fulfilmentState: .unfulfilled,
                    total: $0.line.total)
            }, lines: parts.map(\.line), adjustments: adjustments)
    }

    private static func part(price: Int64, rate: Rate) -> (part: ID<VendorOrder>, line: OrderLine) {
        let (part, price) = (ID<VendorOrder>(uuid: UUID()), Money(minorUnits: price, currency: .bdt))
        return (
            part,
            OrderLine(
                id: ID(uuid: UUID()), vendorOrder: part, variant: ID(uuid: UUID()), product: ID(uuid: UUID()),
                vendor: ID(uuid: UUID()), kind: .licenceKey, title: "", sku: "", quantity: 1, unitPrice: price,
                total: price, commissionRate: rate)
        )
    }
}
