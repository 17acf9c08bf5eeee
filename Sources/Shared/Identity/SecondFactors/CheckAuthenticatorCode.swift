package import Core
import Foundation
package import Postgres
package import Vault

/// A code of an account's authenticator that was right and has yet to be used up.
package struct ShownCode: Sendable {
    let account: ID<Account>
    let authenticator: ID<Authenticator>
    let step: Int64
    /// What was counted as a guess and was none.
    let counted: GuessTarget
}

/// Looks at a code of the principal's authenticator.
package struct CheckAuthenticatorCode: Sendable {
    /// Which authenticator is asked.
    package enum Stage: Sendable {
        /// One that was set up and is to count from now on.
        case confirming
        /// One that counts.
        case enrolled
    }

    private let store = SecondFactorStore()
    private let guesses = GuessStore()
    private let vault: AuthenticatorVault
    private let clock: any WallClock

    package init(vault: Vault, clock: some WallClock) {
        self.vault = AuthenticatorVault(vault: vault)
        self.clock = clock
    }

    /// The guess is counted at once and stays counted: `executor` is no transaction that may be rolled back. Whoever has got hold of
    /// a password and guesses codes elsewhere keeps nobody from their own device, nor from their recovery codes.
    /// - Throws: 409 where there is no such authenticator, 422 for a wrong code, 429 after too many, as a `Problem`; `VaultError`;
    ///   `PostgresError`.
    package func callAsFunction(
        _ code: String, _ stage: Stage, by principal: Principal, in executor: some PostgresExecutor
    ) async throws -> ShownCode {
        let signedIn = try principal.requireSignedIn()
        guard let factor = try await store.factor(of: signedIn.account, in: executor) else {
            throw Problem.noSecondFactor
        }
        switch (stage, factor.isConfirmed) {
        case (.confirming, true): throw Problem.secondFactorEnrolled
        case (.enrolled, false): throw Problem.noSecondFactor
        case (.confirming, false), (.enrolled, true): break
        }
        let target = try await takeGuess(of: signedIn, in: executor)
        let authenticator = try await vault.open(factor, in: executor)
        guard let typed = OneTimeCode(typed: code),
            let step = authenticator.step(of: typed, at: clock.now, after: factor.lastStep)
        else { throw Problem.wrongCode }
        return ShownCode(account: signedIn.account, authenticator: factor.id, step: step, counted: target)
    }

    private func takeGuess(
        of signedIn: SignedIn, in executor: some PostgresExecutor
    ) async throws -> GuessTarget {
        // The device of a session that was opened on it counts by itself once a second factor was shown there.
        let target =
            if let device = signedIn.device, case .shown = signedIn.secondFactor {
                GuessTarget(.secondFactorOnDevice, device)
            } else {
                GuessTarget(.secondFactor, signedIn.account)
            }
        let count = try await guesses.take(target, at: clock.now, in: executor)
        guard count.isAllowed else {
            throw Problem.guessedTooOften(
                "Wrong codes were shown too often; a recovery code still counts", retryAfter: count.retryAfter)
        }
        return target
    }
}

extension ShownCode {
    /// Uses its step up, so that it counts once.
    /// - Throws: a 422 `Problem` where it was used before; `PostgresError`.
    func use(in transaction: some PostgresExecutor) async throws {
        guard try await SecondFactorStore().use(step: step, of: authenticator, in: transaction) else {
            throw Problem.wrongCode
        }
        try await GuessStore().giveBack(counted, in: transaction)
    }
}
