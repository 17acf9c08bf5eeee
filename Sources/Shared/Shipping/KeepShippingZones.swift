import Addresses
package import Core
import Foundation
package import Identity
package import Jobs
import Postgres
import Registrations
import Values

/// Makes, edits and removes zones: the marketplace its own, a vendor those of its own parcels.
package struct KeepShippingZones: Sendable {
    private let store = ShippingZoneStore()
    private let rules: AreaRules
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        rules = AreaRules(clock: clock)
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// - Throws: `Problem`: 422 with every field that is not acceptable; `PostgresError`.
    package func create(
        _ new: NewShippingZone, by principal: Principal, in work: UnitOfWork
    ) async throws -> ShippingZone {
        let isReached = new.vendor.map { principal.visibility.includes(vendor: $0.uuid) }
        guard isReached ?? (principal.visibility == .everything) else { throw Problem.unknownVendor }
        var check = InputCheck()
        let areas = try await checked(new.name, new.areas, &check, in: work)
        if try await store.count(of: new.vendor, in: work) >= ShippingZone.mostPerOwner {
            check.fail("", "too_many", "there are at most \(ShippingZone.mostPerOwner) zones of one owner")
        }
        try check.finish()
        let zone = ShippingZone(
            id: ID(uuid: ids.next()), vendor: new.vendor, name: new.name, areas: areas,
            createdAt: clock.now.roundedToMicroseconds)
        do throws(PostgresError) {
            try await store.insert(zone, in: work)
        } catch {
            throw error.constraintName == "shipping_zones_vendor" ? Problem.unknownVendor : error
        }
        try await audit.append(entry("shipping_zone.created", zone, by: principal.actor), in: work)
        return zone
    }

    /// Edits a zone from the version that the editor saw. `version` nil edits whatever version there is.
    /// - Throws: `Problem`: 404; 412 ("version-mismatch"); 422; `PostgresError`.
    package func update(
        _ id: ID<ShippingZone>, _ changes: ShippingZoneChanges, version: Int64?, by principal: Principal,
        in work: UnitOfWork
    ) async throws -> ShippingZone {
        let old = try await store.lock(id, visibleTo: principal.visibility, in: work)
        guard version == nil || version == old.version else { throw Problem.versionMismatch(current: old.version) }
        var check = InputCheck()
        let name = changes.name ?? old.name
        let areas = try await checked(name, changes.areas ?? old.areas, &check, in: work)
        try check.finish()
        let zone = ShippingZone(
            id: id, vendor: old.vendor, name: name, areas: areas, version: old.version + 1, createdAt: old.createdAt)
        try await store.update(zone, in: work)
        try await audit.append(entry("shipping_zone.updated", zone, by: principal.actor), in: work)
        return zone
    }

    /// Nothing is shipped by its methods any more; orders keep what they were charged.
    /// - Throws: `Problem`: 404; `PostgresError`.
    package func remove(_ id: ID<ShippingZone>, by principal: Principal, in work: UnitOfWork) async throws {
        let zone = try await store.lock(id, visibleTo: principal.visibility, in: work)
        try await store.remove(id, at: clock.now, in: work)
        try await audit.append(entry("shipping_zone.removed", zone, by: principal.actor), in: work)
    }

    private func checked(
        _ name: String, _ areas: [ShippingArea], _ check: inout InputCheck, in work: UnitOfWork
    ) async throws -> [ShippingArea] {
        check.text("/name", name, ShippingZone.name)
        check.number("/areas", areas.count, in: ShippingZone.areaCount)
        guard check.isClean else { return [] }
        return try await rules.checked(areas, &check, at: { "/areas/\($0)" }, in: work)
    }

    private func entry(_ action: String, _ zone: ShippingZone, by actor: AuditActor) -> AuditEntry {
        AuditEntry(
            actor: actor, action: action, subject: zone.id,
            payload: [
                "vendor_id": zone.vendor.map { .string($0.description) } ?? .null,
                "areas": .integer(Int64(zone.areas.count)), "version": .integer(zone.version),
            ])
    }
}

/// What areas have to be like; regions are looked up.
package struct AreaRules: Sendable {
    private let regions = RegionStore()
    let clock: any WallClock

    package init(clock: some WallClock) { self.clock = clock }

    /// The areas with their regions' codes.
    /// - Parameter pointer: of each in the input.
    package func checked(
        _ areas: [ShippingArea], _ check: inout InputCheck, at pointer: (Int) -> String, in work: UnitOfWork
    ) async throws -> [ShippingArea] {
        var known: [Market: Regions] = [:]
        for market in Set(areas.filter { $0.region != nil }.compactMap(\.market)) {
            known[market] = try await regions.regions(of: market, in: work)
        }
        var checked: [ShippingArea] = []
        for (index, area) in areas.enumerated() {
            let day = area.market.map { CivilDate(clock.now, in: $0) } ?? CivilDate(utc: clock.now)
            checked.append(
                area.checked(&check, at: pointer(index), regions: area.market.flatMap { known[$0] }, on: day))
        }
        return checked
    }
}
