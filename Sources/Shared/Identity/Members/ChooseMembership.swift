package import Core
import Foundation
package import Jobs
import Postgres

/// A session that acts as somebody else from now on, with the token that it is shown by since.
package struct SwitchedSession: Sendable {
    /// nil: as the account's owner.
    package let membership: Membership?
    package let transport: Session.Transport
    package let token: OpaqueToken
}

/// Lets a session act by one of its account's memberships, or as its owner again.
package struct ChooseMembership: Sendable {
    private let sessions = SessionStore()
    private let store = MembershipStore()
    private let audit: AuditStore
    private let clock: any WallClock
    private let randomness: @Sendable () -> any RandomNumberGenerator

    package init(
        audit: AuditStore, clock: some WallClock,
        randomness: @escaping @Sendable () -> any RandomNumberGenerator = { SystemRandomNumberGenerator() }
    ) {
        self.audit = audit
        self.clock = clock
        self.randomness = randomness
    }

    /// The session's former token opens nothing any more: whoever has got hold of it gains nothing.
    /// - Parameter id: nil: as the account's owner.
    /// - Throws: a 422 `Problem` for a membership that is none of theirs, a 409 one where the session was ended meanwhile;
    ///   `PostgresError`.
    package func callAsFunction(
        _ id: ID<Membership>?, by principal: Principal, in work: UnitOfWork
    ) async throws -> SwitchedSession {
        let signedIn = try principal.requireSignedIn()
        var membership: Membership?
        if let id {
            guard let own = try await store.membership(id, in: work), own.account == signedIn.account,
                own.removedAt == nil
            else { throw Problem.unknownMembership }
            membership = own
        }
        var generator = randomness()
        let token = OpaqueToken(.session, using: &generator)
        let transport = try await sessions.act(
            in: signedIn.session, by: id, tokenHash: token.hash, in: work)
        guard let transport else { throw Problem.sessionEnded }
        try await audit.append(
            AuditEntry(
                actor: .customer(signedIn.account), action: "session.switched", subject: signedIn.account,
                payload: [
                    "session": .string(signedIn.session.description),
                    "membership": id.map { .string($0.description) } ?? .null,
                ]), in: work)
        return SwitchedSession(membership: membership, transport: transport, token: token)
    }
}
