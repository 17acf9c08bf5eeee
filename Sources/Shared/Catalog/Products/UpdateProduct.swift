package import Core
package import Identity
package import Jobs

/// Edits what is told of a product, from the version that the editor saw.
package struct UpdateProduct: Sendable {
    private let editing: ProductEditing

    package init(audit: AuditStore, clock: some WallClock) { editing = ProductEditing(audit: audit, clock: clock) }

    /// The product after the edit. `version` nil edits whatever version there is.
    /// - Throws: `Problem`: 404, 409 ("slug-taken", "product-deleted"), 412 ("version-mismatch") when it was edited since `version`,
    ///   422; `PostgresError`.
    package func callAsFunction(
        _ id: ID<Product>, _ changes: ProductChanges, version: Int64?, by principal: Principal, in work: UnitOfWork
    ) async throws -> Product {
        var check = InputCheck()
        if changes.isEmpty { check.fail("", "empty", "at least one field must be given") }
        try check.finish()
        var edited = try await editing.begin(id, version: version, by: principal, in: work)
        edited.product.content = changes.applied(to: edited.product.content)
        edited.product.content.check(&check)
        try check.finish()
        return try await editing.finish(
            edited, "product.updated", ["fields": .array(changes.names.map { .string($0) })], by: principal, in: work)
    }
}
