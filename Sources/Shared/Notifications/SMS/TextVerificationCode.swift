package import Core
package import Foundation
package import Identity
package import Jobs

/// Sends a code to the telephone that it was asked for.
package struct TextVerificationCode: Sendable {
    /// For one verification.
    package struct Job: JobPayload, Hashable {
        package static let kind = "notifications.text_verification_code"
        package static let queue = QueueName.sms

        package let verificationID: ID<Verification>

        package init(verificationID: ID<Verification>) { self.verificationID = verificationID }

        package var uniqueKey: String? { "\(verificationID)" }
    }

    private let read: ReadVerificationMessage
    private let shop: String
    private let texter: Texter?

    /// - Parameters:
    ///   - shop: the host by which people know it.
    ///   - texter: nil where no gateway is set up.
    package init(read: ReadVerificationMessage, shop: String, texter: Texter?) {
        self.read = read
        self.shop = shop
        self.texter = texter
    }

    /// - Parameter jobID: identifies the message for good.
    /// - Throws: `PermanentJobFailure` without a gateway, and as ``Texter`` does.
    package func callAsFunction(_ job: Job, jobID: UUID, in claim: some Claim) async throws {
        guard let texter else { throw PermanentJobFailure("no SMS gateway is set up: HAAT_SMS_URL is missing") }
        try await texter.send(in: claim) { work in
            guard let message = try await read.message(for: job.verificationID, in: work),
                case .phone(let number) = message.contact
            else { return nil }
            return ComposedSMS(
                id: jobID, subject: .of(job.verificationID), recipient: number, locale: MessageLocale(message.locale),
                template: VerificationCodeSMS(message, shop: shop))
        }
    }
}
