package import Catalog
package import Core
package import Foundation
import Postgres
package import Vendors

/// A rule that makes goods or their delivery cheaper: the marketplace's, or a vendor's own.
package struct Promotion: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "prm"

    /// Whether it applies by itself or to who shows a code of it.
    package enum Trigger: String, Hashable, Sendable, CaseIterable, PostgresCodable {
        case automatic, coupon
    }

    package enum Status: String, Hashable, Sendable, CaseIterable, PostgresCodable {
        case active, paused
        /// For good.
        case ended
    }

    package let id: ID<Promotion>
    /// Whose it is, and who bears all of it; nil for the marketplace's.
    package let vendor: ID<Vendor>?
    package internal(set) var status: Status
    package internal(set) var terms: PromotionTerms
    package internal(set) var version: Int64
    package let createdAt: Date
    package internal(set) var updatedAt: Date

    package init(
        id: ID<Promotion>, vendor: ID<Vendor>?, status: Status = .active, terms: PromotionTerms, version: Int64 = 1,
        createdAt: Date, updatedAt: Date
    ) {
        self.id = id
        self.vendor = vendor
        self.status = status
        self.terms = terms
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// A code by which a promotion is asked for.
package struct PromotionCode: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "prc"
}

/// What a promotion says.
package struct PromotionTerms: Hashable, Sendable {
    /// As customers read it.
    package var title: String
    package var trigger: Promotion.Trigger
    package var action: PromotionAction
    /// Of all amounts that it names; nil where it names none.
    package var currency: Currency?
    package var scope: PromotionScope
    package var audience: PromotionAudience
    /// What goods in its scope have to come to before discounts, in minor units.
    package var minimumSubtotal: Int64?
    /// How many units in its scope there have to be.
    package var minimumQuantity: Int64?
    package var schedule: PromotionSchedule
    package var stacking: PromotionStacking
    /// Who bears it: the vendors' share, the rest is the marketplace's.
    package var vendorShare: Rate
    package var limits: PromotionLimits

    package init(
        title: String, trigger: Promotion.Trigger, action: PromotionAction, currency: Currency? = nil,
        scope: PromotionScope = PromotionScope(), audience: PromotionAudience = PromotionAudience(),
        minimumSubtotal: Int64? = nil, minimumQuantity: Int64? = nil, schedule: PromotionSchedule = .always,
        stacking: PromotionStacking = PromotionStacking(), vendorShare: Rate = Rate(partsPerMillion: 0),
        limits: PromotionLimits = PromotionLimits()
    ) {
        self.title = title
        self.trigger = trigger
        self.action = action
        self.currency = currency
        self.scope = scope
        self.audience = audience
        self.minimumSubtotal = minimumSubtotal
        self.minimumQuantity = minimumQuantity
        self.schedule = schedule
        self.stacking = stacking
        self.vendorShare = vendorShare
        self.limits = limits
    }
}

/// What a promotion gives. Amounts are minor units of its currency.
package enum PromotionAction: Hashable, Sendable {
    /// A share of what the goods cost, at most so much altogether.
    case percentage(Rate, atMost: Int64?)
    /// So much off all goods together.
    case amount(Int64)
    /// So much off each unit.
    case amountPerUnit(Int64)
    /// Who buys so many gets so many more cheaper, the cheapest ones first.
    case buyGet(BuyGet)
    /// More for who buys more; the highest tier that is reached counts.
    case tiers(TierBasis, [PromotionTier])
    /// Delivery costs nothing, or at most so much less.
    case freeShipping(atMost: Int64?)
    /// Units of a variant cost nothing.
    case gift(ID<Variant>, quantity: Int64)
}

package struct BuyGet: Hashable, Sendable {
    package let buy: Int64
    package let get: Int64
    /// What is taken off the units that one gets.
    package let rate: Rate
    /// What one gets; empty for goods of the same scope.
    package let products: Set<ID<Product>>
    /// How often in one cart; nil for as often as one likes.
    package let atMost: Int64?

    package init(
        buy: Int64, get: Int64, rate: Rate = .whole, products: Set<ID<Product>> = [], atMost: Int64? = nil
    ) {
        self.buy = buy
        self.get = get
        self.rate = rate
        self.products = products
        self.atMost = atMost
    }
}

