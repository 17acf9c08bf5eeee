package import Core
package import Foundation
package import Jobs
package import Logging

/// Takes a message from its template to the mail server and keeps the books on it.
package struct Mailer: Sendable {
    private let transport: any MailTransport
    private let sender: Mailbox
    private let books: MessageBooks
    private let clock: any WallClock

    package init(transport: any MailTransport, sender: Mailbox, audit: AuditStore, clock: any WallClock, logger: Logger)
    {
        self.transport = transport
        self.sender = sender
        self.clock = clock
        books = MessageBooks(.email, audit: audit, clock: clock, logger: logger)
    }

    /// Sends a message that was not sent before. Between the server's acceptance and our note of it lies one commit; a process
    /// that dies there leaves the row as `sending`, and the repeat carries the same Message-ID.
    ///
    /// - Parameters:
    ///   - claim: ends with the note that it has left.
    ///   - compose: called in the transaction that notes the message as on its way: what it puts on record is there before the
    ///     message leaves, and not at all where it was sent before. `nil` where there is nothing to say after all.
    /// - Throws: `PermanentJobFailure` where the recipient is refused for good, ``SMTPError`` where another attempt may succeed.
    package func send(
        in claim: some Claim, compose: @Sendable (UnitOfWork) async throws -> ComposedEmail?
    ) async throws {
        try await books.send(in: claim) { work in
            try await compose(work).map { email in (owed(email), message(email)) }
        } deliver: { message throws(SMTPError) in
            try await transport.deliver(message)
        }
    }

    private func owed(_ email: ComposedEmail) -> OwedMessage {
        let template = type(of: email.template)
        return OwedMessage(
            id: email.id, subject: email.subject, template: template.name, templateVersion: template.version,
            locale: email.locale,
            recipient: email.recipient.rawValue, messageID: MailMessage.id(of: email.id, from: sender))
    }

    private func message(_ email: ComposedEmail) -> MailMessage {
        let mail = email.template.rendered(in: email.locale)
        return MailMessage(
            key: email.id, from: sender, to: Mailbox(email.recipient), subject: mail.subject, date: clock.now,
            text: mail.text, html: mail.html)
    }
}

/// A message and what it says.
package struct ComposedEmail: Sendable {
    /// Identifies it for good, such as the id of the job that sends it.
    package let id: UUID
    package let subject: MessageSubject
    package let recipient: EmailAddress
    package let locale: MessageLocale
    package let template: any MailTemplate

    package init(
        id: UUID, subject: MessageSubject, recipient: EmailAddress, locale: MessageLocale = .english,
        template: any MailTemplate
    ) {
        self.id = id
        self.subject = subject
        self.recipient = recipient
        self.locale = locale
        self.template = template
    }
}
