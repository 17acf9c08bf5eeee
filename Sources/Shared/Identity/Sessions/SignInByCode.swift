package import Core
import Foundation
package import Jobs
import Postgres

/// What a new account begins with.
package struct NewAccount: Sendable {
    package let name: String?
    /// nil for those who sign in by code alone.
    package let password: PasswordHash?

    package init(name: String? = nil, password: PasswordHash? = nil) {
        self.name = name
        self.password = password
    }

    fileprivate func check() throws(Problem) {
        var check = InputCheck()
        if let name { check.text("/name", name, Account.nameRule) }
        try check.finish()
    }
}

/// Opens a session for whoever has shown the code that was sent to a contact, and makes the account where the contact has none.
package struct SignInByCode: Sendable {
    private let accounts = AccountStore()
    private let startSession: StartSession
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(startSession: StartSession, audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.startSession = startSession
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// - Parameter new: of an account that has to be made; one that is there already stays as it is.
    /// - Throws: 409 where the code was used meanwhile, 422 for what can't be a new account's, as a `Problem`; `PostgresError`.
    package func callAsFunction(
        _ proven: ProvenContact, as new: NewAccount = NewAccount(), over transport: Session.Transport,
        from client: Client, in work: UnitOfWork
    ) async throws -> StartedSession {
        try new.check()
        let now = clock.now.roundedToMicroseconds
        try await proven.use(at: now, in: work)
        let (account, isNew) = try await account(of: proven.verification, new, at: now, in: work)
        return try await startSession(
            Authentication(account: account, method: .code, isNewAccount: isNew), over: transport, from: client,
            in: work)
    }

    private func account(
        of verification: Verification, _ new: NewAccount, at now: Date, in work: UnitOfWork
    ) async throws -> (ID<Account>, isNew: Bool) {
        if let known = try await accounts.account(reachedAt: verification.contact, in: work) {
            return (known.id, false)
        }
        // Nothing was sent there: the code was guessed.
        guard verification.purpose == .signUp else { throw Problem.wrongCode }
        let account = Account(
            id: ID(uuid: ids.next()), email: verification.contact.email, phone: verification.contact.phone,
            name: new.name.map(Account.nameRule.normalized), locale: verification.locale, createdAt: now)
        guard try await accounts.insert(account, password: new.password, in: work) else {
            // Somebody was faster with another code for the same contact.
            guard let known = try await accounts.account(reachedAt: verification.contact, in: work) else {
                throw Problem.verificationEnded
            }
            return (known.id, false)
        }
        try await audit.append(
            AuditEntry(
                actor: .customer(account.id), action: "account.created", subject: account.id,
                payload: ["channel": .string(verification.contact.channel.rawValue)]), in: work)
        try work.publish(AccountCreated(accountID: account.id))
        return (account.id, true)
    }
}
