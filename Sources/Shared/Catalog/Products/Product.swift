package import Core
package import Foundation
package import Vendors

/// Something that a vendor offers, in one or more variants.
package struct Product: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "prd"

    package let id: ID<Product>
    package let vendor: ID<Vendor>
    /// What it is sold in.
    package let currency: Currency
    package internal(set) var status: ProductStatus
    package internal(set) var content: ProductContent
    /// Grows with every edit, of its variants and prices as well; an edit names the version that it was made from.
    package internal(set) var version: Int64
    package internal(set) var review: Review?
    package let createdAt: Date
    package internal(set) var updatedAt: Date
    /// When it first went on sale.
    package internal(set) var publishedAt: Date?
    /// From when it exists for nobody but those who sell it; they can take it back.
    package internal(set) var deletedAt: Date?
    /// What its variants differ in, in their order.
    package internal(set) var options: [ProductOption]
    /// In their order.
    package internal(set) var variants: [Variant]

    package var title: String { content.title }
    package var description: String { content.description }

    package init(
        id: ID<Product>, vendor: ID<Vendor>, currency: Currency, status: ProductStatus, content: ProductContent,
        version: Int64, review: Review? = nil, createdAt: Date, updatedAt: Date, publishedAt: Date? = nil,
        deletedAt: Date? = nil, options: [ProductOption] = [], variants: [Variant]
    ) {
        self.id = id
        self.vendor = vendor
        self.currency = currency
        self.status = status
        self.content = content
        self.version = version
        self.review = review
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.publishedAt = publishedAt
        self.deletedAt = deletedAt
        self.options = options
        self.variants = variants
    }
}

/// What is told of a product; all of it can be edited.
package struct ProductContent: Hashable, Sendable {
    package var title: String
    package var description: String
    /// Its name in links: unique in the marketplace, and for good, as old ones still lead to it.
    package var slug: Slug
    /// Empty where it has none.
    package var brand: String
    package var searchListing: SearchListing
    package var taxation: Taxation
    package var declarations: Declarations

    package init(
        title: String, description: String, slug: Slug, brand: String = "",
        searchListing: SearchListing = SearchListing(), taxation: Taxation = Taxation(),
        declarations: Declarations = Declarations()
    ) {
        self.title = title
        self.description = description
        self.slug = slug
        self.brand = brand
        self.searchListing = searchListing
        self.taxation = taxation
        self.declarations = declarations
    }
}

/// What search engines are told in place of title and description; empty for those.
package struct SearchListing: Hashable, Sendable {
    package var title: String
    package var description: String

    package init(title: String = "", description: String = "") {
        self.title = title
        self.description = description
    }
}

/// By what taxes on it are found.
package struct Taxation: Hashable, Sendable {
    /// The Harmonised System's code: 4, 6 or 8 digits.
    package var hsn: String?
    /// The code of a `TaxClass`.
    package var taxClass: String?

    package init(hsn: String? = nil, taxClass: String? = nil) {
        self.hsn = hsn
        self.taxClass = taxClass
    }
}

/// What became of a product's last review.
package struct Review: Hashable, Sendable {
    /// Why it was rejected; nil where it was approved.
    package let reason: String?
    package let by: AuditActor
    package let at: Date

    package init(reason: String?, by: AuditActor, at: Date) {
        self.reason = reason
        self.by = by
        self.at = at
    }
}

/// What variants differ in: size, colour.
package struct ProductOption: Hashable, Sendable {
    /// How many a product has.
    package static let count = 0...3
    package static let name = TextRule(1...60, .identifier)
    package static let choice = TextRule(1...60, .identifier)
    package static let choiceCount = 1...100

    package let name: String
    /// In the order in which they are shown.
    package let choices: [String]

    package init(name: String, choices: [String]) {
        self.name = name
        self.choices = choices
    }
}
