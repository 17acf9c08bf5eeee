package import Catalog
package import Core
package import Foundation
package import Vendors

/// What goods cost a group of customers: the marketplace's list, or a vendor's for its own goods.
package struct PriceList: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "plt"

    package static let name = TextRule(1...200, .line)
    package static let priority = -1_000...1_000
    /// How many prices one call sets.
    package static let priceCount = 1...1_000
    /// In minor units.
    package static let amount: ClosedRange<Int64> = 0...1_000_000_000_000

    package let id: ID<PriceList>
    /// nil for the marketplace's.
    package let vendor: ID<Vendor>?
    package let customerGroup: String
    package let currency: Currency
    package internal(set) var content: PriceListContent
    package internal(set) var version: Int64
    package let createdAt: Date
    package internal(set) var updatedAt: Date

    package init(
        id: ID<PriceList>, vendor: ID<Vendor>?, customerGroup: String, currency: Currency, content: PriceListContent,
        version: Int64 = 1, createdAt: Date, updatedAt: Date
    ) {
        self.id = id
        self.vendor = vendor
        self.customerGroup = customerGroup
        self.currency = currency
        self.content = content
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// What of a price list may be edited.
package struct PriceListContent: Hashable, Sendable {
    package var name: String
    /// Whether its prices contain the taxes on them.
    package var includesTax: Bool
    /// Of several lists with a price for one variant, the one with the greatest counts.
    package var priority: Int
    package var isActive: Bool
    package var startsAt: Date?
    /// When it is over.
    package var endsAt: Date?

    package init(
        name: String, includesTax: Bool, priority: Int = 0, isActive: Bool = true, startsAt: Date? = nil,
        endsAt: Date? = nil
    ) {
        self.name = name
        self.includesTax = includesTax
        self.priority = priority
        self.isActive = isActive
        self.startsAt = startsAt
        self.endsAt = endsAt
    }

    func check() throws(Problem) {
        var check = InputCheck()
        check.text("/name", name, PriceList.name)
        check.number("/priority", priority, in: PriceList.priority)
        if let startsAt, let endsAt, startsAt >= endsAt {
            check.fail("/ends_at", "minimum", "must be after starts_at")
        }
        try check.finish()
    }
}

/// A price of a list.
package struct ListedPrice: Hashable, Sendable {
    package let variant: ID<Variant>
    /// From so many units of one line on.
    package let minimumQuantity: Int64
    /// In minor units of the list's currency; nil takes the price off the list.
    package let amount: Int64?

    package init(variant: ID<Variant>, minimumQuantity: Int64 = 1, amount: Int64?) {
        self.variant = variant
        self.minimumQuantity = minimumQuantity
        self.amount = amount
    }
}
