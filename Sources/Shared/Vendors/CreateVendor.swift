package import Core
package import Identity
package import Jobs

/// Creates a vendor of the marketplace.
package struct CreateVendor: Sendable {
    private let store = VendorStore()
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// - Throws: a 422 `Problem` with every field that is not acceptable; `PostgresError`.
    package func callAsFunction(
        _ new: NewVendor, by principal: Principal, in work: UnitOfWork
    ) async throws -> Vendor {
        let vendor = Vendor(
            id: ID(uuid: ids.next()), name: new.name, email: try new.checkedEmail(), status: .active,
            commissionRate: new.commissionRate, createdAt: clock.now.roundedToMicroseconds)
        try await store.insert(vendor, in: work)
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "vendor.created", subject: vendor.id,
                payload: [
                    "commission_ppm": .integer(Int64(vendor.commissionRate.partsPerMillion))
                ]),
            in: work)
        return vendor
    }
}
