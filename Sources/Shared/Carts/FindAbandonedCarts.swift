package import Core
import Foundation
package import Jobs
import Postgres

/// Notices carts that nobody has changed for long, each once until it is changed again.
package struct FindAbandonedCarts: Sendable {
    package struct Job: JobPayload {
        package static let kind = "carts.find_abandoned"
        package static let queue = QueueName.maintenance

        package init() {}
    }

    /// Carts of one transaction.
    static let batch = 200
    /// In one run; what is left waits for the next one.
    private static let mostBatches = 50

    private let settings: CartSettings
    private let clock: any WallClock

    package init(settings: CartSettings, clock: some WallClock) {
        self.settings = settings
        self.clock = clock
    }

    /// What an interruption has left is found by the next run.
    package func run(in claim: some Claim) async throws {
        for _ in 0..<Self.mostBatches {
            let count = try await claim.withUnitOfWork { try await note(in: $0) }
            guard count == Self.batch else { break }
        }
        try await claim.finish { _ in }
    }

    /// Notes one batch; how many there were. Of those that hold nothing nobody is told.
    func note(in work: UnitOfWork) async throws -> Int {
        let now = clock.now.roundedToMicroseconds
        let found = try await work.query(
            """
            UPDATE carts SET abandoned_at = \(now)
            WHERE id IN (
                SELECT id FROM carts WHERE state = 'open' AND abandoned_at IS NULL AND changed_at < \(now - settings.silence)
                ORDER BY changed_at LIMIT \(Self.batch) FOR UPDATE SKIP LOCKED)
            RETURNING id, customer_id, changed_at, EXISTS (SELECT FROM cart_lines WHERE cart_id = carts.id) AS holds_something
            """, as: AbandonedRow.self)
        for row in found where row.holdsSomething { try work.publish(row.event) }
        return found.count
    }
}

private struct AbandonedRow: PostgresRowDecodable, Sendable {
    let event: CartAbandoned
    let holdsSomething: Bool

    init(row: borrowing PostgresRow) throws(PostgresError) {
        event = CartAbandoned(
            cartID: try row.decode("id"), customerID: try row.decode("customer_id"),
            changedAt: try row.decode("changed_at"))
        holdsSomething = try row.decode("holds_something")
    }
}
