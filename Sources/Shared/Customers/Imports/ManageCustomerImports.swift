package import Core
import Foundation
package import Identity
package import Jobs
package import Media
import Postgres

/// What somebody asks for to have a file of people taken in.
package struct NewCustomerImport: Hashable, Sendable {
    package let media: ID<MediaFile>
    package let isDryRun: Bool
    package let phoneCountry: PhoneCountry
    package let locale: LanguageTag

    package init(media: ID<MediaFile>, isDryRun: Bool, phoneCountry: PhoneCountry, locale: LanguageTag) {
        self.media = media
        self.isDryRun = isDryRun
        self.phoneCountry = phoneCountry
        self.locale = locale
    }
}

/// Has files of people taken in, and stops that.
package struct ManageCustomerImports: Sendable {
    /// What refers to the file: nobody deletes it before it is taken in.
    static let role = "customers"

    private let store = CustomerImportStore()
    private let delete: DeleteMedia
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(delete: DeleteMedia, audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.delete = delete
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// - Throws: a 422 `Problem` for a file that is not there for this; `PostgresError`.
    package func create(
        _ new: NewCustomerImport, by principal: Principal, in work: UnitOfWork
    ) async throws -> CustomerImport {
        let made = CustomerImport(
            id: ID(uuid: ids.next()), media: new.media, isDryRun: new.isDryRun, phoneCountry: new.phoneCountry,
            locale: new.locale, createdBy: principal.actor, createdAt: clock.now.roundedToMicroseconds)
        try await MediaReferences().set(
            [new.media], ownedBy: nil, for: .import, from: made.id, as: Self.role, pointer: "/media_id", in: work)
        try await store.insert(made, in: work)
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "customer_import.created", subject: made.id,
                payload: ["media_id": .string(new.media.description), "is_dry_run": .bool(new.isDryRun)]), in: work)
        try work.enqueue(RunCustomerImport.Job(importID: made.id))
        return made
    }

    /// Stops it behind the rows that are done; these stay. Once more does nothing.
    /// - Throws: `Problem`: 404, 409 ("import-over") for one that has ended otherwise; `PostgresError`.
    package func cancel(
        _ id: ID<CustomerImport>, by principal: Principal, in work: UnitOfWork
    ) async throws -> CustomerImport {
        guard var one = try await store.lock(id, in: work) else { throw Problem.notFound("import") }
        guard one.state != .cancelled else { return one }
        guard !one.state.isOver else {
            throw Problem.conflict("import-over", title: "The import is over", detail: "It has ended already")
        }
        one.state = .cancelled
        one.finishedAt = clock.now.roundedToMicroseconds
        try await store.update(one, in: work)
        try await release(one, delete, in: work)
        try await audit.append(
            AuditEntry(actor: principal.actor, action: "customer_import.cancelled", subject: id), in: work)
        return one
    }
}

/// The file of an import that is over is deleted, as it tells of people; that of a dry run is still to be taken in.
func release(_ one: CustomerImport, _ delete: DeleteMedia, in work: UnitOfWork) async throws {
    try await MediaReferences().end(from: one.id, in: work)
    guard !one.isDryRun, try await MediaReferences().subjects(of: one.media, atMost: 1, in: work).isEmpty else {
        return
    }
    try await delete.discard(one.media, in: work)
}
