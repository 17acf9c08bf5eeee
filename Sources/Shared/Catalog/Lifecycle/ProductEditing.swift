import Core
import Foundation
import Identity
import Jobs
import Postgres

/// What all edits of a product have in common: it is locked and compared with the version that the editor saw; afterwards it has a new
/// version, keeps the duties of what is offered, stands in the listings that it belongs to, and is told of.
struct ProductEditing: Sendable {
    let store = ProductStore()
    private let audit: AuditStore
    private let clock: any WallClock

    init(audit: AuditStore, clock: any WallClock) {
        self.audit = audit
        self.clock = clock
    }

    var now: Date { clock.now.roundedToMicroseconds }

    /// Locks the product for an edit. `version` nil edits whatever version there is.
    /// - Parameter isDeleted: whether it is one that was deleted.
    /// - Throws: `Problem`: 404, also for what may be seen and not be edited; 409 ("product-deleted"); 412 ("version-mismatch").
    func begin(
        _ id: ID<Product>, version: Int64? = nil, by principal: Principal, allowingDeleted: Bool = false,
        in work: UnitOfWork
    ) async throws -> EditedProduct {
        guard
            let (product, moderation) = try await store.lock(
                id, visibleTo: principal.visibility, at: now, in: work)
        else { throw Problem.notFound("product") }
        if let version, version != product.version { throw Problem.versionMismatch(current: product.version) }
        guard allowingDeleted || product.deletedAt == nil else { throw Self.isDeleted }
        return EditedProduct(
            product: product, before: product, reviewsEdits: moderation == .edits && !principal.mayModerate,
            reviewsPublication: moderation != .none && !principal.mayModerate)
    }

    /// The same for the product of a variant.
    func begin(
        with variant: ID<Variant>, version: Int64? = nil, by principal: Principal, in work: UnitOfWork
    ) async throws -> (edited: EditedProduct, variant: Variant) {
        guard let id = try await store.product(of: variant, in: work) else { throw Problem.notFound("variant") }
        let edited: EditedProduct
        do {
            edited = try await begin(id, version: version, by: principal, in: work)
        } catch let problem as Problem where problem.status == 404 {
            throw Problem.notFound("variant")
        }
        guard let found = edited.product.variants.first(where: { $0.id == variant }) else {
            throw Problem.notFound("variant")
        }
        return (edited, found)
    }

    /// Writes what the edit has made of the product, apart from its options, variants and prices, which the caller has written.
    /// - Parameters:
    ///   - action: what the audit trail calls it.
    ///   - isStatusMeant: whether it is the status that was edited: no edit besides puts a product into review.
    /// - Throws: a 422 `Problem` where what is offered lacks what it has to tell.
    func finish(
        _ edited: EditedProduct, _ action: String, _ payload: JSONValue = [:], isStatusMeant: Bool = false,
        by principal: Principal, in work: UnitOfWork
    ) async throws -> Product {
        var product = edited.product
        if edited.reviewsEdits, !isStatusMeant, product.status == .active { product.status = .inReview }
        if product.status.isOffered {
            try await PublicationDuties.find(for: product.id, at: now, in: work).check(product)
        }
        if product.status == .active, product.publishedAt == nil { product.publishedAt = now }
        product.version += 1
        product.updatedAt = now
        if product.content.slug != edited.before.content.slug {
            try await work.pipeline(ProductSQL.claim(product.content.slug, for: product.id))
        }
        do {
            try await work.execute(ProductSQL.update(product))
        } catch {
            throw ProductRefusal.problem(for: error) ?? error
        }
        try await tell(product, action, payload, by: principal, in: work)
        return product
    }

    /// Brings the listings in line, and puts on record and publishes what was done.
    func tell(
        _ product: Product, _ action: String, _ payload: JSONValue, by principal: Principal, in work: UnitOfWork
    ) async throws {
        try await work.pipeline(ProductSQL.listInCategories([product.id]))
        try await audit.append(
            AuditEntry(actor: principal.actor, action: action, subject: product.id, payload: payload), in: work)
        try work.publish(ProductChanged(productID: product.id, vendorID: product.vendor))
    }

    private static let isDeleted = Problem.conflict(
        "product-deleted", title: "The product is deleted", detail: "Restore it to edit it")
}

/// A product while it is edited.
struct EditedProduct: Sendable {
    var product: Product
    /// As it was locked.
    let before: Product
    /// Whether the marketplace looks at what this principal edits, before it is on sale again.
    let reviewsEdits: Bool
    /// Whether the marketplace looks at what this principal publishes.
    let reviewsPublication: Bool
}

extension Principal {
    /// Whether it is the marketplace's own judgement.
    var mayModerate: Bool { may(.productsModerate) && visibility == .everything }
}

/// What the database refuses of a product, in words.
enum ProductRefusal {
    static func problem(for error: PostgresError) -> Problem? {
        switch error.constraintName {
        case "products_vendor":
            .invalidInput([FieldProblem(pointer: "/vendor_id", code: "unknown", message: "there is no such vendor")])
        case "products_tax_class":
            .invalidInput([FieldProblem(pointer: "/tax_class", code: "unknown", message: "there is no such tax class")])
        case "product_slugs_pkey": .slugTaken
        case "variants_sku":
            .conflict(
                "sku-taken", title: "The SKU is taken", detail: "Another variant of this vendor has one of these SKUs")
        case "variants_choices":
            .conflict(
                "choices-taken", title: "The choices are taken",
                detail: "Another variant of this product has these choices")
        default: nil
        }
    }
}
