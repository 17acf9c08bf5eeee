package import Core
import Foundation
package import Identity
package import Jobs
import Registrations
import Values

/// Records documents of a vendor.
package struct AddDocument: Sendable {
    private let vendors = VendorStore()
    private let store = DocumentStore()
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
        return try await add([new], to: held, at: { _ in "" }, by: principal.actor, in: work)[0]
    }

    /// The same for several of a vendor that is held.
    /// - Parameter pointer: of each in the input.
    func add(
        _ new: [NewDocument], to vendor: Vendor, at pointer: (Int) -> String, by actor: AuditActor, in work: UnitOfWork
    ) async throws -> [VendorDocument] {
        guard !new.isEmpty else { return [] }
        guard let market = vendor.market else { throw Problem.vendorUnidentified }
        let now = clock.now.roundedToMicroseconds
        let known = try await store.documents(of: vendor.id, visibleTo: .everything, in: work).count
        var check = InputCheck()
        if known + new.count > DocumentStore.mostPerVendor {
            check.fail(pointer(0), "too_many", "a vendor has at most \(DocumentStore.mostPerVendor) documents")
        }
        let added = new.enumerated().map { index, entered in
            VendorDocument(
                id: ID(uuid: ids.next()), vendor: vendor.id, kind: entered.kind, file: entered.file,
                number: entered.checkedNumber(&check, at: pointer(index), on: CivilDate(now, in: market)),
                authority: entered.authority, expiresOn: entered.expiresOn, createdAt: now)
        }
        try check.finish()
        for document in added { try await store.insert(document, in: work) }
        try await audit.append(
            added.map {
                AuditEntry(
                    actor: actor, action: "vendor.document_added", subject: vendor.id,
                    payload: ["document_id": .string($0.id.description), "kind": .string($0.kind.rawValue)])
            }, in: work)
        return added
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
