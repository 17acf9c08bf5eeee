package import Core
package import Foundation
package import Identity
package import Jobs

/// Sends a code to the address that it was asked for.
package struct EmailVerificationCode: Sendable {
    /// For one verification.
    package struct Job: JobPayload, Hashable {
        package static let kind = "notifications.email_verification_code"
        package static let queue = QueueName.email

        package let verificationID: ID<Verification>

        package init(verificationID: ID<Verification>) { self.verificationID = verificationID }

        package var uniqueKey: String? { "\(verificationID)" }
    }

    private let read: ReadVerificationMessage
    private let shop: String
    private let mailer: Mailer

    /// - Parameter shop: the host by which people know it.
    package init(read: ReadVerificationMessage, shop: String, mailer: Mailer) {
        self.read = read
        self.shop = shop
        self.mailer = mailer
    }

    /// - Parameter jobID: identifies the message for good.
    package func callAsFunction(_ job: Job, jobID: UUID, in claim: some Claim) async throws {
        try await mailer.send(in: claim) { work in
            guard let message = try await read.message(for: job.verificationID, in: work),
                case .email(let address) = message.contact
            else { return nil }
            return ComposedEmail(
                id: jobID, subject: .of(job.verificationID), recipient: address, locale: MessageLocale(message.locale),
                template: VerificationCodeMail(message, shop: shop))
        }
    }
}
