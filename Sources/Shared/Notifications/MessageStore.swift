import Core
import Foundation
import Postgres

/// All SQL on the messages of one channel.
struct MessageStore: Sendable {
    private let table: String

    init(_ channel: MessageChannel) {
        table =
            switch channel {
            case .email: "emails"
            case .sms: "sms_messages"
            }
    }

    /// Notes that a message is about to be handed over.
    /// - Returns: false where it was sent before.
    func begin(
        _ message: OwedMessage, at now: Date, in work: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await work.execute(
            """
            INSERT INTO \(unescaped: table) AS known (id, order_id, vendor_id, subject, template, template_version, locale,
                recipient, state, attempts, message_id, created_at, updated_at)
            VALUES (\(message.id), \(message.subject.order), \(message.subject.vendor), \(message.subject.other),
                \(message.template), \(Int32(message.templateVersion)), \(message.locale.rawValue), \(message.recipient), 'sending', 1,
                \(message.messageID), \(now), \(now))
            ON CONFLICT (id) DO UPDATE SET state = 'sending', attempts = known.attempts + 1,
                template_version = excluded.template_version, recipient = excluded.recipient,
                updated_at = excluded.updated_at
            WHERE known.state <> 'sent'
            """) == 1
    }

    func markSent(_ id: UUID, at now: Date, in work: some PostgresExecutor) async throws(PostgresError) {
        try await work.deferUpdate(
            """
            UPDATE \(unescaped: table) SET state = 'sent', sent_at = \(now), updated_at = \(now), last_error = NULL
            WHERE id = \(id)
            """)
    }

    func markUnsent(
        _ id: UUID, as state: MessageState, because reason: String, at now: Date, in work: some PostgresExecutor
    ) async throws(PostgresError) {
        try await work.deferUpdate(
            """
            UPDATE \(unescaped: table) SET state = \(state), last_error = \(reason), updated_at = \(now)
            WHERE id = \(id) AND state <> 'sent'
            """)
    }
}
