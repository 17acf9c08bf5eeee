package import Core
package import Foundation
package import Vendors

/// Products that are shown together, put there by hand.
package struct ProductCollection: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "col"

    package static let title = TextRule(1...200, .line)
    package static let description = TextRule(0...5_000, .lines)
    /// How many products it has.
    package static let productCount = 0...1_000

    package let id: ID<ProductCollection>
    /// The vendor whose it is; nil for the marketplace's.
    package let vendor: ID<Vendor>?
    package internal(set) var slug: Slug
    package internal(set) var title: String
    package internal(set) var description: String
    /// Whether everybody sees it.
    package internal(set) var isPublished: Bool
    package internal(set) var version: Int64
    package let createdAt: Date
    package internal(set) var updatedAt: Date

    package init(
        id: ID<ProductCollection>, vendor: ID<Vendor>?, slug: Slug, title: String, description: String,
        isPublished: Bool, version: Int64, createdAt: Date, updatedAt: Date
    ) {
        self.id = id
        self.vendor = vendor
        self.slug = slug
        self.title = title
        self.description = description
        self.isPublished = isPublished
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    func check() throws(Problem) {
        var check = InputCheck()
        check.text("/title", title, Self.title)
        check.text("/description", description, Self.description)
        try check.finish()
    }
}

/// What somebody enters to create a collection.
package struct NewCollection: Hashable, Sendable {
    package let vendor: ID<Vendor>?
    package let title: String
    package let description: String
    /// nil for one that is made of the title.
    package let slug: Slug?
    package let isPublished: Bool

    package init(
        vendor: ID<Vendor>?, title: String, description: String = "", slug: Slug? = nil, isPublished: Bool = false
    ) {
        self.vendor = vendor
        self.title = title
        self.description = description
        self.slug = slug
        self.isPublished = isPublished
    }
}

/// An edit of a collection; nil leaves a field as it is.
package struct CollectionChanges: Hashable, Sendable {
    package var title: String?
    package var description: String?
    package var slug: Slug?
    package var isPublished: Bool?

    package init() {}
}
