package import Core
package import Foundation
package import Postgres

/// A contact whose holder has shown the code that was sent there. It can be used once.
package struct ProvenContact: Sendable {
    package let verification: Verification

    /// Only a code that was right makes one.
    fileprivate init(_ verification: Verification) { self.verification = verification }
}

/// Looks at a code that somebody has typed.
package struct CheckCode: Sendable {
    private let store = VerificationStore()
    private let codes: VerificationCodes
    private let clock: any WallClock

    package init(codes: VerificationCodes, clock: some WallClock) {
        self.codes = codes
        self.clock = clock
    }

    /// The attempt is counted at once and stays counted, whatever becomes of it: `executor` is no transaction that may be rolled
    /// back.
    /// - Parameter account: for changing its contact.
    /// - Throws: 404 where there is no such verification for one of these purposes, 409 for one that has ended, 422 for a wrong code,
    ///   as a `Problem`; `PostgresError`.
    package func callAsFunction(
        _ code: String, of id: ID<Verification>, for purposes: Set<Verification.Purpose>, account: ID<Account>? = nil,
        in executor: some PostgresExecutor
    ) async throws -> ProvenContact {
        let now = clock.now
        guard
            let verification = try await store.takeAttempt(
                at: id, for: purposes, account: account, at: now, in: executor)
        else {
            guard try await store.exists(id, for: purposes, account: account, in: executor) else {
                throw Problem.notFound("verification")
            }
            throw Problem.verificationEnded
        }
        guard let typed = OneTimeCode(typed: code), codes.isCode(typed, of: id) else { throw Problem.wrongCode }
        return ProvenContact(verification)
    }
}

extension ProvenContact {
    /// Uses it up with the effect that it is for.
    /// - Throws: a 409 `Problem` where somebody was faster; `PostgresError`.
    package func use(at time: Date, in transaction: some PostgresExecutor) async throws {
        guard try await VerificationStore().use(verification.id, at: time, in: transaction) else {
            throw Problem.verificationEnded
        }
    }
}
