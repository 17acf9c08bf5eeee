package import Core
import Foundation
package import Jobs
package import Logging

/// Asks couriers how much is left in our accounts, before their wallets are empty.
package struct ReadCourierBalances: Sendable {
    package struct Job: JobPayload, Hashable {
        package static let kind = "shipments.read_balances"
        package static let queue = QueueName.shipping

        package init() {}
    }

    private let couriers: CourierRegistry
    private let turns: CourierTurns
    private let clock: any WallClock

    package init(couriers: CourierRegistry, turns: CourierTurns, clock: some WallClock) {
        self.couriers = couriers
        self.turns = turns
        self.clock = clock
    }

    /// One that does not answer is asked at the next time.
    package func callAsFunction(_ job: Job, in claim: some Claim, logger: Logger) async throws {
        try await claim.hold()
        var balances: [(CourierName, Money)] = []
        for case let courier as any BalanceCourier in couriers.all {
            do {
                let balance = try await courier.balance()
                balances.append((courier.name, balance))
                // What is owed is taken of the next payout; a courier that is paid in advance refuses before.
                guard balance.isNegative else { continue }
                logger.error(
                    "an account at a courier is overdrawn",
                    metadata: ["courier": "\(courier.name)", "balance_minor": "\(balance.minorUnits)"])
            } catch {
                logger.warning(
                    "a courier has not told its balance",
                    metadata: ["courier": "\(courier.name)", "reason": "\(error)"])
            }
        }
        let (read, now) = (balances, clock.now)
        try await claim.finish { work in
            for (courier, balance) in read { try await turns.note(balance, at: courier, now: now, in: work) }
        }
    }
}
