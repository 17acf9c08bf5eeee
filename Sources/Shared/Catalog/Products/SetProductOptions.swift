package import Core
package import Identity
package import Jobs

/// Says what the variants of a product differ in.
package struct SetProductOptions: Sendable {
    private let editing: ProductEditing

    package init(audit: AuditStore, clock: some WallClock) { editing = ProductEditing(audit: audit, clock: clock) }

    /// Renames, reorders, adds and takes away choices. Each variant keeps what it has chosen, so what is chosen has to stay, and so has
    /// the number of options; a product whose variants have chosen nothing yet can't get any: its variants say what they are first.
    /// - Throws: `Problem`: 404, 409 ("product-deleted"), 412, 422; `PostgresError`.
    package func callAsFunction(
        _ options: [ProductOption], of id: ID<Product>, version: Int64? = nil, by principal: Principal,
        in work: UnitOfWork
    ) async throws -> Product {
        var check = InputCheck()
        options.check(&check)
        try check.finish()
        var edited = try await editing.begin(id, version: version, by: principal, in: work)
        if options.count != edited.product.options.count {
            check.fail("/options", "count", "must be as many as before: \(edited.product.options.count)")
        }
        try check.finish()
        for (index, option) in options.enumerated() {
            let known = Set(option.choices.map { UTF8Text($0) })
            let lost = edited.product.variants.first { !known.contains(UTF8Text($0.details.choices[index])) }
            if let lost {
                check.fail("/options/\(index)/choices", "in_use", "must keep what variant \(lost.id) has chosen")
            }
        }
        try check.finish()
        try await work.pipeline(ProductSQL.deleteOptions(of: id))
        try await work.pipeline(ProductSQL.insert(options, of: id))
        edited.product.options = options
        return try await editing.finish(
            edited, "product.options_set", ["options": .integer(Int64(options.count))], by: principal, in: work)
    }
}
