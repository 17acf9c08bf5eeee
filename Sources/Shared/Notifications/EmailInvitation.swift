package import Core
package import Foundation
package import Identity
package import Jobs
import Vendors

/// Sends an invitation to whom it is for.
package struct EmailInvitation: Sendable {
    /// For one invitation.
    package struct Job: JobPayload, Hashable {
        package static let kind = "notifications.email_invitation"
        package static let queue = QueueName.email

        package let invitationID: ID<Invitation>

        package init(invitationID: ID<Invitation>) { self.invitationID = invitationID }

        package var uniqueKey: String? { "\(invitationID)" }
    }

    private let read: ReadInvitationMessage
    private let shop: String
    private let publicURL: String
    private let mailer: Mailer

    /// - Parameters:
    ///   - shop: the host by which people know it.
    ///   - publicURL: where its pages are, without a final slash.
    package init(read: ReadInvitationMessage, shop: String, publicURL: String, mailer: Mailer) {
        self.read = read
        self.shop = shop
        self.publicURL = publicURL
        self.mailer = mailer
    }

    /// - Parameter jobID: identifies the message for good.
    package func callAsFunction(_ job: Job, jobID: UUID, in claim: some Claim) async throws {
        try await mailer.send(in: claim) { work in
            guard let message = try await read.message(for: job.invitationID, in: work) else { return nil }
            var vendor: Vendor?
            if let id = message.vendor {
                vendor = try await VendorStore().vendor(ID(uuid: id), visibleTo: .everything, in: work)
            }
            return ComposedEmail(
                id: jobID, subject: .of(job.invitationID), recipient: message.email,
                locale: MessageLocale(message.locale),
                template: InvitationMail(
                    team: vendor?.name, shop: shop, link: "\(publicURL)/invitations/\(message.token.reveal())"))
        }
    }
}
