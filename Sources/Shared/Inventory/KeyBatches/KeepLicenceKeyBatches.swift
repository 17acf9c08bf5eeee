package import Catalog
package import Core
import Foundation
package import Identity
package import Jobs
import Postgres
import Registrations
import Values

/// Puts batches of licence keys on record; keys join them by being imported.
package struct KeepLicenceKeyBatches: Sendable {
    private let products = ProductStore()
    private let store = LicenceKeyBatchStore()
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// - Throws: `Problem`: 404; 422, also for a variant that has no licence keys; `PostgresError`.
    package func add(
        _ details: KeyBatchDetails, to variant: ID<Variant>, by principal: Principal, in work: UnitOfWork
    ) async throws -> LicenceKeyBatch {
        try details.check()
        let known = try await products.keyed(variant, visibleTo: principal.visibility, in: work)
        guard try await store.count(of: variant, in: work) < LicenceKeyBatchStore.mostPerVariant else {
            throw Problem.invalidInput([
                FieldProblem(
                    pointer: "", code: "too_many",
                    message: "a variant has at most \(LicenceKeyBatchStore.mostPerVariant) batches")
            ])
        }
        let now = clock.now.roundedToMicroseconds
        let batch = LicenceKeyBatch(
            id: ID(uuid: ids.next()), variant: variant, vendor: known.vendor,
            details: KeyBatchDetails(
                source: details.source, supplierReference: details.supplierReference, note: details.note,
                receivedOn: details.receivedOn ?? CivilDate(utc: now), expiresOn: details.expiresOn,
                minimumDays: details.minimumDays),
            createdBy: principal.actor, createdAt: now)
        try await store.insert(batch, in: work)
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "licence_key_batch.added", subject: batch.id,
                payload: ["variant_id": .string(variant.description)]), in: work)
        return batch
    }
}

extension ProductStore {
    /// A variant that has licence keys.
    /// - Throws: `Problem`: 404; 422 for any other; `PostgresError`.
    func keyed(
        _ id: ID<Variant>, pointer: String = "", visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws -> Variant {
        guard let known = try await variant(id, visibleTo: visibility, in: executor) else {
            throw Problem.notFound("variant")
        }
        guard known.kind == .licenceKey else {
            throw Problem.invalidInput([
                FieldProblem(pointer: pointer, code: "physical", message: "a physical variant has no licence keys")
            ])
        }
        return known
    }
}
