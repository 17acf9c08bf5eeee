package import Core
package import Identity
package import Jobs
import Postgres
import Vendors

/// Puts a product with its variants into the catalogue.
package struct CreateProduct: Sendable {
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

    /// - Throws: a 422 `Problem` for fields that are not acceptable, what the law asks of what is put on sale, or an unknown vendor; a
    ///   409 one ("sku-taken", "slug-taken"); `PostgresError`.
    package func callAsFunction(
        _ new: NewProduct, by principal: Principal, in work: UnitOfWork
    ) async throws -> Product {
        let id = ID<Product>(uuid: ids.next())
        let content = new.content(of: id)
        try new.check(content, acceptance: acceptance)
        guard principal.visibility.includes(vendor: new.vendor.uuid) else {
            throw Problem.invalidInput([
                FieldProblem(pointer: "/vendor_id", code: "unknown", message: "there is no such vendor")
            ])
        }
        let product = try await makeProduct(id, content, new, by: principal, in: work)
        do {
            try await editing.store.insert(product, prices: new.variants.map(\.price), in: work)
        } catch {
            throw ProductRefusal.problem(for: error) ?? error
        }
        try await editing.tell(product, "product.created", product.record, by: principal, in: work)
        return product
    }

    private func makeProduct(
        _ id: ID<Product>, _ content: ProductContent, _ new: NewProduct, by principal: Principal, in work: UnitOfWork
    ) async throws -> Product {
        let now = editing.now
        let status = try await status(of: new, by: principal, in: work)
        let variants = new.variants.map { variant in
            Variant(
                id: ID(uuid: ids.next()), product: id, vendor: new.vendor, kind: variant.kind,
                details: variant.details, currentPrice: variant.price.current(at: now))
        }
        let product = Product(
            id: id, vendor: new.vendor, currency: new.variants[0].price.amount.currency, status: status,
            content: content, version: 1, createdAt: now, updatedAt: now, publishedAt: status == .active ? now : nil,
            options: new.options, variants: variants)
        if status.isOffered { try await PublicationDuties.find(for: id, at: now, in: work).check(product) }
        return product
    }

    private func status(
        of new: NewProduct, by principal: Principal, in work: UnitOfWork
    ) async throws -> ProductStatus {
        guard new.isSubmitted else { return .draft }
        guard !principal.mayModerate else { return .active }
        return try await CatalogueSettingsStore().settings(in: work).moderation == .none ? .active : .inReview
    }
}

extension Product {
    /// What the audit trail keeps of it: ids and codes, never whom it names.
    fileprivate var record: JSONValue {
        [
            "title": .string(title), "status": .string(status.rawValue), "vendor_id": .string(vendor.description),
            "slug": .string(content.slug.rawValue), "skus": .array(variants.map { .string($0.sku) }),
        ]
    }
}
