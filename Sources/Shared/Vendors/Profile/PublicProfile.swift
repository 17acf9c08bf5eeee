package import Core
import Foundation
import Identity
package import Postgres
import Registrations
import Values

/// What everybody may read about a vendor, and what law wants buyers to be shown.
package struct PublicProfile: Hashable, Sendable {
    package let vendor: Vendor
    package let profile: VendorProfile
    /// Tax registrations that are shown to buyers and valid now.
    package let registrations: [TaxRegistration]
    /// Licences that were accepted and have not expired.
    package let licences: [VendorDocument]
    /// Whether its goods can be bought now.
    package let isSelling: Bool

    package init(
        vendor: Vendor, profile: VendorProfile, registrations: [TaxRegistration], licences: [VendorDocument],
        isSelling: Bool
    ) {
        self.vendor = vendor
        self.profile = profile
        self.registrations = registrations
        self.licences = licences
        self.isSelling = isSelling
    }
}

/// Finds a vendor's public profile by the name that it has or once had.
package struct ReadPublicProfile: Sendable {
    private let clock: any WallClock

    package init(clock: some WallClock) { self.clock = clock }

    /// nil where no vendor that may be read about is called so.
    package func callAsFunction(
        _ slug: String, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> PublicProfile? {
        let all = VendorStore()
        guard let id = try await SlugStore().vendor(called: slug, in: executor),
            let vendor = try await all.vendor(id, visibleTo: .everything, in: executor), vendor.status.isPublic,
            let profile = try await ProfileStore().profile(of: id, visibleTo: .everything, in: executor)
        else { return nil }
        let now = clock.now
        let day = vendor.market.map { CivilDate(now, in: $0) } ?? CivilDate(utc: now)
        let registrations = try await RegistrationStore().registrations(of: id, visibleTo: .everything, in: executor)
        let documents = try await DocumentStore().documents(of: id, visibleTo: .everything, in: executor)
        return PublicProfile(
            vendor: vendor, profile: profile,
            registrations: registrations.filter { $0.kind.isPublic && $0.status == .verified && $0.isValid(on: day) },
            licences: documents.filter {
                ($0.kind == .tradeLicence || $0.kind == .foodLicence) && $0.status == .accepted
                    && !$0.isExpired(on: day)
            },
            isSelling: vendor.status == .active && !(vendor.holiday?.contains(now) ?? false))
    }
}
