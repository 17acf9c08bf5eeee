package import Core
import Foundation
package import Jobs
import Postgres

/// Ends sessions of one's own, at once and for good.
package struct EndSessions: Sendable {
    private let store = SessionStore()
    private let audit: AuditStore
    private let clock: any WallClock

    package init(audit: AuditStore, clock: some WallClock) {
        self.audit = audit
        self.clock = clock
    }

    /// One of them, such as that of a lost telephone; ending it again changes nothing.
    /// - Throws: a 404 `Problem` for a session of somebody else; `PostgresError`.
    package func end(_ session: ID<Session>, by principal: Principal, in work: UnitOfWork) async throws {
        let account = try principal.requireSignedIn().account
        guard try await store.revoke(session, of: account, at: clock.now.roundedToMicroseconds, in: work) else {
            guard try await store.exists(session, of: account, in: work) else { throw Problem.notFound("session") }
            return
        }
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "session.revoked", subject: account,
                payload: ["session": .string(session.description)]), in: work)
    }

    /// The very session by which the principal acts.
    package func signOut(_ principal: Principal, in work: UnitOfWork) async throws {
        try await end(try principal.requireSignedIn().session, by: principal, in: work)
    }

    /// All of them. Their devices are forgotten with them: whoever has stolen one is a stranger from then on.
    package func signOutEverywhere(_ principal: Principal, in work: UnitOfWork) async throws {
        let account = try principal.requireSignedIn().account
        let count = try await store.revokeAll(of: account, at: clock.now.roundedToMicroseconds, in: work)
        try await store.forgetDevices(of: account, in: work)
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "sessions.revoked", subject: account,
                payload: ["count": .integer(Int64(count))]), in: work)
    }
}
