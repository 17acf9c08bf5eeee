package import Core
package import Postgres

/// All SQL about categories.
package struct CategoryStore: Sendable {
    package init() {}

    /// The category, its texts in the first of these languages, and what they fall back to, in which there are some; or nil.
    package func category(
        _ id: ID<Category>, in locales: [ContentLocale] = [], from executor: some PostgresExecutor
    ) async throws(PostgresError) -> Category? {
        try await executor.queryOne(CategorySQL.one(id, in: locales), as: Category.self)
    }

    /// The same by a slug that it has or had.
    package func category(
        named slug: Slug, in locales: [ContentLocale] = [], from executor: some PostgresExecutor
    ) async throws(PostgresError) -> Category? {
        try await executor.queryOne(CategorySQL.named(slug, in: locales), as: Category.self)
    }

    /// All categories, or one and all below it: each behind its parent, siblings in their order.
    package func tree(
        below root: ID<Category>? = nil, in locales: [ContentLocale] = [], from executor: some PostgresExecutor
    ) async throws(PostgresError) -> [Category] {
        try await executor.query(
            CategorySQL.tree(below: root, in: locales, limit: Category.most), as: Category.self)
    }

    /// Those in which a vendor has put a product, its own first.
    package func categories(
        of product: ID<Product>, in locales: [ContentLocale] = [], from executor: some PostgresExecutor
    ) async throws(PostgresError) -> [Category] {
        try await executor.query(CategorySQL.categories(of: product, in: locales), as: Category.self)
    }
}
