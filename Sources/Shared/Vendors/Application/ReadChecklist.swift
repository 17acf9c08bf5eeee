package import Core
import Foundation
package import Identity
package import Postgres
import Registrations
import Values

/// Compares what a vendor has shown with what is asked of it.
package struct ReadChecklist: Sendable {
    private let vendors = VendorStore()
    private let requirements = RequirementStore()
    private let clock: any WallClock

    package init(clock: some WallClock) { self.clock = clock }

    /// - Throws: `Problem`: 404; 409 ("vendor-unidentified"); `PostgresError`.
    package func callAsFunction(
        _ id: ID<Vendor>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws -> Checklist {
        guard let vendor = try await vendors.vendor(id, visibleTo: visibility, in: executor) else {
            throw Problem.notFound("vendor")
        }
        return try await checklist(of: vendor, in: executor)
    }

    func checklist(of vendor: Vendor, in executor: some PostgresExecutor) async throws -> Checklist {
        guard let identity = vendor.identity, let market = vendor.market else { throw Problem.vendorUnidentified }
        let day = CivilDate(clock.now, in: market)
        var evidence = VendorEvidence()
        let all = Visibility.everything
        evidence.registrations = try await RegistrationStore().registrations(
            of: vendor.id, visibleTo: all, in: executor)
        evidence.documents = try await DocumentStore().documents(of: vendor.id, visibleTo: all, in: executor)
        evidence.locations = try await PickupLocationStore().locations(of: vendor.id, visibleTo: all, in: executor)
        evidence.payoutAccounts = try await PayoutAccountStore().accounts(of: vendor.id, visibleTo: all, in: executor)
        if let profile = try await ProfileStore().profile(of: vendor.id, visibleTo: all, in: executor) {
            evidence.profile = profile
        }
        return Checklist(try await requirements.requirements(of: identity, on: day, in: executor), evidence, on: day)
    }
}
