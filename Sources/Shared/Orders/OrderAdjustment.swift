package import Core
package import Foundation

/// What an order costs beside the unit prices of its lines. Corrections are further adjustments.
package struct OrderAdjustment: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "adj"

    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case discount, shipping, tax, fee, rounding
    }

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

    /// Who gives a discount, who gets a charge and who pays a tax on.
    package enum Bearer: String, Hashable, Sendable, Codable, CaseIterable {
        case vendor, marketplace
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
    /// Where it came from, such as a promotion, a tax rate or a shipping rate.
    package let source: String
    package let recordedAt: Date

    package init(
        id: ID<OrderAdjustment>, kind: Kind, target: Target, amount: Money, isIncluded: Bool = false, bearer: Bearer,
        rate: Rate? = nil, source: String, recordedAt: Date
    ) {
        self.id = id
        self.kind = kind
        self.target = target
        self.amount = amount
        self.isIncluded = isIncluded
        self.bearer = bearer
        self.rate = rate
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
