package import Core
package import Identity
package import Jobs
import Postgres

/// Says in which categories a product stands.
package struct PlaceProduct: Sendable {
    /// How many a product stands in.
    package static let count = 0...10

    private let editing: ProductEditing

    package init(audit: AuditStore, clock: some WallClock) { editing = ProductEditing(audit: audit, clock: clock) }

    /// Puts the product into these categories, its own first, and out of all others.
    /// - Throws: `Problem`: 404, 409 ("product-deleted"), 412, 422 for unknown categories and for attributes that they ask for;
    ///   `PostgresError`.
    package func callAsFunction(
        _ id: ID<Product>, in categories: [ID<Category>], version: Int64? = nil, by principal: Principal,
        in work: UnitOfWork
    ) async throws -> Product {
        var check = InputCheck()
        check.number("/categories", categories.count, in: Self.count)
        try check.finish()
        for (index, category) in categories.enumerated() where categories[..<index].contains(category) {
            check.fail("/categories/\(index)", "duplicate", "is named before")
        }
        try check.finish()
        let edited = try await editing.begin(id, version: version, by: principal, in: work)
        let known = Set(try await work.queryValues(CategorySQL.known(of: categories), as: ID<Category>.self))
        for (index, category) in categories.enumerated() where !known.contains(category) {
            check.fail("/categories/\(index)", "unknown", "there is no such category")
        }
        try check.finish()
        for statement in CategorySQL.place(id, in: categories) { try await work.pipeline(statement) }
        return try await editing.finish(
            edited, "product.placed", ["categories": .array(categories.map { .string($0.description) })],
            by: principal, in: work)
    }
}
