package import Core
package import Identity
package import Jobs
import Postgres
import Vendors

/// Puts a product with its variants into the catalogue.
package struct CreateProduct: Sendable {
    private let store = ProductStore()
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// - Throws: a 422 `Problem` for fields that are not acceptable or an unknown vendor, a 409 one ("sku-taken") for a SKU
    ///   that the vendor uses already; `PostgresError`.
    package func callAsFunction(
        _ new: NewProduct, by principal: Principal, in work: UnitOfWork
    ) async throws -> Product {
        try new.check()
        guard principal.visibility.includes(vendor: new.vendor.uuid) else { throw Self.unknownVendor }
        let product = makeProduct(new)
        do {
            try await store.insert(product, in: work)
        } catch {
            throw refusal(error) ?? error
        }
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "product.created", subject: product.id,
                payload: [
                    "title": .string(product.title), "status": .string(product.status.rawValue),
                    "vendor_id": .string(product.vendor.description),
                    "skus": .array(product.variants.map { .string($0.sku) }),
                ]),
            in: work)
        return product
    }

    private func makeProduct(_ new: NewProduct) -> Product {
        let id = ID<Product>(uuid: ids.next())
        let now = clock.now.roundedToMicroseconds
        let variants = new.variants.map { variant in
            Variant(
                id: ID(uuid: ids.next()), product: id, vendor: new.vendor, title: variant.title, sku: variant.sku,
                kind: variant.kind, price: variant.price, weightGrams: variant.weightGrams)
        }
        return Product(
            id: id, vendor: new.vendor, title: new.title, description: new.description, status: new.status, version: 1,
            createdAt: now, updatedAt: now, variants: variants)
    }

    private static let unknownVendor = Problem.invalidInput([
        FieldProblem(pointer: "/vendor_id", code: "unknown", message: "there is no such vendor")
    ])

    private func refusal(_ error: PostgresError) -> (any Error)? {
        switch error.constraintName {
        case "products_vendor":
            Self.unknownVendor
        case "variants_sku":
            Problem.conflict(
                "sku-taken", title: "The SKU is taken", detail: "Another variant of this vendor has one of these SKUs")
        default: nil
        }
    }
}
