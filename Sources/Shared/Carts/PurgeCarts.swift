package import Core
import Foundation
package import Jobs
import Postgres

/// Deletes carts that nobody has changed for as long as they are kept, and those that were ordered or merged as long ago.
package struct PurgeCarts: Sendable {
    package struct Job: JobPayload {
        package static let kind = "carts.purge"
        package static let queue = QueueName.maintenance

        package init() {}
    }

    /// Rows of one transaction, so that nobody waits long for any of them.
    static let batch = 1_000
    /// In one run; what is left waits for the next one.
    private static let mostBatches = 1_000

    private let clock: any WallClock

    package init(clock: some WallClock) { self.clock = clock }

    /// What an interruption has left is done by the next run.
    package func run(in claim: some Claim) async throws {
        for _ in 0..<Self.mostBatches {
            let count = try await claim.withUnitOfWork { try await delete(in: $0) }
            guard count == Self.batch else { break }
        }
        try await claim.finish { _ in }
    }

    /// Deletes one batch; how many there were.
    func delete(in work: UnitOfWork) async throws -> Int {
        try await work.execute(
            """
            DELETE FROM carts WHERE id IN (
                SELECT id FROM carts WHERE expires_at < \(clock.now) ORDER BY expires_at LIMIT \(Self.batch))
            """)
    }
}
