package import Core
package import Foundation
package import Orders
import Postgres
package import Vendors

/// How far a message got.
package enum EmailState: String, Sendable, CaseIterable, PostgresCodable {
    case queued
    /// Handed to the mail server, whose answer is not noted yet. Where a process dies here, the message is sent once more under
    /// the same Message-ID.
    case sending
    case sent
    /// Refused for good.
    case failed
}

/// A message that the shop owes somebody.
package struct Email: Sendable {
    /// The id of the job that sends it.
    package let id: UUID
    package let orderID: ID<Order>
    /// The vendor it is for; `nil` for the customer.
    package let vendorID: ID<Vendor>?
    package let template: String
    package let templateVersion: Int
    package let recipient: EmailAddress
}

/// All SQL on the `emails` table.
struct EmailStore: Sendable {
    /// Notes that a message is about to be handed over.
    /// - Returns: false where it was sent before.
    func begin(
        _ email: Email, messageID: String, locale: MailLocale, at now: Date, in work: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await work.execute(
            """
            INSERT INTO emails (id, order_id, vendor_id, template, template_version, locale, recipient, state, attempts,
                message_id, created_at, updated_at)
            VALUES (\(email.id), \(email.orderID), \(email.vendorID), \(email.template), \(Int32(email.templateVersion)),
                \(locale.rawValue), \(email.recipient.rawValue), 'sending', 1, \(messageID), \(now), \(now))
            ON CONFLICT (id) DO UPDATE SET state = 'sending', attempts = emails.attempts + 1,
                template_version = excluded.template_version, recipient = excluded.recipient,
                updated_at = excluded.updated_at
            WHERE emails.state <> 'sent'
            """) == 1
    }

    func markSent(_ id: UUID, at now: Date, in work: some PostgresExecutor) async throws(PostgresError) {
        try await work.deferUpdate(
            """
            UPDATE emails SET state = 'sent', sent_at = \(now), updated_at = \(now), last_error = NULL WHERE id = \(id)
            """)
    }

    func markUnsent(
        _ id: UUID, as state: EmailState, because reason: String, at now: Date, in work: some PostgresExecutor
    ) async throws(PostgresError) {
        try await work.deferUpdate(
            """
            UPDATE emails SET state = \(state), last_error = \(reason), updated_at = \(now)
            WHERE id = \(id) AND state <> 'sent'
            """)
    }
}
