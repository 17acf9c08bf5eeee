package import Core
package import Identity
package import Jobs

/// What an operator enters to admit a vendor without an application.
package struct NewVendor: Hashable, Sendable {
    package let name: String
    package let email: String
    /// nil where it is not known yet.
    package let identity: VendorIdentity?
    package let commission: Commission

    package init(name: String, email: String, identity: VendorIdentity? = nil, commission: Commission) {
        self.name = name
        self.email = email
        self.identity = identity
        self.commission = commission
    }

    /// - Throws: a 422 `Problem` with every field that is not acceptable.
    fileprivate func checkedEmail() throws(Problem) -> EmailAddress {
        var check = InputCheck()
        check.text("/name", name, Vendor.name)
        identity?.check(&check)
        commission.check(&check, at: "")
        let address = check.email("/email", email)
        try check.finish()
        guard let address else { throw .invalidInput([]) }
        return address
    }
}

/// Admits a vendor, who may sell at once.
package struct CreateVendor: Sendable {
    private let enrol: VendorEnrolment
    private let commissions = CommissionStore()
    private let requirements = RequirementStore()
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        enrol = VendorEnrolment(ids: ids)
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// - Throws: a 422 `Problem` with every field that is not acceptable; `PostgresError`.
    package func callAsFunction(
        _ new: NewVendor, by principal: Principal, in work: UnitOfWork
    ) async throws -> Vendor {
        let email = try new.checkedEmail()
        if let country = new.identity?.country { try await requirements.requireServed(country, in: work) }
        let now = clock.now.roundedToMicroseconds
        let draft = VendorEnrolment.Draft(
            id: ID(uuid: ids.next()), name: new.name, slug: nil, email: email, identity: new.identity, createdAt: now)
        let vendor = try await enrol(draft, by: .admit, to: .active, actor: principal.actor, in: work)
        try await commissions.insert(
            CommissionTerm(
                id: ID(uuid: ids.next()), vendor: vendor.id, commission: new.commission, validFrom: now,
                recordedAt: now), in: work)
        try work.publish(VendorChanged(vendorID: vendor.id))
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: VendorAct.admit.audited, subject: vendor.id,
                payload: ["commission_ppm": .integer(Int64(new.commission.rate.partsPerMillion))]),
            in: work)
        return vendor
    }
}
