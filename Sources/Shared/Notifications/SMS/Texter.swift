package import Core
package import Foundation
package import Jobs
package import Logging

/// Takes a text from its template to the SMS gateway and keeps the books on it, as ``Mailer`` does for mail.
package struct Texter: Sendable {
    private let transport: any SMSTransport
    private let books: MessageBooks

    package init(transport: any SMSTransport, audit: AuditStore, clock: any WallClock, logger: Logger) {
        self.transport = transport
        books = MessageBooks(.sms, audit: audit, clock: clock, logger: logger)
    }

    /// Sends a text that was not sent before. Between the gateway's acceptance and our note of it lies one commit; a process that dies
    /// there leaves the row as `sending`, and the text is sent once more under the same id: a gateway that doesn't look at it delivers
    /// it twice, which is better than not at all.
    ///
    /// - Parameters:
    ///   - claim: ends with the note that it has left.
    ///   - compose: called in the transaction that notes the text as on its way. `nil` where there is nothing to say after all.
    /// - Throws: `PermanentJobFailure` where the gateway refuses it for good, ``SMSError`` where another attempt may succeed.
    package func send(
        in claim: some Claim, compose: @Sendable (UnitOfWork) async throws -> ComposedSMS?
    ) async throws {
        try await books.send(in: claim) { work in
            try await compose(work).map { sms in (owed(sms), message(sms)) }
        } deliver: { message throws(SMSError) in
            try await transport.deliver(message)
        }
    }

    private func owed(_ sms: ComposedSMS) -> OwedMessage {
        let template = type(of: sms.template)
        return OwedMessage(
            id: sms.id, subject: sms.subject, template: template.name, templateVersion: template.version,
            locale: sms.locale,
            recipient: sms.recipient.rawValue, messageID: Self.messageID(of: sms))
    }

    private func message(_ sms: ComposedSMS) -> SMSMessage {
        SMSMessage(id: Self.messageID(of: sms), to: sms.recipient, text: sms.template.text(in: sms.locale))
    }

    private static func messageID(of sms: ComposedSMS) -> String { sms.id.uuidString.lowercased() }
}

/// A text and to whom it goes.
package struct ComposedSMS: Sendable {
    /// Identifies it for good, such as the id of the job that sends it.
    package let id: UUID
    package let subject: MessageSubject
    package let recipient: PhoneNumber
    package let locale: MessageLocale
    package let template: any SMSTemplate

    package init(
        id: UUID, subject: MessageSubject, recipient: PhoneNumber, locale: MessageLocale = .english,
        template: any SMSTemplate
    ) {
        self.id = id
        self.subject = subject
        self.recipient = recipient
        self.locale = locale
        self.template = template
    }
}
