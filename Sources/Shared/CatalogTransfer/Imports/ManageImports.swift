import Catalog
package import Core
import Foundation
package import Identity
package import Jobs
package import Media
import Postgres
package import Vendors

/// What somebody asks for to have a file taken in.
package struct NewProductImport: Hashable, Sendable {
    package let vendor: ID<Vendor>
    package let media: ID<MediaFile>
    /// nil to tell it by the file's head.
    package let layout: ImportLayout?
    package let currency: Currency
    package let isDryRun: Bool

    package init(
        vendor: ID<Vendor>, media: ID<MediaFile>, layout: ImportLayout?, currency: Currency, isDryRun: Bool
    ) {
        self.vendor = vendor
        self.media = media
        self.layout = layout
        self.currency = currency
        self.isDryRun = isDryRun
    }
}

/// Has files of products taken in, and stops that.
package struct ManageImports: Sendable {
    /// What refers to the file: nobody deletes it before it is taken in.
    static let role = "table"

    private let store = ProductImportStore()
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// - Throws: a 422 `Problem` for a vendor or a file that is not there for this; `PostgresError`.
    package func create(
        _ new: NewProductImport, by principal: Principal, in work: UnitOfWork
    ) async throws -> ProductImport {
        guard principal.visibility.includes(vendor: new.vendor.uuid) else { throw Problem.unknownVendor }
        let made = ProductImport(
            id: ID(uuid: ids.next()), vendor: new.vendor, media: new.media, layout: new.layout, currency: new.currency,
            isDryRun: new.isDryRun,
            author: ImportAuthor(actor: principal.actor, mayModerate: principal.publishesFreely),
            createdAt: clock.now.roundedToMicroseconds)
        try await MediaReferences().set(
            [new.media], ownedBy: new.vendor.uuid, for: .import, from: made.id, as: Self.role, pointer: "/media_id",
            in: work)
        try await store.insert(made, in: work)
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "product_import.created", subject: made.id,
                payload: [
                    "vendor_id": .string(new.vendor.description), "media_id": .string(new.media.description),
                    "is_dry_run": .bool(new.isDryRun),
                ]), in: work)
        try work.enqueue(RunProductImport.Job(importID: made.id))
        return made
    }

    /// Stops it behind the products that are done; these stay. Once more does nothing.
    /// - Throws: `Problem`: 404, 409 ("import-over") for one that has ended otherwise; `PostgresError`.
    package func cancel(
        _ id: ID<ProductImport>, by principal: Principal, in work: UnitOfWork
    ) async throws -> ProductImport {
        guard var one = try await store.lock(id, visibleTo: principal.visibility, in: work) else {
            throw Problem.notFound("import")
        }
        guard one.state != .cancelled else { return one }
        guard !one.state.isOver else {
            throw Problem.conflict("import-over", title: "The import is over", detail: "It has ended already")
        }
        one.state = .cancelled
        one.finishedAt = clock.now.roundedToMicroseconds
        try await store.update(one, in: work)
        try await MediaReferences().end(from: id, in: work)
        try await audit.append(
            AuditEntry(actor: principal.actor, action: "product_import.cancelled", subject: id), in: work)
        return one
    }
}

extension Principal {
    /// Whether what they publish needs nobody's approval.
    var publishesFreely: Bool { may(.productsModerate) && visibility == .everything }
}
