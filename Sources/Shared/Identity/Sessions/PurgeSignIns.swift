package import Core
import Foundation
package import Jobs
import Postgres

/// Deletes what signing in leaves behind and nobody needs any more: sessions, verifications and invitations long after their end, and
/// counts of guesses that have run out.
package struct PurgeSignIns: Sendable {
    package struct Job: JobPayload {
        package static let kind = "identity.purge_sign_ins"
        package static let queue = QueueName.maintenance

        package init() {}
    }

    /// Rows of one transaction, so that nobody waits long for any of them.
    static let batch = 1_000
    /// In one run; what is left waits for the next one.
    private static let mostBatches = 1_000
    private static let verificationTime: TimeInterval = 7 * 86_400
    /// They hold addresses of people who may have no account.
    private static let invitationTime: TimeInterval = 90 * 86_400
    /// Every bucket of guesses has run out by then.
    private static let guessTime: TimeInterval = 86_400

    private let settings: AccountSettings
    private let clock: any WallClock

    package init(settings: AccountSettings, clock: some WallClock) {
        self.settings = settings
        self.clock = clock
    }

    /// What an interruption has left is done by the next run.
    package func run(in claim: some Claim) async throws {
        try await claim.hold()
        let now = clock.now
        for (table, key, column, age) in [
            ("sessions", "id", "expires_at", settings.sessionRecordTime),
            ("verifications", "id", "expires_at", Self.verificationTime),
            ("invitations", "id", "expires_at", Self.invitationTime),
            ("guess_counts", "key", "counted_at", Self.guessTime),
        ] {
            for _ in 0..<Self.mostBatches {
                let count = try await claim.withUnitOfWork { work in
                    try await work.execute(
                        """
                        DELETE FROM \(unescaped: table) WHERE \(unescaped: key) IN (
                            SELECT \(unescaped: key) FROM \(unescaped: table) WHERE \(unescaped: column) < \(now - age)
                            LIMIT \(Self.batch))
                        """)
                }
                guard count == Self.batch else { break }
            }
        }
        try await claim.finish { _ in }
    }
}
