package import Core
import Foundation
package import Identity
package import Jobs
import Postgres

/// What somebody of the marketplace says of a thing that a vendor has shown.
package enum Verdict: Hashable, Sendable {
    case accepted
    case refused(reason: String)

    /// - Throws: a 422 `Problem` for a reason that is not acceptable.
    func checkedReason() throws(Problem) -> String {
        guard case .refused(let reason) = self else { return "" }
        var check = InputCheck()
        check.reason("/reason", reason)
        try check.finish()
        return reason
    }
}

/// Says whether a registration was found to be the vendor's.
package struct ReviewRegistration: Sendable {
    private let vendors = VendorStore()
    private let store = RegistrationStore()
    private let audit: AuditStore
    private let clock: any WallClock

    package init(audit: AuditStore, clock: some WallClock) {
        self.audit = audit
        self.clock = clock
    }

    /// - Throws: `Problem`: 404, 422; `PostgresError`.
    package func callAsFunction(
        _ id: ID<TaxRegistration>, of vendor: ID<Vendor>, _ verdict: Verdict, by principal: Principal,
        in work: UnitOfWork
    ) async throws -> TaxRegistration {
        let reason = try verdict.checkedReason()
        _ = try await vendors.held(vendor, visibleTo: principal.visibility, in: work)
        let status: RegistrationStatus = verdict == .accepted ? .verified : .refused
        let reviewed = try await reviewed(id, of: vendor, as: status, reason: reason, in: work)
        guard let reviewed else { throw Problem.notFound("registration") }
        try work.publish(VendorChanged(vendorID: vendor))
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "vendor.registration_reviewed", subject: vendor,
                payload: ["registration_id": .string(id.description), "status": .string(status.rawValue)]),
            in: work)
        return reviewed
    }

    /// One that was refused may have been entered again meanwhile.
    private func reviewed(
        _ id: ID<TaxRegistration>, of vendor: ID<Vendor>, as status: RegistrationStatus, reason: String,
        in work: UnitOfWork
    ) async throws -> TaxRegistration? {
        do {
            return try await store.review(
                id, of: vendor, as: status, reason: reason, at: clock.now.roundedToMicroseconds, in: work)
        } catch {
            guard error.constraintName == "vendor_registrations_number" else { throw error }
            throw Problem.registrationKnown
        }
    }
}
