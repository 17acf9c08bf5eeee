package import Core
import Foundation
package import Jobs
import Postgres

/// A support session that was just begun, with the token that is shown once.
package struct StartedSupportSession: Sendable {
    package let session: SupportSession
    package let token: OpaqueToken
}

/// Lets somebody of the staff act in another's place for a while. What they see and do is on record under both names.
package struct ActAs: Sendable {
    private let store = SupportSessionStore()
    private let sessions = SessionStore()
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock
    private let randomness: @Sendable () -> any RandomNumberGenerator

    package init(
        audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock,
        randomness: @escaping @Sendable () -> any RandomNumberGenerator = { SystemRandomNumberGenerator() }
    ) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
        self.randomness = randomness
    }

    /// - Throws: `Problem`: 403 for those who are not of the staff, or may not write; 422; `PostgresError`.
    package func start(
        _ new: NewSupportSession, by principal: Principal, from client: Client, in work: UnitOfWork
    ) async throws -> StartedSupportSession {
        try new.check()
        let signedIn = try principal.requireSignedIn()
        guard case .staff(let member) = principal.kind, principal.support == nil else { throw Problem.signInRequired }
        if new.mayWrite { try principal.requireHolding([.supportWrite]) }
        let now = clock.now.roundedToMicroseconds
        let support = SupportSession(
            id: ID(uuid: ids.next()), member: ID(uuid: member), place: new.place, reason: new.reason,
            mayWrite: new.mayWrite, createdAt: now, expiresAt: now + TimeInterval(new.minutes * 60))
        try await insert(support, in: work)
        var generator = randomness()
        let token = OpaqueToken(.session, using: &generator)
        try await sessions.insert(
            support, inPlaceOf: signedIn, id: ID(uuid: ids.next()), tokenHash: token.hash, from: client, in: work)
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "support_session.started", subject: support.id,
                payload: ["as": .string(new.place.actor.rawValue), "may_write": .bool(new.mayWrite)]), in: work)
        return StartedSupportSession(session: support, token: token)
    }

    /// At once. Ending it again changes nothing.
    /// - Throws: a 404 `Problem`; `PostgresError`.
    package func end(
        _ id: ID<SupportSession>, by principal: Principal, in work: UnitOfWork
    ) async throws -> SupportSession {
        let isEnded = try await store.end(id, at: clock.now.roundedToMicroseconds, in: work)
        guard let session = try await store.session(id, in: work) else { throw Problem.notFound("support session") }
        if isEnded {
            try await audit.append(
                AuditEntry(actor: principal.actor, action: "support_session.ended", subject: id), in: work)
        }
        return session
    }

    private func insert(_ support: SupportSession, in work: UnitOfWork) async throws {
        do {
            try await store.insert(support, in: work)
        } catch {
            switch error.constraintName {
            case "support_sessions_account":
                throw Problem.invalidInput([
                    FieldProblem(pointer: "/customer_id", code: "unknown", message: "there is no such customer")
                ])
            case "support_sessions_vendor": throw Problem.unknownVendor
            default: throw error
            }
        }
    }
}
