package import Core
package import Foundation
package import Identity
package import Jobs

/// Lets another commission hold from a moment on. What was sold before keeps the one of its time.
package struct SetCommission: Sendable {
    private let vendors = VendorStore()
    private let store = CommissionStore()
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// - Parameter start: nil for now.
    /// - Throws: `Problem`: 404; 422 for fields that are not acceptable or a start in the past; `PostgresError`.
    package func callAsFunction(
        _ commission: Commission, of vendor: ID<Vendor>, from start: Date?, by principal: Principal,
        in work: UnitOfWork
    ) async throws -> CommissionTerm {
        let now = clock.now.roundedToMicroseconds
        let start = start?.roundedToMicroseconds ?? now
        var check = InputCheck()
        commission.check(&check, at: "")
        if start < now {
            check.fail("/valid_from", "past", "must not be in the past: what was sold keeps its commission")
        }
        try check.finish()
        let held = try await vendors.held(vendor, visibleTo: principal.visibility, in: work)
        let term = CommissionTerm(
            id: ID(uuid: ids.next()), vendor: held.id, commission: commission, validFrom: start, recordedAt: now)
        try await store.insert(term, in: work)
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "vendor.commission_set", subject: vendor,
                payload: [
                    "commission_term_id": .string(term.id.description),
                    "commission_ppm": .integer(Int64(commission.rate.partsPerMillion)),
                    "fixed_minor": commission.fixed.map { .integer($0.minorUnits) } ?? .null,
                    "fixed_currency": commission.fixed.map { .string($0.currency.code) } ?? .null,
                    "valid_from_us": .integer(start.microsecondsSince1970),
                ]),
            in: work)
        return term
    }
}
