package import Core
import Foundation
package import Postgres

/// Finds out who shows the token of a session, and notes that it is in use.
package struct ResumeSession: Sendable {
    /// A session's last use is written down so often at most.
    static let touchInterval: TimeInterval = 60

    private let store = SessionStore()
    private let settings: AccountSettings
    private let clock: any WallClock

    package init(settings: AccountSettings, clock: some WallClock) {
        self.settings = settings
        self.clock = clock
    }

    /// What its holder may do is looked up with it: whoever was removed is not a member any more. One statement, and a second one
    /// once a minute; nil where the token is of no session that is accepted.
    package func callAsFunction(
        _ token: UTF8Text, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Principal? {
        let now = clock.now.roundedToMicroseconds
        guard let found = try await store.session(bearing: token, at: now, in: executor) else { return nil }
        let staleAfter = now - Self.touchInterval
        if found.lastUsedAt < staleAfter {
            try await store.touch(
                found.id, at: now, unlessSince: staleAfter, expiresAt: now + settings.sessionIdleTime, in: executor)
        }
        return found.principal
    }
}
