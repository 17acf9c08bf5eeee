package import Core
import Foundation
package import Identity
package import Jobs
import Postgres

/// Asks whoever reads a vendor's mail to be its owner: who has applied without an account has none otherwise.
package struct InviteOwner: Sendable {
    /// For one vendor.
    package struct Job: JobPayload, Hashable {
        package static let kind = "vendors.invite_owner"
        package static let queue = QueueName.email

        package let vendorID: ID<Vendor>

        package init(vendorID: ID<Vendor>) { self.vendorID = vendorID }

        package var uniqueKey: String? { "\(vendorID)" }
    }

    private let vendors = VendorStore()
    private let invite: Invite

    package init(invite: Invite) { self.invite = invite }

    package func callAsFunction(_ job: Job, in work: UnitOfWork) async throws {
        guard let vendor = try await vendors.vendor(job.vendorID, visibleTo: .everything, in: work) else {
            throw PermanentJobFailure("there is no vendor \(job.vendorID)")
        }
        _ = try await invite(
            NewInvitation(email: vendor.email, vendor: vendor.id.uuid, role: .builtIn(.vendorOwner)), by: .system,
            in: work)
    }
}
