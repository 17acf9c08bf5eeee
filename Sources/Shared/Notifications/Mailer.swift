package import Core
import Faults
import Foundation
import Jobs
package import Logging
import Metrics
import Orders

/// Takes a message from its template to the mail server and keeps the books on it.
package struct Mailer: Sendable {
    private let transport: any MailTransport
    private let sender: Mailbox
    private let audit: AuditStore
    private let clock: any WallClock
    private let logger: Logger
    private let locale = MailLocale.english

    package init(transport: any MailTransport, sender: Mailbox, audit: AuditStore, clock: any WallClock, logger: Logger)
    {
        self.transport = transport
        self.sender = sender
        self.audit = audit
        self.clock = clock
        self.logger = logger
    }

    /// Sends a message that was not sent before. Between the server's acceptance and our note of it lies one commit; a process
    /// that dies there leaves the row as `sending`, and the repeat carries the same Message-ID.
    ///
    /// - Parameters:
    ///   - claim: ends with the note that it has left.
    ///   - compose: called in the transaction that notes the message as on its way: what it puts on record is there before the
    ///     message leaves, and not at all where it was sent before. `nil` where there is nothing to say after all.
    /// - Throws: `PermanentJobFailure` where the recipient is refused for good, ``SMTPError`` where another attempt may succeed.
    func send(
        in claim: some Claim, compose: @Sendable (UnitOfWork) async throws -> ComposedEmail?
    ) async throws {
        guard let (email, message) = try await begin(in: claim, compose: compose) else { return }
        do {
            try await transport.deliver(message)
        } catch {
            try await note(error, on: email, in: claim)
            if case .refused = error { throw PermanentJobFailure("\(email.template) for \(email.orderID): \(error)") }
            throw error
        }
        faultPoint("email.accepted")
        try await noteSent(email, messageID: message.id, in: claim)
    }

    /// The message, noted as on its way; `nil` where there is nothing to send.
    private func begin(
        in scope: some WorkScope, compose: @Sendable (UnitOfWork) async throws -> ComposedEmail?
    ) async throws -> (Email, MailMessage)? {
        let now = clock.now
        do {
            return try await scope.withUnitOfWork { work in
                guard let composed = try await compose(work) else { throw NothingToSend() }
                let (email, mail) = (composed.email, try composed.template.rendered(in: locale))
                let messageID = MailMessage.id(of: email.id, from: sender)
                guard try await EmailStore().begin(email, messageID: messageID, locale: locale, at: now, in: work)
                else {
                    throw NothingToSend()
                }
                let message = MailMessage(
                    key: email.id, from: sender, to: Mailbox(email.recipient), subject: mail.subject, date: now,
                    text: mail.text, html: mail.html)
                return (email, message)
            }
        } catch is NothingToSend {
            return nil
        }
    }

    private func noteSent(_ email: Email, messageID: String, in claim: some Claim) async throws {
        try await claim.finish { work in
            let now = clock.now
            try await EmailStore().markSent(email.id, at: now, in: work)
            if email.vendorID == nil {
                let event = OrderEvent(.emailSent, reference: email.template, at: now)
                try await OrderTimeline().append([event], to: email.orderID, in: work)
            }
            try await audit.append(entry("email.sent", email, ["message_id": .string(messageID)]), in: work)
        }
        count(email, "sent")
        logger.info("e-mail sent", metadata: ["template": "\(email.template)", "order_id": "\(email.orderID)"])
    }

    private func note(_ error: SMTPError, on email: Email, in scope: some WorkScope) async throws {
        let isFinal = if case .refused = error { true } else { false }
        try await scope.withUnitOfWork { work in
            try await EmailStore().markUnsent(
                email.id, as: isFinal ? .failed : .queued, because: error.description, at: clock.now, in: work)
            guard isFinal else { return }
            try await audit.append(entry("email.refused", email, ["reason": .string(error.description)]), in: work)
        }
        count(email, isFinal ? "refused" : "deferred")
    }

    private func entry(_ action: String, _ email: Email, _ more: [UTF8Text: JSONValue]) -> AuditEntry {
        let payload: [UTF8Text: JSONValue] = [
            "template": .string(email.template), "version": .integer(Int64(email.templateVersion)),
        ]
        return AuditEntry(
            actor: .system, action: action, subject: email.orderID,
            payload: .object(payload.merging(more) { _, new in new }))
    }

    private func count(_ email: Email, _ outcome: String) {
        Counter(label: "haat_emails_total", dimensions: [("template", email.template), ("outcome", outcome)])
            .increment()
    }
}

/// A message and what it says.
struct ComposedEmail: Sendable {
    let email: Email
    let template: any MailTemplate
}

/// Rolls back the note that a message is on its way.
private struct NothingToSend: Error {}
