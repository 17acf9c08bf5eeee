package import Core
package import Foundation
package import Postgres

/// What is to be sent to whoever is invited.
package struct InvitationMessage: Sendable {
    package let email: EmailAddress
    package let token: Secret
    /// nil for the staff of the marketplace.
    package let vendor: UUID?
    package let locale: LanguageTag
}

/// Finds out what has to be sent for an invitation.
package struct ReadInvitationMessage: Sendable {
    private let store = InvitationStore()
    private let tokens: InvitationTokens
    private let clock: any WallClock

    package init(tokens: InvitationTokens, clock: some WallClock) {
        self.tokens = tokens
        self.clock = clock
    }

    /// nil where nothing is to be sent: it was accepted or revoked, or has expired.
    package func message(
        for id: ID<Invitation>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> InvitationMessage? {
        guard let invitation = try await store.invitation(id, visibleTo: .everything, in: executor),
            invitation.state(at: clock.now) == .open,
            let hash = try await store.tokenHash(of: id, in: executor),
            let token = tokens.token(of: id, hashed: hash)
        else { return nil }
        return InvitationMessage(
            email: invitation.email, token: token.text, vendor: invitation.vendor, locale: invitation.locale)
    }
}
