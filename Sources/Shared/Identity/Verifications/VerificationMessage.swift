package import Core
import Foundation
package import Postgres

/// What is to be sent to a contact.
package struct VerificationMessage: Sendable {
    package let contact: Contact
    package let code: OneTimeCode
    package let purpose: Verification.Purpose
    package let locale: LanguageTag
    /// Whether the contact has an account: who signs up again is told so.
    package let hasAccount: Bool
}

/// Finds out what has to be sent for a verification. Whoever asks again gets the same code.
package struct ReadVerificationMessage: Sendable {
    private let store = VerificationStore()
    private let accounts = AccountStore()
    private let codes: VerificationCodes
    private let clock: any WallClock

    package init(codes: VerificationCodes, clock: some WallClock) {
        self.codes = codes
        self.clock = clock
    }

    /// nil where nothing is to be sent: the verification has ended, or a contact without an account was to sign in or to get another
    /// password.
    package func message(
        for verification: ID<Verification>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> VerificationMessage? {
        guard let verification = try await store.open(verification, at: clock.now, in: executor) else {
            return nil
        }
        let hasAccount = try await accounts.account(reachedAt: verification.contact, in: executor) != nil
        switch verification.purpose {
        case .signIn, .passwordReset: guard hasAccount else { return nil }
        case .signUp, .contactChange, .orderConfirmation: break
        }
        return VerificationMessage(
            contact: verification.contact, code: codes.code(of: verification.id), purpose: verification.purpose,
            locale: verification.locale, hasAccount: hasAccount)
    }
}
