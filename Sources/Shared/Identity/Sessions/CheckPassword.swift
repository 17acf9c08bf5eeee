package import Core
import Foundation
package import Postgres

/// Looks at the password with which somebody wants to sign in. What is done and answered is the same whether or not there is such an
/// account: one look-up, one count, one hash.
///
/// After a few wrong ones a contact's password alone opens nothing any more, whoever shows it, but for devices on which the owner has
/// signed in before, which are counted each by itself. Nobody is locked out by that: a code that is sent to the contact opens the
/// account as well.
package struct CheckPassword: Sendable {
    private let accounts = AccountStore()
    private let guesses = GuessStore()
    private let hasher: PasswordHasher
    private let clock: any WallClock

    package init(hasher: PasswordHasher, clock: some WallClock) {
        self.hasher = hasher
        self.clock = clock
    }

    /// The guess is counted at once and stays counted: `executor` is no transaction that may be rolled back, nor one that would be
    /// open for as long as the hash takes.
    /// - Parameter device: the token of the device that asks, where it has one.
    /// - Throws: 422 for a wrong one, 409 where a code is asked for, 503 where too many sign in at once, as a `Problem`;
    ///   `PostgresError`.
    package func callAsFunction(
        _ password: Password, of contact: Contact, on device: UTF8Text?, in executor: some PostgresExecutor
    ) async throws -> Authentication {
        let candidate = try await accounts.candidate(reachedAt: contact, on: device, in: executor)
        let target =
            (candidate?.device).map { GuessTarget(.passwordOnDevice, $0) }
            ?? GuessTarget(.password, contact.comparisonKey)
        guard try await guesses.take(target, at: clock.now, in: executor).isAllowed else { throw Problem.codeRequired }
        let isRight = try await hasher.verify(password, against: candidate?.passwordHash)
        guard isRight, let candidate, let hash = candidate.passwordHash else { throw Problem.wrongCredentials }
        return Authentication(
            account: candidate.account, method: .password, device: candidate.device, counted: target,
            renewed: try await renewed(hash, password))
    }

    private func renewed(
        _ hash: PasswordHash, _ password: Password
    ) async throws -> (old: PasswordHash, new: PasswordHash)? {
        guard hasher.isOutdated(hash) else { return nil }
        return (hash, try await hasher.hash(password))
    }
}
