package import Core
import Foundation
package import Identity
package import Jobs
import Media
import Registrations
import Values

/// Records a document of a vendor.
package struct AddDocument: Sendable {
    private let vendors = VendorStore()
    private let store = DocumentStore()
    private let references = MediaReferences()
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// - Throws: `Problem`: 404; 409 ("vendor-unidentified"); 422 with every field that is not acceptable; `PostgresError`.
    package func callAsFunction(
        _ new: NewDocument, to vendor: ID<Vendor>, by principal: Principal, in work: UnitOfWork
    ) async throws -> VendorDocument {
        let held = try await vendors.held(vendor, visibleTo: principal.visibility, in: work)
        guard let market = held.market else { throw Problem.vendorUnidentified }
        let now = clock.now.roundedToMicroseconds
        let known = try await store.documents(of: vendor, visibleTo: .everything, in: work).count
        var check = InputCheck()
        if known >= DocumentStore.mostPerVendor {
            check.fail("", "too_many", "a vendor has at most \(DocumentStore.mostPerVendor) documents")
        }
        let document = VendorDocument(
            id: ID(uuid: ids.next()), vendor: vendor, kind: new.kind, file: new.file,
            number: new.checkedNumber(&check, on: CivilDate(now, in: market)), authority: new.authority,
            expiresOn: new.expiresOn, createdAt: now)
        try check.finish()
        try await references.set(
            [document.file], ownedBy: vendor.uuid, for: .vendorDocument, from: document.id, as: "document",
            pointer: "/media_id", in: work)
        try await store.insert(document, in: work)
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "vendor.document_added", subject: vendor,
                payload: ["document_id": .string(document.id.description), "kind": .string(document.kind.rawValue)]),
            in: work)
        return document
    }
}

/// Says whether a document proves what it is meant to.
package struct ReviewDocument: Sendable {
    private let vendors = VendorStore()
    private let store = DocumentStore()
    private let audit: AuditStore
    private let clock: any WallClock

    package init(audit: AuditStore, clock: some WallClock) {
        self.audit = audit
        self.clock = clock
    }

    /// - Throws: `Problem`: 404, 422; `PostgresError`.
    package func callAsFunction(
        _ id: ID<VendorDocument>, of vendor: ID<Vendor>, _ verdict: Verdict, by principal: Principal,
        in work: UnitOfWork
    ) async throws -> VendorDocument {
        let reason = try verdict.checkedReason()
        _ = try await vendors.held(vendor, visibleTo: principal.visibility, in: work)
        let status: DocumentStatus = verdict == .accepted ? .accepted : .refused
        let reviewed = try await store.review(
            id, of: vendor, as: status, reason: reason, at: clock.now.roundedToMicroseconds, in: work)
        guard let reviewed else { throw Problem.notFound("document") }
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "vendor.document_reviewed", subject: vendor,
                payload: ["document_id": .string(id.description), "status": .string(status.rawValue)]),
            in: work)
        return reviewed
    }
}
