import Addresses
package import Core
import Foundation
package import Identity
package import Jobs
import Media
import Postgres
import Registrations
import Values

/// A vendor together with what customers read about it.
package struct VendorDetails: Hashable, Sendable {
    package let vendor: Vendor
    package let profile: VendorProfile

    package init(vendor: Vendor, profile: VendorProfile) {
        self.vendor = vendor
        self.profile = profile
    }
}

/// Edits a vendor and its profile from the version that the editor saw.
package struct UpdateVendor: Sendable {
    private let vendors = VendorStore()
    private let profiles = ProfileStore()
    private let slugs = SlugStore()
    private let references = MediaReferences()
    private let regions = RegionStore()
    private let requirements = RequirementStore()
    private let audit: AuditStore
    private let clock: any WallClock

    package init(audit: AuditStore, clock: some WallClock) {
        self.audit = audit
        self.clock = clock
    }

    /// The vendor after the edit. `version` nil edits whatever version there is.
    /// - Throws: `Problem`: 404; 409 ("slug-taken"), or ("vendor-state") where it is closed, or where a vendor says who it is after the
    ///   marketplace has looked at that; 412 ("version-mismatch"); 422 with every field that is not acceptable; `PostgresError`.
    package func callAsFunction(
        _ id: ID<Vendor>, _ changes: VendorChanges, version: Int64?, by principal: Principal, in work: UnitOfWork
    ) async throws -> VendorDetails {
        let old = try await vendors.held(id, visibleTo: principal.visibility, in: work)
        guard version == nil || version == old.version else { throw Problem.versionMismatch(current: old.version) }
        try allow(changes, of: old, by: principal)
        guard let profile = try await profiles.profile(of: id, visibleTo: principal.visibility, in: work) else {
            throw Problem.notFound("vendor")
        }
        var check = InputCheck()
        let slug = changes.slug.map { check.vendorSlug("/slug", $0) } ?? nil
        let vendor = try await edited(old, changes, slug: slug, &check, in: work)
        let changed = try await edited(profile, changes, of: vendor, &check, in: work)
        try check.finish()
        if let slug, slug.rawValue != old.slug {
            let isOurs = try await slugs.change(to: slug, of: id, at: clock.now.roundedToMicroseconds, in: work)
            guard isOurs else { throw Problem.slugTaken }
        }
        if case .keep = changes.logo {
        } else {
            try await references.set(
                changed.logo.map { [$0] } ?? [], ownedBy: id.uuid, for: .vendorImage, visibility: .public, from: id,
                as: "logo", pointer: "/logo_media_id", in: work)
        }
        try await vendors.update(vendor, in: work)
        try await profiles.update(changed, of: id, in: work)
        try work.publish(VendorChanged(vendorID: id))
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "vendor.updated", subject: id,
                payload: [
                    "fields": .array(changes.fieldNames.map(JSONValue.string)), "version": .integer(vendor.version),
                ]),
            in: work)
        return VendorDetails(vendor: vendor, profile: changed)
    }

    /// Who it is the marketplace has approved; it alone says so anew.
    private func allow(_ changes: VendorChanges, of vendor: Vendor, by principal: Principal) throws(Problem) {
        guard vendor.status != .closed else { throw .vendorState("The vendor is closed", vendor.status) }
        if changes.namesIdentity, !vendor.status.isApplication, principal.visibility != .everything {
            throw .vendorState(
                "Legal name, country and kind are what the marketplace has looked at: ask it to change them",
                vendor.status)
        }
    }

    private func edited(
        _ old: Vendor, _ changes: VendorChanges, slug: Slug?, _ check: inout InputCheck, in work: UnitOfWork
    ) async throws -> Vendor {
        if let name = changes.name { check.text("/name", name, Vendor.name) }
        let email = changes.email.map { check.email("/email", $0) } ?? old.email
        if case .set(let holiday) = changes.holiday { holiday.check(&check, at: "/holiday") }
        let identity = try await identity(of: old, changes, &check, in: work)
        return Vendor(
            id: old.id, name: changes.name ?? old.name, slug: slug?.rawValue ?? old.slug, email: email ?? old.email,
            status: old.status, identity: identity, holiday: changes.holiday.applied(to: old.holiday),
            mailsLowStock: changes.mailsLowStock ?? old.mailsLowStock, version: old.version + 1,
            createdAt: old.createdAt)
    }

    private func identity(
        of old: Vendor, _ changes: VendorChanges, _ check: inout InputCheck, in work: UnitOfWork
    ) async throws -> VendorIdentity? {
        guard changes.namesIdentity else { return old.identity }
        guard let legalName = changes.legalName ?? old.identity?.legalName,
            let country = changes.country ?? old.identity?.country, let kind = changes.kind ?? old.identity?.kind
        else {
            check.fail("/legal_name", "incomplete", "comes together with country and kind")
            return nil
        }
        let identity = VendorIdentity(legalName: legalName, country: country, kind: kind)
        identity.check(&check)
        if let known = old.identity, known.country != country {
            check.fail("/country", "fixed", "can’t change: registrations, addresses and accounts are of the old one")
        } else if try await !requirements.isServed(country, in: work) {
            check.fail("/country", "not_served", "is no country from which vendors are taken")
        }
        return identity
    }

    private func edited(
        _ old: VendorProfile, _ changes: VendorChanges, of vendor: Vendor, _ check: inout InputCheck,
        in work: UnitOfWork
    ) async throws -> VendorProfile {
        var profile = old
        if let text = changes.description { check.text("/description", text, VendorProfile.description) }
        if let text = changes.returnPolicy { check.text("/return_policy", text, VendorProfile.policy) }
        if let text = changes.shippingPolicy { check.text("/shipping_policy", text, VendorProfile.policy) }
        profile.description = changes.description ?? old.description
        profile.returnPolicy = changes.returnPolicy ?? old.returnPolicy
        profile.shippingPolicy = changes.shippingPolicy ?? old.shippingPolicy
        profile.logo = changes.logo.applied(to: old.logo)
        profile.supportEmail = changes.supportEmail.applied(to: old.supportEmail) {
            check.email("/support_email", $0)
        }
        profile.supportPhone = changes.supportPhone.applied(to: old.supportPhone) {
            check.phone("/support_phone", $0)
        }
        profile.grievanceOfficer = changes.grievanceOfficer.applied(to: old.grievanceOfficer) {
            $0.checked(&check, at: "/grievance_officer")
        }
        profile.registeredAddress = try await address(of: vendor, changes, old, &check, in: work)
        return profile
    }

    private func address(
        of vendor: Vendor, _ changes: VendorChanges, _ old: VendorProfile, _ check: inout InputCheck,
        in work: UnitOfWork
    ) async throws -> PostalAddress? {
        guard case .set(let entered) = changes.registeredAddress else {
            return changes.registeredAddress == .clear ? nil : old.registeredAddress
        }
        guard let market = vendor.market else { throw Problem.vendorUnidentified }
        return entered.checked(
            &check, at: "/registered_address", in: market, regions: try await regions.regions(of: market, in: work),
            on: CivilDate(clock.now, in: market))
    }
}

extension Edit {
    fileprivate func applied(to old: Value?) -> Value? { applied(to: old) { $0 } }

    fileprivate func applied<Checked>(to old: Checked?, _ check: (Value) -> Checked?) -> Checked? {
        switch self {
        case .keep: old
        case .clear: nil
        case .set(let new): check(new)
        }
    }
}

extension VendorChanges {
    /// The fields that it changes, for the audit record, which never says what a person is called.
    fileprivate var fieldNames: [String] {
        [
            ("name", name != nil), ("slug", slug != nil), ("email", email != nil), ("legal_name", legalName != nil),
            ("country", country != nil), ("kind", kind != nil), ("description", description != nil),
            ("logo_media_id", logo != .keep), ("return_policy", returnPolicy != nil),
            ("shipping_policy", shippingPolicy != nil), ("support_email", supportEmail != .keep),
            ("support_phone", supportPhone != .keep), ("grievance_officer", grievanceOfficer != .keep),
            ("registered_address", registeredAddress != .keep), ("holiday", holiday != .keep),
            ("mails_low_stock", mailsLowStock != nil),
        ].filter(\.1).map(\.0)
    }
}
