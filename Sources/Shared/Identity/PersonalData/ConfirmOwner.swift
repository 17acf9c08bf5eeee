package import Core
import Foundation
package import Postgres

/// Makes sure that who asks is the account's owner, not somebody who has got hold of their session: by a second factor that was shown
/// just now, else by the password, else by having signed in just now.
package struct ConfirmOwner: Sendable {
    private let accounts = AccountStore()
    private let sessions = SessionStore()
    private let password: ChangePassword
    private let settings: AccountSettings
    private let clock: any WallClock

    package init(password: ChangePassword, settings: AccountSettings, clock: some WallClock) {
        self.password = password
        self.settings = settings
        self.clock = clock
    }

    /// A guess at the password is counted at once: `executor` is no transaction that may be rolled back.
    /// - Throws: `Problem`: 403 for those who have not signed in; 409 ("sign-in-again"); 422 where the password is missing or wrong;
    ///   429 after too many; `PostgresError`.
    package func callAsFunction(
        _ present: String?, by principal: Principal, in executor: some PostgresExecutor
    ) async throws {
        let signedIn = try principal.requireSignedIn()
        let fresh = clock.now - settings.secondFactorTime
        if let shown = principal.secondFactorAt, shown >= fresh { return }
        if try await accounts.passwordHash(of: signedIn.account, in: executor) != nil {
            return try await password.checkPresent(present, of: principal, in: executor)
        }
        guard let begun = try await sessions.beginning(of: signedIn.session, in: executor), begun >= fresh else {
            throw Problem.signInAgain
        }
    }
}

extension Problem {
    package static let signInAgain = Problem.conflict(
        "sign-in-again", title: "Sign in again",
        detail: "Your account has no password: sign in anew, and ask again then")
}
