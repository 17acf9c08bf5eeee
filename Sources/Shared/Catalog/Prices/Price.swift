package import Core
package import Foundation

/// What a variant costs in one currency.
package struct Price: Hashable, Sendable {
    package let amount: Money
    /// What it is said to have cost before; more than `amount`.
    package let compareAt: Money?
    /// The maximum retail price that is printed on the package, taxes included: `amount` is never above it.
    package let maximumRetail: Money?
    /// In the order of time; no two hold at once.
    package let sales: [SalePrice]

    package init(amount: Money, compareAt: Money? = nil, maximumRetail: Money? = nil, sales: [SalePrice] = []) {
        self.amount = amount
        self.compareAt = compareAt
        self.maximumRetail = maximumRetail
        self.sales = sales
    }

    /// What it costs at a time.
    package func current(at time: Date) -> CurrentPrice {
        let sale = sales.first { $0.startsAt <= time && time < $0.endsAt }
        return CurrentPrice(
            amount: sale?.amount ?? amount, compareAt: compareAt ?? (sale == nil ? nil : amount),
            maximumRetail: maximumRetail)
    }
}

/// A lower price for a while.
package struct SalePrice: Hashable, Sendable {
    package let amount: Money
    package let startsAt: Date
    /// When it is over.
    package let endsAt: Date

    package init(amount: Money, startsAt: Date, endsAt: Date) {
        self.amount = amount
        self.startsAt = startsAt
        self.endsAt = endsAt
    }
}

/// What a variant costs at one moment.
package struct CurrentPrice: Hashable, Sendable {
    package let amount: Money
    /// What it costs or cost otherwise, where that is more.
    package let compareAt: Money?
    package let maximumRetail: Money?

    package init(amount: Money, compareAt: Money? = nil, maximumRetail: Money? = nil) {
        self.amount = amount
        self.compareAt = compareAt
        self.maximumRetail = maximumRetail
    }
}

/// Knows which prices can be paid at all; what composes the process makes it of the payment gateways that are switched on.
package protocol PriceAcceptance: Sendable {
    /// Why no way to pay takes this amount, in words that continue the field's name; nil where one does.
    func objection(to price: Money) -> String?
}

/// Takes every price: where nothing is paid through gateways.
package struct AnyPrice: PriceAcceptance {
    package init() {}

    package func objection(to price: Money) -> String? { nil }
}
