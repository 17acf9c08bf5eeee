package import Catalog
package import Core
import Foundation
package import Jobs
package import Logging
import Postgres
import Values

/// Takes keys of which too little is left out of their pools, and so out of stock.
package struct WithdrawEndedKeys: Sendable {
    package struct Job: JobPayload, Hashable {
        package static let kind = "inventory.withdraw_ended_keys"
        package static let queue = QueueName.maintenance

        package init() {}
    }

    /// Keys of one transaction: buyers of their variant wait for it.
    private static let batch = 5_000
    /// In one run; what is left waits for the next one.
    private static let mostBatches = 1_000

    private let store = LicenceKeyBatchStore()
    private let stock = StockStore()
    private let audit: AuditStore
    private let clock: any WallClock
    private let logger: Logger

    package init(audit: AuditStore, clock: some WallClock, logger: Logger) {
        self.audit = audit
        self.clock = clock
        self.logger = logger
    }

    /// What an interruption has left is done by the next run.
    package func run(in claim: some Claim) async throws {
        let day = KeyLife.today(at: clock.now)
        var total = 0
        for _ in 0..<Self.mostBatches {
            let count = try await claim.withUnitOfWork { work in try await withdraw(endedBefore: day, in: work) }
            guard let count else { break }
            total += count
        }
        if total > 0 { logger.info("Ended licence keys withdrawn", metadata: ["keys": "\(total)"]) }
        try await claim.finish { _ in }
    }

    /// - Returns: how many keys of some variant; nil where there is none.
    private func withdraw(endedBefore day: CivilDate, in work: UnitOfWork) async throws -> Int? {
        guard let found = try await store.ended(before: day, in: work),
            let held = try await stock.hold([found], in: work)[found]
        else { return nil }
        let count = try await store.expire(keysOf: found, endedBefore: day, limit: Self.batch, in: work)
        guard count > 0 else { return 0 }
        try work.publish([held.changed(by: -Int64(count))])
        try await audit.append(
            AuditEntry(
                actor: .system, action: "licence_keys.expired", subject: found,
                payload: ["count": .integer(Int64(count)), "day": .string(day.iso8601)]), in: work)
        return count
    }
}
