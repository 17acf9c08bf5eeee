import Addresses
package import Core
import Foundation
package import Identity
package import Jobs
import Postgres
import Registrations
import Values

/// Records tax registrations of a vendor.
package struct AddRegistration: Sendable {
    private let vendors = VendorStore()
    private let store = RegistrationStore()
    private let regions = RegionStore()
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// - Throws: `Problem`: 404; 409 ("vendor-unidentified") while the vendor has not said who it is, ("registration-known") where the
    ///   vendor has it already; 422 with every field that is not acceptable; `PostgresError`.
    package func callAsFunction(
        _ new: NewRegistration, to vendor: ID<Vendor>, by principal: Principal, in work: UnitOfWork
    ) async throws -> TaxRegistration {
        let held = try await vendors.held(vendor, visibleTo: principal.visibility, in: work)
        let added = try await add([new], to: held, at: { _ in "" }, by: principal.actor, in: work)
        try work.publish(VendorChanged(vendorID: vendor))
        return added[0]
    }

    /// The same for several of a vendor that is held.
    /// - Parameter pointer: of each in the input.
    func add(
        _ new: [NewRegistration], to vendor: Vendor, at pointer: (Int) -> String, by actor: AuditActor,
        in work: UnitOfWork
    ) async throws -> [TaxRegistration] {
        guard !new.isEmpty else { return [] }
        guard let identity = vendor.identity, let market = vendor.market else { throw Problem.vendorUnidentified }
        let now = clock.now.roundedToMicroseconds
        let rules = RegistrationRules(
            identity: identity, regions: try await regions.regions(of: market, in: work),
            day: CivilDate(now, in: market))
        let known = try await store.registrations(of: vendor.id, visibleTo: .everything, in: work)
        var check = InputCheck()
        if known.count + new.count > RegistrationStore.mostPerVendor {
            check.fail(
                pointer(0), "too_many", "a vendor has at most \(RegistrationStore.mostPerVendor) registrations")
        }
        var added: [TaxRegistration] = []
        for (index, entered) in new.enumerated() {
            let found = rules.checked(entered, beside: known + added, &check, at: pointer(index))
            guard let found else { continue }
            added.append(
                TaxRegistration(
                    id: ID(uuid: ids.next()), vendor: vendor.id, kind: found.kind, number: found.number,
                    region: found.region, legalName: entered.legalName, validFrom: entered.validFrom,
                    validTo: entered.validTo, createdAt: now))
        }
        try check.finish()
        do {
            try await store.insert(added, in: work)
        } catch {
            guard error.constraintName == "vendor_registrations_number" else { throw error }
            throw Problem.registrationKnown
        }
        try await audit.append(
            added.map {
                AuditEntry(
                    actor: actor, action: "vendor.registration_added", subject: vendor.id,
                    payload: ["registration_id": .string($0.id.description), "kind": .string($0.kind.rawValue)])
            }, in: work)
        return added
    }
}

extension Problem {
    package static let vendorUnidentified = conflict(
        "vendor-unidentified", title: "The vendor has not said who it is",
        detail: "Legal name, country and kind of the vendor come first")

    static let registrationKnown = conflict(
        "registration-known", title: "The registration is on record", detail: "The vendor has it already")
}
