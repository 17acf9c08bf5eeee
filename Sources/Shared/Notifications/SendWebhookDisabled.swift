package import Core
package import Foundation
package import Identity
package import Jobs
package import OutgoingWebhooks
package import Vendors

/// Tells those who look after an endpoint that nothing is sent to it any more.
package struct SendWebhookDisabled: Sendable {
    /// One mail for each of them.
    package struct Job: JobPayload, Hashable {
        package static let kind = "notifications.webhook_disabled"
        package static let queue = QueueName.email

        package let endpointID: ID<WebhookEndpoint>
        package let vendorID: ID<Vendor>?

        package init(_ event: WebhookEndpointDisabled) {
            (endpointID, vendorID) = (event.endpointID, event.vendorID)
        }
    }

    /// The mail to one of them: of a vendor's team by the account, of the staff by the membership.
    package struct MailJob: JobPayload, Hashable {
        package static let kind = "notifications.email_webhook_disabled"
        package static let queue = QueueName.email

        package let endpointID: ID<WebhookEndpoint>
        package let accountID: ID<Account>?
        package let membershipID: ID<Membership>?
    }

    /// Of one team.
    private static let mostRecipients = 50

    private let directory = StaffDirectory()
    private let shop: String
    private let mailer: Mailer

    /// - Parameter shop: the host by which people know it.
    package init(shop: String, mailer: Mailer) {
        self.shop = shop
        self.mailer = mailer
    }

    package func callAsFunction(_ job: Job, in work: UnitOfWork) async throws {
        guard let vendor = job.vendorID else {
            for one in try await directory.staff(whoMay: .webhooksManage, atMost: Self.mostRecipients, in: work) {
                try work.enqueue(
                    MailJob(endpointID: job.endpointID, accountID: nil, membershipID: one.membership))
            }
            return
        }
        for member in try await members(of: vendor, in: work) {
            try work.enqueue(MailJob(endpointID: job.endpointID, accountID: member.account, membershipID: nil))
        }
    }

    private func members(of vendor: ID<Vendor>, in work: UnitOfWork) async throws -> [MemberAddress] {
        try await MembershipStore().addressees(
            in: vendor.uuid, having: .webhooksManage, limit: Self.mostRecipients, in: work)
    }

    /// - Parameter jobID: identifies the message for good.
    package func mail(_ job: MailJob, jobID: UUID, in claim: some Claim) async throws {
        try await mailer.send(in: claim) { work in
            // Somebody may have enabled it meanwhile.
            guard
                let endpoint = try await WebhookEndpointStore().endpoint(
                    job.endpointID, visibleTo: .everything, in: work),
                let disabling = endpoint.disabling,
                let (email, locale) = try await recipient(of: job, about: endpoint, in: work)
            else { return nil }
            return ComposedEmail(
                id: jobID, subject: .of(endpoint.id), recipient: email, locale: locale,
                template: WebhookDisabledMail(host: endpoint.terms.host, reason: disabling.reason, shop: shop))
        }
    }

    /// nil for who has left.
    private func recipient(
        of job: MailJob, about endpoint: WebhookEndpoint, in work: UnitOfWork
    ) async throws -> (EmailAddress, MessageLocale)? {
        if let membership = job.membershipID {
            return try await directory.staff(membership, in: work).map { ($0.email, MessageLocale($0.locale)) }
        }
        guard let vendor = endpoint.vendor else { return nil }
        return try await members(of: vendor, in: work).first { $0.account == job.accountID }
            .map { ($0.email, MessageLocale($0.locale)) }
    }
}
