package import Core
import Foundation
package import Jobs
package import Postgres

/// Gives accounts another password.
package struct ChangePassword: Sendable {
    private let accounts = AccountStore()
    private let sessions = SessionStore()
    private let guesses = GuessStore()
    private let hasher: PasswordHasher
    private let audit: AuditStore
    private let clock: any WallClock

    package init(hasher: PasswordHasher, audit: AuditStore, clock: some WallClock) {
        self.hasher = hasher
        self.audit = audit
        self.clock = clock
    }

    /// The hash of a password that is to be new.
    /// - Parameter pointer: of its field.
    /// - Throws: 422 for one that can't be, 503 where too many are hashed, as a `Problem`.
    package func hash(_ text: String, at pointer: String = "/password") async throws -> PasswordHash {
        var check = InputCheck()
        check.newPassword(pointer, text)
        try check.finish()
        return try await hasher.hash(Password(text))
    }

    /// Comes before the principal's own password is changed: whoever has but their session must not be able to. An account without
    /// a password asks for none. A guess is counted at once: `executor` is no transaction that may be rolled back.
    /// - Throws: 422 where the present one is missing or wrong, 429 after too many, as a `Problem`; `PostgresError`.
    package func checkPresent(
        _ present: String?, of principal: Principal, in executor: some PostgresExecutor
    ) async throws {
        let account = try principal.requireSignedIn().account
        guard let hash = try await accounts.passwordHash(of: account, in: executor) else { return }
        guard let present else { throw Self.wrong("required", "is required") }
        let target = GuessTarget(.presentPassword, account)
        let count = try await guesses.take(target, at: clock.now, in: executor)
        guard count.isAllowed else {
            throw Problem.guessedTooOften("Wrong passwords were shown too often", retryAfter: count.retryAfter)
        }
        guard try await hasher.verify(Password(present), against: hash) else {
            throw Self.wrong("wrong", "is not the present password")
        }
        try await guesses.giveBack(target, in: executor)
    }

    /// Ends all other sessions of the principal, and forgets other devices with them.
    package func change(_ hash: PasswordHash, by principal: Principal, in work: UnitOfWork) async throws {
        let signedIn = try principal.requireSignedIn()
        try await set(
            hash, of: signedIn.account, keeping: signedIn, "account.password_changed", by: principal.actor, in: work)
    }

    /// The same for somebody who has lost theirs and has shown the code that was sent to the contact; ends all sessions.
    /// - Throws: a 409 `Problem` where the code was used meanwhile, a 422 one where nobody has the contact; `PostgresError`.
    package func reset(_ hash: PasswordHash, of proven: ProvenContact, in work: UnitOfWork) async throws {
        try await proven.use(at: clock.now.roundedToMicroseconds, in: work)
        guard let account = try await accounts.account(reachedAt: proven.verification.contact, in: work) else {
            // Nothing was sent there: the code was guessed.
            throw Problem.wrongCode
        }
        try await set(
            hash, of: account.id, keeping: nil, "account.password_reset", by: .customer(account.id), in: work)
    }

    private func set(
        _ hash: PasswordHash, of account: ID<Account>, keeping kept: SignedIn?, _ action: String,
        by actor: AuditActor, in work: UnitOfWork
    ) async throws {
        let now = clock.now.roundedToMicroseconds
        try await accounts.setPassword(of: account, to: hash, at: now, in: work)
        try await sessions.revokeAll(of: account, but: kept?.session, at: now, in: work)
        try await sessions.forgetDevices(of: account, but: kept?.device, in: work)
        try await audit.append(AuditEntry(actor: actor, action: action, subject: account), in: work)
        try work.publish(AccountPasswordChanged(accountID: account))
    }

    private static func wrong(_ code: String, _ message: String) -> Problem {
        .invalidInput([FieldProblem(pointer: "/present_password", code: code, message: message)])
    }
}
