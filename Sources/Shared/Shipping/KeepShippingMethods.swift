package import Core
import Foundation
package import Identity
package import Jobs
import Postgres
import Vendors

/// Adds, edits and removes methods of shipping.
package struct KeepShippingMethods: Sendable {
    private let zones = ShippingZoneStore()
    private let store = ShippingMethodStore()
    private let locations = PickupLocationStore()
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// - Throws: `Problem`: 404; 422 with every field that is not acceptable; `PostgresError`.
    package func add(
        _ terms: ShippingTerms, to zone: ID<ShippingZone>, by principal: Principal, in work: UnitOfWork
    ) async throws -> ShippingMethod {
        let held = try await zones.lock(zone, visibleTo: principal.visibility, in: work)
        var check = InputCheck()
        try await self.check(terms, of: held, &check, in: work)
        if try await store.methods(of: zone, in: work).count >= ShippingMethod.mostPerZone {
            check.fail("", "too_many", "a zone has at most \(ShippingMethod.mostPerZone) methods")
        }
        try check.finish()
        let method = ShippingMethod(
            id: ID(uuid: ids.next()), zone: zone, terms: terms, createdAt: clock.now.roundedToMicroseconds)
        try await store.insert(method, in: work)
        try await audit.append(entry("shipping_method.added", method, by: principal.actor), in: work)
        return method
    }

    /// Edits a method from the version that the editor saw. `version` nil edits whatever version there is.
    /// - Throws: `Problem`: 404; 412 ("version-mismatch"); 422; `PostgresError`.
    package func update(
        _ id: ID<ShippingMethod>, version: Int64?, by principal: Principal, in work: UnitOfWork,
        _ edit: (inout ShippingTerms) -> Void
    ) async throws -> ShippingMethod {
        let (zone, old) = try await hold(id, by: principal, in: work)
        guard version == nil || version == old.version else { throw Problem.versionMismatch(current: old.version) }
        var terms = old.terms
        edit(&terms)
        var check = InputCheck()
        try await self.check(terms, of: zone, &check, in: work)
        try check.finish()
        let method = ShippingMethod(
            id: id, zone: old.zone, terms: terms, version: old.version + 1, createdAt: old.createdAt)
        try await store.update(method, in: work)
        try await audit.append(entry("shipping_method.updated", method, by: principal.actor), in: work)
        return method
    }

    /// Nothing is shipped by it any more; orders keep what they were charged.
    /// - Throws: `Problem`: 404; `PostgresError`.
    package func remove(_ id: ID<ShippingMethod>, by principal: Principal, in work: UnitOfWork) async throws {
        let (_, method) = try await hold(id, by: principal, in: work)
        try await store.remove(id, at: clock.now, in: work)
        try await audit.append(entry("shipping_method.removed", method, by: principal.actor), in: work)
    }

    /// A method whose zone is locked.
    private func hold(
        _ id: ID<ShippingMethod>, by principal: Principal, in work: UnitOfWork
    ) async throws -> (ShippingZone, ShippingMethod) {
        guard let zoneID = try await store.zone(of: id, visibleTo: principal.visibility, in: work) else {
            throw Problem.notFound("shipping method")
        }
        let zone = try await zones.lock(zoneID, visibleTo: principal.visibility, in: work)
        guard let method = try await store.methods(of: zoneID, in: work).first(where: { $0.id == id }) else {
            throw Problem.notFound("shipping method")
        }
        return (zone, method)
    }

    private func check(
        _ terms: ShippingTerms, of zone: ShippingZone, _ check: inout InputCheck, in work: UnitOfWork
    ) async throws {
        terms.check(&check, of: zone.vendor)
        guard let location = terms.way.location, let vendor = zone.vendor else { return }
        let known = try await locations.locations(of: vendor, visibleTo: .everything, in: work)
        if !known.contains(where: { $0.id == location && $0.isActive }) {
            check.fail("/pickup_location_id", "unknown", "is no active pickup location of the vendor")
        }
    }

    private func entry(_ action: String, _ method: ShippingMethod, by actor: AuditActor) -> AuditEntry {
        let charge = method.terms.charge
        return AuditEntry(
            actor: actor, action: action, subject: method.zone,
            payload: [
                "shipping_method_id": .string(method.id.description), "basis": .string(charge.basis.rawValue),
                "currency": .string(charge.currency.code), "version": .integer(method.version),
                "is_active": .bool(method.terms.isActive),
            ])
    }
}
