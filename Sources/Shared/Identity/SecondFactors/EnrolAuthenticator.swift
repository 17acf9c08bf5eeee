package import Core
import Foundation
package import Jobs
import Postgres
package import Vault

/// Sets an authenticator up. It counts once a code of it was shown.
package struct EnrolAuthenticator: Sendable {
    private let store = SecondFactorStore()
    private let accounts = AccountStore()
    private let sessions = SessionStore()
    private let vault: AuthenticatorVault
    private let issuer: String
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock
    private let randomness: @Sendable () -> any RandomNumberGenerator

    /// - Parameter issuer: by which people tell its codes from those of others, such as "shop.example".
    package init(
        vault: Vault, issuer: String, audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock,
        randomness: @escaping @Sendable () -> any RandomNumberGenerator = { SystemRandomNumberGenerator() }
    ) {
        self.vault = AuthenticatorVault(vault: vault)
        self.issuer = issuer
        self.audit = audit
        self.ids = ids
        self.clock = clock
        self.randomness = randomness
    }

    /// Begins anew where one was set up and never confirmed.
    /// - Throws: a 409 `Problem` where there is one that counts; `VaultError`; `PostgresError`.
    package func begin(by principal: Principal, in work: UnitOfWork) async throws -> AuthenticatorSetup {
        let account = try principal.requireSignedIn().account
        guard let owner = try await accounts.account(account, in: work) else { throw Problem.notFound("account") }
        var generator = randomness()
        let seed = (0..<TimeBasedCode.seedLength).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let id = ID<Authenticator>(uuid: ids.next())
        let sealed = try await vault.seal(seed, of: id, in: work)
        let isPut = try await store.put(
            id, sealedSeed: sealed, of: account, at: clock.now.roundedToMicroseconds, in: work)
        guard isPut else { throw Problem.secondFactorEnrolled }
        return AuthenticatorSetup(
            seed: seed, issuer: issuer, label: owner.email?.rawValue ?? owner.phone?.rawValue ?? account.description)
    }

    /// Makes it count, and the very session with it: all others have to show a code from now on.
    /// - Returns: the recovery codes, which are shown once.
    /// - Throws: a 409 `Problem` where somebody was faster, a 422 one where the code was used before; `PostgresError`.
    package func confirm(
        _ shown: ShownCode, by principal: Principal, in work: UnitOfWork
    ) async throws -> [RecoveryCode] {
        let signedIn = try principal.requireSignedIn()
        let now = clock.now.roundedToMicroseconds
        try await shown.use(in: work)
        guard try await store.confirm(shown.authenticator, at: now, in: work) else {
            throw Problem.secondFactorEnrolled
        }
        try await sessions.noteSecondFactor(in: signedIn.session, at: now, in: work)
        let codes = try await makeRecoveryCodes(of: shown.account, in: work)
        try await audit.append(
            AuditEntry(actor: principal.actor, action: "second_factor.enrolled", subject: shown.account), in: work)
        return codes
    }

    /// Those before count no more.
    package func renewRecoveryCodes(by principal: Principal, in work: UnitOfWork) async throws -> [RecoveryCode] {
        let account = try principal.requireSignedIn().account
        guard try await store.isEnrolled(account, in: work) else { throw Problem.noSecondFactor }
        let codes = try await makeRecoveryCodes(of: account, in: work)
        try await audit.append(
            AuditEntry(actor: principal.actor, action: "recovery_codes.renewed", subject: account), in: work)
        return codes
    }

    /// - Throws: a 409 `Problem` where there is none; `PostgresError`.
    package func remove(by principal: Principal, in work: UnitOfWork) async throws {
        let account = try principal.requireSignedIn().account
        guard try await store.remove(of: account, in: work) else { throw Problem.noSecondFactor }
        try await audit.append(
            AuditEntry(actor: principal.actor, action: "second_factor.removed", subject: account), in: work)
    }

    private func makeRecoveryCodes(of account: ID<Account>, in work: UnitOfWork) async throws -> [RecoveryCode] {
        var generator = randomness()
        let codes = (0..<RecoveryCode.count).map { _ in RecoveryCode(using: &generator) }
        try await store.replaceRecoveryCodes(of: account, with: codes.map(\.hash), in: work)
        return codes
    }
}
