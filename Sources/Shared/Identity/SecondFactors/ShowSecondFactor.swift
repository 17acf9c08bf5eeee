package import Core
import Foundation
package import Jobs
import Postgres

/// Notes in a session that its holder has shown a second factor, which then counts as fresh for a while.
package struct ShowSecondFactor: Sendable {
    private let store = SecondFactorStore()
    private let sessions = SessionStore()
    private let audit: AuditStore
    private let clock: any WallClock

    package init(audit: AuditStore, clock: some WallClock) {
        self.audit = audit
        self.clock = clock
    }

    /// - Throws: a 422 `Problem` where the code was used before; `PostgresError`.
    package func callAsFunction(_ shown: ShownCode, by principal: Principal, in work: UnitOfWork) async throws {
        try await shown.use(in: work)
        try await note(by: principal, with: "totp", in: work)
    }

    /// Uses a recovery code up.
    /// - Throws: a 409 `Problem` where there is no second factor to stand in for, a 422 one for a code that is none of theirs or was
    ///   used; `PostgresError`.
    package func callAsFunction(
        recoveryCode text: String, by principal: Principal, in work: UnitOfWork
    ) async throws {
        let account = try principal.requireSignedIn().account
        guard try await store.isEnrolled(account, in: work) else { throw Problem.noSecondFactor }
        let time = clock.now.roundedToMicroseconds
        guard let code = RecoveryCode(typed: text),
            try await store.use(recoveryCode: code.hash, of: account, at: time, in: work)
        else { throw Problem.wrongCode(at: "/recovery_code") }
        try await note(by: principal, with: "recovery_code", in: work)
    }

    private func note(by principal: Principal, with means: String, in work: UnitOfWork) async throws {
        let signedIn = try principal.requireSignedIn()
        try await sessions.noteSecondFactor(in: signedIn.session, at: clock.now.roundedToMicroseconds, in: work)
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "second_factor.shown", subject: signedIn.account,
                payload: ["session": .string(signedIn.session.description), "means": .string(means)]), in: work)
    }
}
