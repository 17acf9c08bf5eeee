package import Core
import Postgres
package import Vendors

/// What an adjustment is.
package enum AdjustmentKind: String, Hashable, Sendable, Codable, CaseIterable, PostgresCodable {
    case discount, shipping, tax, fee, rounding
}

/// Who gives a discount, who gets a charge and who pays a tax on.
package enum AdjustmentBearer: String, Hashable, Sendable, Codable, CaseIterable, PostgresCodable {
    case vendor, marketplace
}

/// Under which name a tax is paid.
package enum TaxHead: String, Hashable, Sendable, Codable, CaseIterable, PostgresCodable {
    /// India: the Union's and the State's half within a State (or a Union Territory), and the whole across.
    case cgst, sgst, utgst, igst
    /// India: the compensation cess.
    case cess
    /// Value added tax, and supplementary duty, which comes before it.
    case vat
    case supplementaryDuty = "sd"
}

/// What a price consists of beside the unit prices of its lines.
package struct PriceAdjustment: Hashable, Sendable {
    /// What it applies to.
    package enum Target: Hashable, Sendable {
        /// The place of a line in the request.
        case line(Int)
        case vendor(ID<Vendor>)
        case order
    }

    package let kind: AdjustmentKind
    package let target: Target
    /// Of a tax on a charge, or of a discount of one: the charge's place among the adjustments, always before this one's. nil: of the
    /// price of goods.
    package let charge: Int?
    /// What it adds to the price; discounts are negative.
    package let amount: Money
    /// Whether the price or charge that it applies to contains it already: then it adds nothing to the total.
    package let isIncluded: Bool
    package let bearer: AdjustmentBearer
    /// Where it was computed from one.
    package let rate: Rate?
    /// Of a tax.
    package let head: TaxHead?
    /// Of a tax: what it was reckoned on.
    package let taxable: Money?
    /// Where it came from: "promotion:<id>", "tax_rate:<id>", "shipping:<key>", "fee:<key>" or "rounding".
    package let source: String

    package init(
        kind: AdjustmentKind, target: Target, charge: Int? = nil, amount: Money, isIncluded: Bool = false,
        bearer: AdjustmentBearer, rate: Rate? = nil, head: TaxHead? = nil, taxable: Money? = nil, source: String
    ) {
        self.kind = kind
        self.target = target
        self.charge = charge
        self.amount = amount
        self.isIncluded = isIncluded
        self.bearer = bearer
        self.rate = rate
        self.head = head
        self.taxable = taxable
        self.source = source
    }
}
