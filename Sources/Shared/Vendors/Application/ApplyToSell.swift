package import Core
import Foundation
package import Identity
package import Jobs

/// An application on record, and the key by which whoever has made it goes on with it.
package struct ReceivedApplication: Sendable {
    package let details: VendorDetails
    /// Shown once. It opens this application and nothing else.
    package let token: APIKeyToken
}

/// Takes the application of somebody who wants to sell. Anybody may apply; whoever has signed in is a member of the vendor from then on; nothing is for sale before the marketplace has approved it.
package struct ApplyToSell: Sendable {
    private let enrol: VendorEnrolment
    private let requirements = RequirementStore()
    private let addRegistration: AddRegistration
    private let keepLocations: KeepPickupLocations
    private let update: UpdateVendor
    private let createKey: CreateAPIKey
    private let addMember: AddMember
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        enrol = VendorEnrolment(ids: ids)
        addRegistration = AddRegistration(audit: audit, ids: ids, clock: clock)
        keepLocations = KeepPickupLocations(audit: audit, ids: ids, clock: clock)
        update = UpdateVendor(audit: audit, clock: clock)
        createKey = CreateAPIKey(audit: audit, ids: ids, clock: clock)
        addMember = AddMember(audit: audit, ids: ids, clock: clock)
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// - Throws: `Problem`: 409 ("slug-taken"); 422 with every field that is not acceptable; `PostgresError`.
    package func callAsFunction(
        _ new: NewApplication, by principal: Principal, in work: UnitOfWork
    ) async throws -> ReceivedApplication {
        let draft = try await draft(of: new, in: work)
        let vendor = try await enrol(draft, by: .apply, to: .applied, actor: principal.actor, in: work)
        try await audit.append(
            AuditEntry(actor: principal.actor, action: VendorAct.apply.audited, subject: vendor.id), in: work)
        try work.publish(VendorChanged(vendorID: vendor.id))
        let created = try await createKey.issue(
            NewAPIKey(name: "Application", role: .vendorApplicant, vendor: vendor.id.uuid, expiresAt: nil),
            by: principal, in: work)
        if let account = principal.signedIn?.account {
            try await addMember.applicant(account, of: vendor.id.uuid, in: work)
        }
        try await attach(new, to: vendor, by: principal.actor, in: work)
        let details = try await update(vendor.id, new.profile, version: nil, by: created.key.principal, in: work)
        return ReceivedApplication(details: details, token: created.token)
    }

    private func draft(of new: NewApplication, in work: UnitOfWork) async throws -> VendorEnrolment.Draft {
        var check = InputCheck()
        check.text("/name", new.name, Vendor.name)
        let email = check.email("/email", new.email)
        let slug = new.slug.map { check.vendorSlug("/slug", $0) } ?? nil
        new.identity.check(&check)
        for (name, count) in [
            ("registrations", new.registrations.count), ("pickup_locations", new.locations.count),
        ] {
            check.number("/\(name)", count, in: NewApplication.attachments)
        }
        try check.finish()
        guard let email else { throw Problem.invalidInput([]) }
        try await requirements.requireServed(new.identity.country, in: work)
        return VendorEnrolment.Draft(
            id: ID(uuid: ids.next()), name: new.name, slug: slug, email: email, identity: new.identity,
            createdAt: clock.now.roundedToMicroseconds)
    }

    private func attach(
        _ new: NewApplication, to vendor: Vendor, by actor: AuditActor, in work: UnitOfWork
    ) async throws {
        _ = try await addRegistration.add(
            new.registrations, to: vendor, at: { "/registrations/\($0)" }, by: actor, in: work)
        _ = try await keepLocations.add(
            new.locations, to: vendor, at: { "/pickup_locations/\($0)" }, by: actor, in: work)
    }
}
