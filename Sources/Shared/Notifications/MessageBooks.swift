import Core
import Faults
import Foundation
import Jobs
import Logging
import Metrics
import Orders

/// Keeps the books on the messages of one channel, so that each is sent once as far as the other side lets us: it is noted as on its way
/// before it leaves, and as sent in the commit that ends its claim.
struct MessageBooks: Sendable {
    private let channel: MessageChannel
    private let store: MessageStore
    private let audit: AuditStore
    private let clock: any WallClock
    private let logger: Logger

    init(_ channel: MessageChannel, audit: AuditStore, clock: any WallClock, logger: Logger) {
        self.channel = channel
        store = MessageStore(channel)
        self.audit = audit
        self.clock = clock
        self.logger = logger
    }

    /// Sends a message that was not sent before, and keeps the books on it.
    /// - Parameters:
    ///   - claim: ends with the note that it has left.
    ///   - compose: called in the transaction that notes the message as on its way. `nil` where there is nothing to say after all.
    ///   - deliver: returns once the other side has taken responsibility.
    /// - Throws: `PermanentJobFailure` where the other side refuses it for good, what `deliver` throws where another attempt may
    ///   succeed.
    func send<Words: Sendable, Failure: DeliveryError>(
        in claim: some Claim, compose: @Sendable (UnitOfWork) async throws -> (OwedMessage, Words)?,
        deliver: (Words) async throws(Failure) -> Void
    ) async throws {
        guard let (message, words) = try await begin(in: claim, compose: compose) else { return }
        do throws(Failure) {
            try await deliver(words)
        } catch {
            try await noteUnsent(message, isFinal: error.isFinal, because: error.description, in: claim)
            if error.isFinal {
                throw PermanentJobFailure("\(message.template) for \(message.subject.typeID): \(error)")
            }
            throw error
        }
        switch channel {
        case .email: faultPoint("email.accepted")
        case .sms: faultPoint("sms.accepted")
        }
        try await noteSent(message, in: claim)
    }

    /// The message with what it says, noted as on its way; `nil` where there is nothing to send.
    /// - Parameter compose: called in the transaction that notes it.
    private func begin<Words: Sendable>(
        in scope: some WorkScope,
        compose: @Sendable (UnitOfWork) async throws -> (OwedMessage, Words)?
    ) async throws -> (OwedMessage, Words)? {
        let now = clock.now
        do {
            return try await scope.withUnitOfWork { work in
                guard let (message, words) = try await compose(work),
                    try await store.begin(message, at: now, in: work)
                else { throw NothingToSend() }
                return (message, words)
            }
        } catch is NothingToSend {
            return nil
        }
    }

    /// Ends the claim.
    private func noteSent(_ message: OwedMessage, in claim: some Claim) async throws {
        try await claim.finish { work in
            let now = clock.now
            try await store.markSent(message.id, at: now, in: work)
            if channel == .email, case .order(let order) = message.subject {
                let event = OrderEvent(.emailSent, reference: message.template, at: now)
                try await OrderTimeline().append([event], to: order, in: work)
            }
            try await audit.append(entry("sent", message, ["message_id": .string(message.messageID)]), in: work)
        }
        count(message, "sent")
        logger.info(
            "message sent",
            metadata: [
                "channel": "\(channel.rawValue)", "template": "\(message.template)",
                "subject": "\(message.subject.typeID)",
            ])
    }

    /// - Parameters:
    ///   - isFinal: another attempt can't succeed.
    ///   - reason: without a word about the recipient.
    private func noteUnsent(
        _ message: OwedMessage, isFinal: Bool, because reason: String, in scope: some WorkScope
    ) async throws {
        try await scope.withUnitOfWork { work in
            try await store.markUnsent(
                message.id, as: isFinal ? .failed : .queued, because: reason, at: clock.now, in: work)
            guard isFinal else { return }
            try await audit.append(entry("refused", message, ["reason": .string(reason)]), in: work)
        }
        count(message, isFinal ? "refused" : "deferred")
    }

    private func entry(_ verb: String, _ message: OwedMessage, _ more: [UTF8Text: JSONValue]) -> AuditEntry {
        let payload: [UTF8Text: JSONValue] = [
            "template": .string(message.template), "version": .integer(Int64(message.templateVersion)),
        ]
        return AuditEntry(
            actor: .system, action: "\(channel.rawValue).\(verb)", subject: message.subject.typeID,
            payload: .object(payload.merging(more) { _, new in new }))
    }

    private func count(_ message: OwedMessage, _ outcome: String) {
        let label =
            switch channel {
            case .email: "haat_emails_total"
            case .sms: "haat_sms_total"
            }
        Counter(label: label, dimensions: [("template", message.template), ("outcome", outcome)]).increment()
    }
}

/// Why the other side has not taken a message.
protocol DeliveryError: Error, CustomStringConvertible {
    /// Whether another attempt can't succeed.
    var isFinal: Bool { get }
}

extension SMTPError: DeliveryError {
    var isFinal: Bool { if case .refused = self { true } else { false } }
}

extension SMSError: DeliveryError {
    var isFinal: Bool { if case .refused = self { true } else { false } }
}

/// Rolls back the note that a message is on its way.
private struct NothingToSend: Error {}
