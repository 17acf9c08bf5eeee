package import Core
import Foundation
package import Jobs
import Postgres

/// Asks for a code to be sent to a contact. Whether that has an account makes no difference here.
package struct RequestVerification: Sendable {
    private let store = VerificationStore()
    private let accounts = AccountStore()
    private let guesses = GuessStore()
    /// Over which codes can be sent.
    package let channels: Set<Contact.Channel>
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    /// - Parameter channels: over which codes can be sent.
    package init(channels: Set<Contact.Channel>, ids: UUIDv7Generator, clock: some WallClock) {
        self.channels = channels
        self.ids = ids
        self.clock = clock
    }

    /// - Parameters:
    ///   - device: the token of a device on which somebody has signed in before: those who ask elsewhere don't keep it from its share.
    ///   - principal: whose contact it is to become, for that purpose; else it does not matter who asks.
    /// - Throws: a 422 `Problem` for a channel over which nothing can be sent; a 429 one where too many messages to the contact were asked for; a 403 one for strangers who want to change a
    ///   contact; `PostgresError`.
    package func callAsFunction(
        _ purpose: Verification.Purpose, of contact: Contact, locale: LanguageTag, device: UTF8Text? = nil,
        by principal: Principal, in work: UnitOfWork
    ) async throws -> Verification {
        guard channels.contains(contact.channel) else { throw Problem.channelUnavailable(contact.channel) }
        let now = clock.now.roundedToMicroseconds
        let account = purpose == .contactChange ? try principal.requireSignedIn().account : nil
        try await admit(contact, device, account, in: work)
        let verification = Verification(
            id: ID(uuid: ids.next()), purpose: purpose, contact: contact, account: account, locale: locale,
            requestedAt: now)
        try await store.insert(verification, in: work)
        try work.publish(VerificationRequested(verificationID: verification.id, channel: contact.channel))
        return verification
    }

    private func admit(
        _ contact: Contact, _ device: UTF8Text?, _ account: ID<Account>?, in work: UnitOfWork
    ) async throws {
        let known = try await accounts.candidate(reachedAt: contact, on: device, in: work)?.device
        let target =
            known.map { GuessTarget(.verificationOnDevice, $0) }
            ?? GuessTarget(.verification, contact.comparisonKey)
        let count = try await guesses.take(target, at: clock.now, in: work)
        guard count.isAllowed else {
            throw Problem.guessedTooOften("Enough codes were sent there for now", retryAfter: count.retryAfter)
        }
    }
}

extension Problem {
    fileprivate static func channelUnavailable(_ channel: Contact.Channel) -> Problem {
        .invalidInput([
            FieldProblem(
                pointer: "/\(channel.rawValue)", code: "unavailable",
                message: "this marketplace sends no codes to a \(channel.rawValue)")
        ])
    }
}
