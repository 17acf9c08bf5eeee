package import Core
import Foundation
package import Identity
package import Jobs
import Postgres
package import Vendors

/// Has a vendor's products written into a file.
package struct ManageExports: Sendable {
    private let store = ProductExportStore()
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// - Throws: a 422 `Problem` for an unknown vendor; `PostgresError`.
    package func create(
        of vendor: ID<Vendor>, by principal: Principal, in work: UnitOfWork
    ) async throws -> ProductExport {
        guard principal.visibility.includes(vendor: vendor.uuid) else { throw Problem.unknownVendor }
        let made = ProductExport(
            id: ID(uuid: ids.next()), vendor: vendor, createdBy: principal.actor,
            createdAt: clock.now.roundedToMicroseconds)
        do {
            try await store.insert(made, in: work)
        } catch {
            throw error.constraintName == "product_exports_vendor" ? Problem.unknownVendor : error as any Error
        }
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "product_export.created", subject: made.id,
                payload: ["vendor_id": .string(vendor.description)]), in: work)
        try work.enqueue(RunProductExport.Job(exportID: made.id))
        return made
    }
}