/// What a tier counts: of goods in scope, before discounts.
package enum TierBasis: String, Hashable, Sendable, CaseIterable, PostgresCodable {
    case subtotal, quantity
}

package struct PromotionTier: Hashable, Sendable {
    package enum Discount: Hashable, Sendable {
        case percentage(Rate)
        case amount(Int64)
    }

    /// From here on.
    package let minimum: Int64
    package let discount: Discount

    package init(minimum: Int64, discount: Discount) {
        self.minimum = minimum
        self.discount = discount
    }
}

/// To which goods a promotion applies: those of the vendors (empty: of all) that are named in one of the ways (none: all), less those
/// that are excluded.
package struct PromotionScope: Hashable, Sendable {
    package var vendors: Set<ID<Vendor>>
    package var products: Set<ID<Product>>
    package var collections: Set<ID<ProductCollection>>
    /// With all below them.
    package var categories: Set<ID<Category>>
    package var excludedProducts: Set<ID<Product>>

    package init(
        vendors: Set<ID<Vendor>> = [], products: Set<ID<Product>> = [], collections: Set<ID<ProductCollection>> = [],
        categories: Set<ID<Category>> = [], excludedProducts: Set<ID<Product>> = []
    ) {
        self.vendors = vendors
        self.products = products
        self.collections = collections
        self.categories = categories
        self.excludedProducts = excludedProducts
    }

    /// Whether it names goods in some way.
    var namesGoods: Bool { !products.isEmpty || !collections.isEmpty || !categories.isEmpty }
}

/// For whom a promotion is.
package struct PromotionAudience: Hashable, Sendable {
    /// Codes of customer groups, one of which will do; empty: everybody.
    package var groups: Set<String>
    package var isForFirstOrder: Bool

    package init(groups: Set<String> = [], isForFirstOrder: Bool = false) {
        self.groups = groups
        self.isForFirstOrder = isForFirstOrder
    }

    func includes(_ customer: PricingRequest.Customer) -> Bool {
        (!isForFirstOrder || customer.isFirstOrder) && (groups.isEmpty || !groups.isDisjoint(with: customer.groups))
    }
}

/// Which promotions go together. Two that don't never touch the same goods; the one with the greater priority goes first.
package struct PromotionStacking: Hashable, Sendable {
    package var priority: Int
    /// Whether it goes with no other.
    package var isExclusive: Bool
    package var group: String
    /// Groups that it goes with, its own among them if several of it may; nil: every one.
    package var combinesWith: Set<String>?

    package init(
        priority: Int = 0, isExclusive: Bool = false, group: String = "default", combinesWith: Set<String>? = nil
    ) {
        self.priority = priority
        self.isExclusive = isExclusive
        self.group = group
        self.combinesWith = combinesWith
    }

    func combines(with other: PromotionStacking) -> Bool {
        !isExclusive && !other.isExclusive && (combinesWith?.contains(other.group) ?? true)
            && (other.combinesWith?.contains(group) ?? true)
    }
}

/// How often a promotion may be used.
package struct PromotionLimits: Hashable, Sendable {
    package var uses: Int64?
    package var usesPerCustomer: Int64?
    /// What it may take off altogether, in minor units of the promotion's currency.
    package var budget: Int64?

    package init(uses: Int64? = nil, usesPerCustomer: Int64? = nil, budget: Int64? = nil) {
        self.uses = uses
        self.usesPerCustomer = usesPerCustomer
        self.budget = budget
    }

    var areNone: Bool { uses == nil && usesPerCustomer == nil && budget == nil }
}

/// What of a promotion's limits is used.
package struct PromotionUsage: Hashable, Sendable {
    package let uses: Int64
    package let spent: Int64

    package init(uses: Int64 = 0, spent: Int64 = 0) {
        self.uses = uses
        self.spent = spent
    }
}
