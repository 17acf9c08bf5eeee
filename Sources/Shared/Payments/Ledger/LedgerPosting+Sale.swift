package import Core
package import Orders
import Pricing

extension LedgerPosting {
    /// Money for an order: what it is for follows from the order's lines and adjustments, in proportion where only a part of
    /// the order is paid.
    /// - Parameter order: as it was before this money.
    /// - Throws: `MoneyError` for amounts of different currencies or beyond what can be counted.
    package static func capture(
        of amount: Money, for order: OrderWithLines, through gateway: GatewayName
    ) throws(MoneyError) -> LedgerPosting {
        let sale = try Sale(order)
        let whole = try sale.lines(through: gateway)
        guard amount != order.order.total else { return LedgerPosting(lines: whole, currency: amount.currency) }
        return try part(amount, after: order.order.captured, of: whole)
    }
}

/// What an order's price consists of.
private struct Sale {
    private let total: Money
    private var payable: [String: Money] = [:]
    private var others: [LedgerAccount: Money] = [:]

    init(_ order: OrderWithLines) throws(MoneyError) {
        total = order.order.total
        for line in order.lines { try add(line, of: order) }
        for adjustment in order.adjustments { try add(adjustment, of: order) }
    }

    /// The customer's money against what it is owed for.
    func lines(through gateway: GatewayName) throws(MoneyError) -> [LedgerLine] {
        let vendors = payable.sorted { $0.key < $1.key }.map { (LedgerAccount.vendorPayable(vendor: $0.key), $0.value) }
        let rest = others.sorted { $0.key.code < $1.key.code }.map { ($0.key, $0.value) }
        var lines = [LedgerLine(.clearing(gateway), total.minorUnits)]
        for (account, amount) in vendors + rest {
            let credit = try Money.zero(amount.currency).subtracting(amount)
            lines.append(LedgerLine(account, credit.minorUnits))
        }
        return lines.filter { $0.amount != 0 }
    }

    /// The line's price is the vendor's but for the commission, which counts from what the vendor's own discounts leave.
    private mutating func add(_ line: OrderLine, of order: OrderWithLines) throws(MoneyError) {
        var base = line.total
        for adjustment in order.adjustments
        where adjustment.kind == .discount && adjustment.bearer == .vendor && adjustment.target.line == line.id
            && adjustment.charge == nil
        {
            base = try base.adding(adjustment.amount)
        }
        let commission = base.isNegative ? .zero(base.currency) : try base.share(at: line.commissionRate)
        try add(line.total.subtracting(commission), toVendor: "\(line.vendor)")
        try add(commission, to: .commission)
    }

    private mutating func add(_ adjustment: OrderAdjustment, of order: OrderWithLines) throws(MoneyError) {
        let vendor = order.vendorOrder(of: adjustment).map { "\($0.vendor)" }
        switch (adjustment.bearer, vendor) {
        case (.vendor, let vendor?):
            // What the vendor's price contains already is the vendor's already.
            if !adjustment.isIncluded { try add(adjustment.amount, toVendor: vendor) }
        case (.marketplace, let vendor):
            if adjustment.isIncluded {
                try takeFromContaining(adjustment, of: order, vendor: vendor)
            }
            try add(adjustment.amount, to: adjustment.kind.account)
        case (.vendor, nil):
            // The table refuses it: nobody's is the marketplace's.
            try add(adjustment.amount, to: adjustment.kind.account)
        }
    }

    /// What a price contains that is not for whom the price is: of a charge, it comes out of what the charge brings whoever provides it;
    /// of goods, out of what they bring their vendor.
    private mutating func takeFromContaining(
        _ adjustment: OrderAdjustment, of order: OrderWithLines, vendor: String?
    ) throws(MoneyError) {
        let taken = try Money.zero(total.currency).subtracting(adjustment.amount)
        if let charge = order.adjustments.first(where: { $0.id == adjustment.charge }), charge.bearer == .marketplace {
            try add(taken, to: charge.kind.account)
        } else if let vendor {
            try add(taken, toVendor: vendor)
        }
    }

    private mutating func add(_ amount: Money, toVendor vendor: String) throws(MoneyError) {
        payable[vendor] = try payable[vendor, default: .zero(total.currency)].adding(amount)
    }

    private mutating func add(_ amount: Money, to account: LedgerAccount) throws(MoneyError) {
        others[account] = try others[account, default: .zero(total.currency)].adding(amount)
    }
}

extension OrderAdjustment.Kind {
    /// Where the marketplace's part of it is booked.
    fileprivate var account: LedgerAccount {
        switch self {
        case .discount: .promotions
        case .shipping: .shipping
        case .tax: .taxCollected
        case .fee: .fees
        case .rounding: .rounding
        }
    }
}
