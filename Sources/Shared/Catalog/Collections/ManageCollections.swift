package import Core
package import Identity
package import Jobs
import Postgres
import Vendors

/// Makes and edits collections: the marketplace its own, a vendor those of its own products.
package struct ManageCollections: Sendable {
    private let store = CollectionStore()
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// - Throws: `Problem`: 422, 409 ("slug-taken"); `PostgresError`.
    package func create(
        _ new: NewCollection, by principal: Principal, in work: UnitOfWork
    ) async throws -> ProductCollection {
        let isReached = new.vendor.map { principal.visibility.includes(vendor: $0.uuid) }
        guard isReached ?? (principal.visibility == .everything) else { throw Problem.unknownVendor }
        let id = ID<ProductCollection>(uuid: ids.next())
        let now = clock.now.roundedToMicroseconds
        let collection = ProductCollection(
            id: id, vendor: new.vendor, slug: new.slug ?? Slug(from: new.title, of: id), title: new.title,
            description: new.description, isPublished: new.isPublished, version: 1, createdAt: now, updatedAt: now)
        try collection.check()
        do {
            try await store.insert(collection, in: work)
        } catch {
            throw Self.refusal(error)
        }
        try await record(collection, "collection.created", by: principal, in: work)
        return collection
    }

    /// - Throws: `Problem`: 404, 409 ("slug-taken"), 412 ("version-mismatch"), 422; `PostgresError`.
    package func update(
        _ id: ID<ProductCollection>, _ changes: CollectionChanges, version: Int64?, by principal: Principal,
        in work: UnitOfWork
    ) async throws -> ProductCollection {
        guard changes != CollectionChanges() else {
            throw Problem.invalidInput([
                FieldProblem(pointer: "", code: "empty", message: "at least one field must be given")
            ])
        }
        var collection = try await lock(id, version: version, by: principal, in: work)
        if let title = changes.title { collection.title = title }
        if let description = changes.description { collection.description = description }
        if let slug = changes.slug { collection.slug = slug }
        if let isPublished = changes.isPublished { collection.isPublished = isPublished }
        try collection.check()
        return try await finish(collection, "collection.updated", by: principal, in: work)
    }

    /// Shows these products, in this order, and no others.
    /// - Throws: `Problem`: 404, 412, 422 for products that are unknown or another vendor's; `PostgresError`.
    package func setProducts(
        _ products: [ID<Product>], of id: ID<ProductCollection>, version: Int64? = nil, by principal: Principal,
        in work: UnitOfWork
    ) async throws -> ProductCollection {
        var check = InputCheck()
        check.number("/products", products.count, in: ProductCollection.productCount)
        try check.finish()
        let collection = try await lock(id, version: version, by: principal, in: work)
        let known = Set(try await store.known(of: products, for: collection, in: work))
        var seen: Set<ID<Product>> = []
        for (index, product) in products.enumerated() {
            if !known.contains(product) { check.fail("/products/\(index)", "unknown", "there is no such product") }
            if !seen.insert(product).inserted { check.fail("/products/\(index)", "duplicate", "is named before") }
        }
        try check.finish()
        try await store.set(products, of: id, in: work)
        return try await finish(
            collection, "collection.products_set", ["products": .integer(Int64(products.count))], by: principal,
            in: work)
    }

    /// - Throws: `Problem`: 404; `PostgresError`.
    package func delete(
        _ id: ID<ProductCollection>, by principal: Principal, in work: UnitOfWork
    ) async throws {
        let collection = try await lock(id, version: nil, by: principal, in: work)
        try await store.delete(id, in: work)
        try await record(collection, "collection.deleted", by: principal, in: work)
    }

    private func lock(
        _ id: ID<ProductCollection>, version: Int64?, by principal: Principal, in work: UnitOfWork
    ) async throws -> ProductCollection {
        guard let collection = try await store.lock(id, visibleTo: principal.visibility, in: work) else {
            throw Problem.notFound("collection")
        }
        if let version, version != collection.version { throw Problem.versionMismatch(current: collection.version) }
        return collection
    }

    private func finish(
        _ edited: ProductCollection, _ action: String, _ payload: JSONValue = [:], by principal: Principal,
        in work: UnitOfWork
    ) async throws -> ProductCollection {
        var collection = edited
        collection.version += 1
        collection.updatedAt = clock.now.roundedToMicroseconds
        do {
            try await store.update(collection, in: work)
        } catch {
            throw Self.refusal(error)
        }
        try await record(collection, action, payload, by: principal, in: work)
        return collection
    }

    private func record(
        _ collection: ProductCollection, _ action: String, _ payload: JSONValue = [:], by principal: Principal,
        in work: UnitOfWork
    ) async throws {
        var members = payload.objectValue ?? [:]
        members["slug"] = .string(collection.slug.rawValue)
        members["is_published"] = .bool(collection.isPublished)
        try work.publish(CollectionChanged(collectionID: collection.id))
        try await audit.append(
            AuditEntry(actor: principal.actor, action: action, subject: collection.id, payload: .object(members)),
            in: work)
    }

    private static func refusal(_ error: PostgresError) -> any Error {
        switch error.constraintName {
        case "collections_slug": Problem.slugTaken
        case "collections_vendor": Problem.unknownVendor
        default: error
        }
    }
}
