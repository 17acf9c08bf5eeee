import Catalog
import Core
import Endpoints
import Foundation

struct CategoriesQuery: APIInput {
    let root: ID<Category>?
    let locale: ContentLocale?

    init(_ fields: inout Fields) {
        root = fields.optional("root_id", .id(Category.self), "Only this category and all below it")
        locale = fields.locale()
    }
}

struct CategoryCreateInput: APIInput {
    let category: NewCategory

    init(_ fields: inout Fields) {
        category = NewCategory(
            parent: fields.optional("parent_id", .id(Category.self), "What it lies below; null at the root"),
            position: fields.optional(
                "position", .integer(CategoryContent.position), "Among its siblings, the least first", default: 0),
            name: fields.required("name", .text(CategoryContent.name), "What it is called", example: "Software"),
            description: fields.optional(
                "description", .text(CategoryContent.description), "More about it", default: ""),
            slug: fields.optional("slug", .slug, "Its name in links; without one, it is made of the name"),
            searchListing: SearchListing(
                title: fields.optional("seo_title", .text(NewProduct.searchTitle), "For search engines", default: ""),
                description: fields.optional(
                    "seo_description", .text(NewProduct.searchDescription), "For search engines", default: "")))
    }
}

struct CategoryUpdateInput: APIInput {
    let changes: CategoryChanges

    init(_ fields: inout Fields) {
        var changes = CategoryChanges()
        changes.name =
            fields.change("name", .text(CategoryContent.name), "What it is called", example: "Programs").value
        changes.description =
            fields.change("description", .text(CategoryContent.description), "More about it").value
        changes.slug = fields.change("slug", .slug, "Its name in links; former ones still lead to it").value
        changes.position = fields.change("position", .integer(CategoryContent.position), "Among its siblings").value
        changes.searchTitle = fields.change("seo_title", .text(NewProduct.searchTitle), "For search engines").value
        changes.searchDescription =
            fields.change("seo_description", .text(NewProduct.searchDescription), "For search engines").value
        self.changes = changes
    }
}

struct CategoryMoveInput: APIInput {
    let parent: ID<Category>?
    let position: Int

    init(_ fields: inout Fields) {
        parent = fields.optional("parent_id", .id(Category.self), "What it will lie below; null at the root")
        position = fields.optional(
            "position", .integer(CategoryContent.position), "Among its siblings, the least first", default: 0)
    }
}

struct CategoryTranslationInput: APIInput {
    private let name: String
    private let description: String
    private let searchListing: SearchListing

    init(_ fields: inout Fields) {
        name = fields.required("name", .text(CategoryContent.name), "What it is called", example: "সফটওয়্যার")
        description = fields.optional("description", .text(CategoryContent.description), "More about it", default: "")
        searchListing = SearchListing(
            title: fields.optional("seo_title", .text(NewProduct.searchTitle), "For search engines", default: ""),
            description: fields.optional(
                "seo_description", .text(NewProduct.searchDescription), "For search engines", default: ""))
    }

    func translation(in locale: ContentLocale) -> CategoryTranslation {
        CategoryTranslation(locale: locale, name: name, description: description, searchListing: searchListing)
    }
}

struct CategoriesView: APIOutput {
    let categories: [Category]

    static let schemaName = "CategoryTree"
    static let example = CategoriesView(categories: [CategoryView.example.category])

    func write(to out: inout ObjectWriter) {
        out.field("data", categories.map(CategoryView.init), "Each behind its parent")
    }
}

struct CategoryView: APIOutput {
    let category: Category

    static let example = CategoryView(
        category: Category(
            id: .example, path: [.example], position: 0,
            content: CategoryContent(name: "Software", slug: Slug(from: "Software", of: ID<Category>.example)),
            version: 1, createdAt: .example, updatedAt: .example))

    func write(to out: inout ObjectWriter) {
        let content = category.content
        out.field("id", category.id)
        out.field("parent_id", category.parent, "null at the root")
        out.field("path", category.path, "From the root, itself last")
        out.field("position", category.position, "Among its siblings, the least first")
        out.field("slug", content.slug.rawValue, "Its name in links")
        out.field("name", content.name)
        out.field("description", content.description, "May be empty")
        out.field("seo_title", content.searchListing.title, "May be empty")
        out.field("seo_description", content.searchListing.description, "May be empty")
        out.field("version", category.version, "Grows with every edit; name it, in quotes, in If-Match")
        out.field("created_at", category.createdAt)
        out.field("updated_at", category.updatedAt)
    }
}

/// A category as products name it.
struct CategoryLinkView: APIOutput {
    let category: Category

    static let example = CategoryLinkView(category: CategoryView.example.category)

    func write(to out: inout ObjectWriter) {
        out.field("id", category.id)
        out.field("path", category.path, "From the root, itself last")
        out.field("slug", category.content.slug.rawValue)
        out.field("name", category.content.name)
    }
}
