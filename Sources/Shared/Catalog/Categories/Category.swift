package import Core
package import Foundation

/// A place in the tree by which buyers find products.
package struct Category: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "cat"

    /// How many steps from the root there are at most.
    package static let depth = 8
    /// How many there may be altogether.
    package static let most = 5_000

    package let id: ID<Category>
    /// From the root, itself last.
    package internal(set) var path: [ID<Category>]
    /// Among its siblings, the least first.
    package internal(set) var position: Int
    package internal(set) var content: CategoryContent
    package internal(set) var version: Int64
    package let createdAt: Date
    package internal(set) var updatedAt: Date

    package var parent: ID<Category>? { path.dropLast().last }

    package init(
        id: ID<Category>, path: [ID<Category>], position: Int, content: CategoryContent, version: Int64,
        createdAt: Date, updatedAt: Date
    ) {
        self.id = id
        self.path = path
        self.position = position
        self.content = content
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// What is told of a category; all of it can be edited.
package struct CategoryContent: Hashable, Sendable {
    package static let name = TextRule(1...100, .line)
    package static let description = TextRule(0...5_000, .lines)
    package static let position = 0...1_000_000

    package var name: String
    package var description: String
    package var slug: Slug
    package var searchListing: SearchListing

    package init(
        name: String, description: String = "", slug: Slug, searchListing: SearchListing = SearchListing()
    ) {
        self.name = name
        self.description = description
        self.slug = slug
        self.searchListing = searchListing
    }

    func check() throws(Problem) {
        var check = InputCheck()
        check.text("/name", name, Self.name)
        check.text("/description", description, Self.description)
        check.text("/seo_title", searchListing.title, NewProduct.searchTitle)
        check.text("/seo_description", searchListing.description, NewProduct.searchDescription)
        try check.finish()
    }
}

/// What somebody enters to create a category.
package struct NewCategory: Hashable, Sendable {
    /// nil at the root.
    package let parent: ID<Category>?
    package let position: Int
    package let name: String
    package let description: String
    /// nil for one that is made of the name.
    package let slug: Slug?
    package let searchListing: SearchListing

    package init(
        parent: ID<Category>? = nil, position: Int = 0, name: String, description: String = "", slug: Slug? = nil,
        searchListing: SearchListing = SearchListing()
    ) {
        self.parent = parent
        self.position = position
        self.name = name
        self.description = description
        self.slug = slug
        self.searchListing = searchListing
    }
}

/// An edit of a category; nil leaves a field as it is.
package struct CategoryChanges: Hashable, Sendable {
    package var name: String?
    package var description: String?
    package var slug: Slug?
    package var position: Int?
    package var searchTitle: String?
    package var searchDescription: String?

    package init() {}

    func applied(to content: CategoryContent) -> CategoryContent {
        var content = content
        if let name { content.name = name }
        if let description { content.description = description }
        if let slug { content.slug = slug }
        if let searchTitle { content.searchListing.title = searchTitle }
        if let searchDescription { content.searchListing.description = searchDescription }
        return content
    }
}
