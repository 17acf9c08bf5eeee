package import Core
package import Foundation
package import Pricing

/// What an order costs beside the unit prices of its lines. Corrections are further adjustments.
package struct OrderAdjustment: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "adj"

    package typealias Kind = AdjustmentKind
    package typealias Bearer = AdjustmentBearer

    /// What it applies to.
    package enum Target: Hashable, Sendable {
        case line(ID<OrderLine>, of: ID<VendorOrder>)
        case vendorOrder(ID<VendorOrder>)
        case order

        package var vendorOrder: ID<VendorOrder>? {
            switch self {
            case .line(_, of: let vendorOrder), .vendorOrder(let vendorOrder): vendorOrder
            case .order: nil
            }
        }

        package var line: ID<OrderLine>? {
            if case .line(let line, _) = self { line } else { nil }
        }
    }

    package let id: ID<OrderAdjustment>
    package let kind: Kind
    package let target: Target
    /// What it adds to the price; discounts are negative.
    package let amount: Money
    /// Whether the price it applies to contains it already, as prices with tax do: then it adds nothing to the total.
    package let isIncluded: Bool
    package let bearer: Bearer
    /// Where it was computed from one.
    package let rate: Rate?
    /// Of a tax: under which name it is paid, and what it was reckoned on. nil for those that were recorded without.
    package let head: TaxHead?
    package let taxable: Money?
    /// Of a tax on a charge (shipping, a fee), or of a discount of one: that charge. nil: of the price of goods.
    package let charge: ID<OrderAdjustment>?
    /// Where it came from, such as a promotion, a tax rate or a shipping rate.
    package let source: String
    package let recordedAt: Date

    package init(
        id: ID<OrderAdjustment>, kind: Kind, target: Target, amount: Money, isIncluded: Bool = false, bearer: Bearer,
        rate: Rate? = nil, head: TaxHead? = nil, taxable: Money? = nil, charge: ID<OrderAdjustment>? = nil,
        source: String, recordedAt: Date
    ) {
        self.id = id
        self.kind = kind
        self.target = target
        self.amount = amount
        self.isIncluded = isIncluded
        self.bearer = bearer
        self.rate = rate
        self.head = head
        self.taxable = taxable
        self.charge = charge
        self.source = source
        self.recordedAt = recordedAt
    }
}

extension OrderWithLines {
    /// The vendor that an adjustment concerns; nil for one of the whole order.
    package func vendorOrder(of adjustment: OrderAdjustment) -> VendorOrder? {
        vendorOrders.first { $0.id == adjustment.target.vendorOrder }
    }
}
