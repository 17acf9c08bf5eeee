package import Core
package import Identity
package import Jobs

/// Adds, edits and removes the variants of a product.
package struct EditVariants: Sendable {
    private let editing: ProductEditing
    private let ids: UUIDv7Generator
    private let acceptance: any PriceAcceptance

    package init(
        audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock, acceptance: some PriceAcceptance = AnyPrice()
    ) {
        editing = ProductEditing(audit: audit, clock: clock)
        self.ids = ids
        self.acceptance = acceptance
    }

    /// The product with the variant behind the others, which costs what `new` says in the product's currency.
    /// - Throws: `Problem`: 404, 409 ("sku-taken", "choices-taken", "product-deleted"), 422; `PostgresError`.
    package func add(
        _ new: NewVariant, to product: ID<Product>, by principal: Principal, in work: UnitOfWork
    ) async throws -> Product {
        var edited = try await editing.begin(product, by: principal, in: work)
        var check = InputCheck()
        new.details.check(&check, at: "", kind: new.kind, options: edited.product.options)
        new.price.check(&check, at: "", acceptance: acceptance)
        if new.price.amount.currency != edited.product.currency {
            check.fail("/price/currency", "mixed_currencies", "must be \(edited.product.currency), in which it is sold")
        }
        if edited.product.variants.count >= NewProduct.variantCount.upperBound {
            check.fail("", "too_many", "a product has at most \(NewProduct.variantCount.upperBound) variants")
        }
        try check.finish()
        let variant = Variant(
            id: ID(uuid: ids.next()), product: product, vendor: edited.product.vendor, kind: new.kind,
            details: new.details, currentPrice: new.price.current(at: editing.now))
        do {
            try await editing.store.insert([variant], prices: [new.price], in: work)
        } catch {
            throw ProductRefusal.problem(for: error) ?? error
        }
        edited.product.variants.append(variant)
        return try await editing.finish(
            edited, "product.variant_added",
            ["variant_id": .string(variant.id.description), "sku": .string(variant.sku)], by: principal, in: work)
    }

    /// The product with the edited variant.
    /// - Parameter version: of the product.
    /// - Throws: `Problem`: 404, 409 ("sku-taken", "choices-taken", "product-deleted"), 412, 422; `PostgresError`.
    package func update(
        _ id: ID<Variant>, _ changes: VariantChanges, version: Int64?, by principal: Principal, in work: UnitOfWork
    ) async throws -> Product {
        var check = InputCheck()
        if changes == VariantChanges() { check.fail("", "empty", "at least one field must be given") }
        try check.finish()
        var (edited, variant) = try await editing.begin(with: id, version: version, by: principal, in: work)
        variant.details = changes.applied(to: variant.details)
        variant.details.check(&check, at: "", kind: variant.kind, options: edited.product.options)
        var variants = edited.product.variants.filter { $0.id != id }
        if let position = changes.position { check.number("/position", position, in: 1...(variants.count + 1)) }
        try check.finish()
        let place = edited.product.variants.firstIndex { $0.id == id } ?? variants.count
        variants.insert(variant, at: changes.position.map { $0 - 1 } ?? place)
        do {
            try await work.execute(ProductSQL.update(variant))
        } catch {
            throw ProductRefusal.problem(for: error) ?? error
        }
        try await work.pipeline(ProductSQL.order(variants.map(\.id)))
        edited.product.variants = variants
        return try await editing.finish(
            edited, "product.variant_updated", ["variant_id": .string(id.description)], by: principal, in: work)
    }

    /// The product without the variant. Orders that name it keep what they have frozen of it.
    /// - Throws: `Problem`: 404, 409 ("last-variant", "product-deleted"); `PostgresError`.
    package func remove(
        _ id: ID<Variant>, version: Int64?, by principal: Principal, in work: UnitOfWork
    ) async throws -> Product {
        var (edited, variant) = try await editing.begin(with: id, version: version, by: principal, in: work)
        edited.product.variants.removeAll { $0.id == id }
        guard !edited.product.variants.isEmpty else {
            throw Problem.conflict(
                "last-variant", title: "The last variant",
                detail: "A product keeps one variant; delete the product instead")
        }
        try await work.pipeline(ProductSQL.remove(id, at: editing.now))
        return try await editing.finish(
            edited, "product.variant_removed",
            ["variant_id": .string(id.description), "sku": .string(variant.sku)], by: principal, in: work)
    }
}
