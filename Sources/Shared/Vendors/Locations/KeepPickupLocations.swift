import Addresses
package import Core
import Foundation
package import Identity
package import Jobs
import Registrations
import Values

/// Records where a vendor's parcels are fetched, and changes it.
package struct KeepPickupLocations: Sendable {
    private let vendors = VendorStore()
    private let store = PickupLocationStore()
    private let registrations = RegistrationStore()
    private let regions = RegionStore()
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// - Throws: `Problem`: 404; 409 ("vendor-unidentified"); 422 with every field that is not acceptable; `PostgresError`.
    package func add(
        _ new: NewPickupLocation, to vendor: ID<Vendor>, by principal: Principal, in work: UnitOfWork
    ) async throws -> PickupLocation {
        let held = try await vendors.held(vendor, visibleTo: principal.visibility, in: work)
        let added = try await add([new], to: held, at: { _ in "" }, by: principal.actor, in: work)
        try work.publish(VendorChanged(vendorID: vendor))
        return added[0]
    }

    /// The same for several of a vendor that is held.
    /// - Parameter pointer: of each in the input.
    func add(
        _ new: [NewPickupLocation], to vendor: Vendor, at pointer: (Int) -> String, by actor: AuditActor,
        in work: UnitOfWork
    ) async throws -> [PickupLocation] {
        guard !new.isEmpty else { return [] }
        let rules = try await rules(of: vendor, in: work)
        let known = try await store.locations(of: vendor.id, visibleTo: .everything, in: work).count
        let now = clock.now.roundedToMicroseconds
        var check = InputCheck()
        if known + new.count > PickupLocationStore.mostPerVendor {
            check.fail(
                pointer(0), "too_many", "a vendor has at most \(PickupLocationStore.mostPerVendor) pickup locations")
        }
        var added: [PickupLocation] = []
        for (index, entered) in new.enumerated() {
            check.text(pointer(index) + "/name", entered.name, PickupLocation.name)
            let phone = rules.phone(entered.phone, &check, at: pointer(index) + "/phone")
            let address = rules.address(entered.address, &check, at: pointer(index) + "/address")
            guard let phone, let address else { continue }
            if let id = entered.registration {
                rules.registration(id, for: address, &check, at: pointer(index) + "/registration_id")
            }
            added.append(
                PickupLocation(
                    id: ID(uuid: ids.next()), vendor: vendor.id, name: entered.name, phone: phone, address: address,
                    registration: entered.registration ?? rules.obviousRegistration(for: address), createdAt: now))
        }
        try check.finish()
        for location in added { try await store.insert(location, in: work) }
        try await audit.append(added.map { entry("vendor.pickup_location_added", $0, by: actor) }, in: work)
        return added
    }

    /// Edits a location from the version that the editor saw. `version` nil edits whatever version there is.
    /// - Throws: `Problem`: 404; 412 ("version-mismatch"); 422; `PostgresError`.
    package func update(
        _ id: ID<PickupLocation>, of vendor: ID<Vendor>, _ changes: PickupLocationChanges, version: Int64?,
        by principal: Principal, in work: UnitOfWork
    ) async throws -> PickupLocation {
        let held = try await vendors.held(vendor, visibleTo: principal.visibility, in: work)
        let known = try await store.locations(of: vendor, visibleTo: principal.visibility, in: work)
        guard let old = known.first(where: { $0.id == id }) else { throw Problem.notFound("pickup location") }
        guard version == nil || version == old.version else { throw Problem.versionMismatch(current: old.version) }
        let rules = try await rules(of: held, in: work)
        var check = InputCheck()
        if let name = changes.name { check.text("/name", name, PickupLocation.name) }
        let phone = changes.phone.map { rules.phone($0, &check, at: "/phone") } ?? old.phone
        let address = changes.address.map { rules.address($0, &check, at: "/address") } ?? old.address
        let moves = address.map { $0.region != old.address.region } ?? false
        let registration =
            changes.registration ?? (moves ? address.flatMap(rules.obviousRegistration) : old.registration)
        if let registration, let address, changes.registration != nil {
            rules.registration(registration, for: address, &check, at: "/registration_id")
        }
        try check.finish()
        guard let phone, let address else { throw Problem.invalidInput([]) }
        let changed = PickupLocation(
            id: id, vendor: vendor, name: changes.name ?? old.name, phone: phone, address: address,
            registration: registration, isActive: changes.isActive ?? old.isActive, version: old.version + 1,
            createdAt: old.createdAt)
        try await store.update(changed, in: work)
        try work.publish(VendorChanged(vendorID: vendor))
        try await audit.append(entry("vendor.pickup_location_updated", changed, by: principal.actor), in: work)
        return changed
    }

    private func rules(of vendor: Vendor, in work: UnitOfWork) async throws -> PickupLocationRules {
        guard let market = vendor.market else { throw Problem.vendorUnidentified }
        return PickupLocationRules(
            market: market, regions: try await regions.regions(of: market, in: work),
            registrations: try await registrations.registrations(of: vendor.id, visibleTo: .everything, in: work),
            day: CivilDate(clock.now, in: market))
    }

    private func entry(_ action: String, _ location: PickupLocation, by actor: AuditActor) -> AuditEntry {
        AuditEntry(
            actor: actor, action: action, subject: location.vendor,
            payload: [
                "pickup_location_id": .string(location.id.description), "is_active": .bool(location.isActive),
                "registration_id": location.registration.map { .string($0.description) } ?? .null,
            ])
    }
}
