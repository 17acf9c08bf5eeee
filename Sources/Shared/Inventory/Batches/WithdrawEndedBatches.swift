import Catalog
package import Core
package import Jobs
package import Logging

/// Takes units of batches whose last day of sale is over out of stock, as far as no order counts on them.
package struct WithdrawEndedBatches: Sendable {
    package struct Job: JobPayload, Hashable {
        package static let kind = "stock.withdraw_ended"
        package static let queue = QueueName.maintenance

        package init() {}
    }

    private static let batch = 100
    /// In one run; what is left waits for the next one.
    private static let mostBatches = 1_000

    private let store = StockBatchStore()
    private let stock = StockStore()
    private let audit: AuditStore
    private let clock: any WallClock
    private let logger: Logger

    package init(audit: AuditStore, clock: some WallClock, logger: Logger) {
        self.audit = audit
        self.clock = clock
        self.logger = logger
    }

    /// Each variant is a transaction of its own; what an interruption has left is done by the next run.
    package func run(in claim: some Claim) async throws {
        try await claim.hold()
        let days = EndOfBatches(at: clock.now)
        var position: ID<Variant>?
        var (withdrawn, promised) = (Int64(0), Int64(0))
        for _ in 0..<Self.mostBatches {
            let start = position
            let variants = try await claim.withUnitOfWork { work in
                try await store.ended(before: days, after: start, limit: Self.batch, in: work)
            }
            for variant in variants {
                let done = try await claim.withUnitOfWork { work in
                    try await withdraw(variant, before: days, in: work)
                }
                withdrawn += done.withdrawn
                promised += done.promised
            }
            guard let last = variants.last, variants.count == Self.batch else { break }
            position = last
        }
        if promised > 0 {
            logger.warning("Orders count on units whose batch has ended", metadata: ["units": "\(promised)"])
        }
        logger.info("Ended batches withdrawn", metadata: ["units": "\(withdrawn)"])
        try await claim.finish { _ in }
    }

    private func withdraw(
        _ variant: ID<Variant>, before days: EndOfBatches, in work: UnitOfWork
    ) async throws -> (withdrawn: Int64, promised: Int64) {
        guard var held = try await stock.hold([variant], in: work)[variant] else { return (0, 0) }
        let ended = try await store.ended(of: variant, before: days, in: work).sorted()
        var (events, total) = ([StockBatchEnded](), (withdrawn: Int64(0), promised: Int64(0)))
        for batch in ended {
            let places = held.places.filter { $0.batch == batch && held.onHand(at: $0) > 0 }
            var (withdrawn, promised) = (Int64(0), Int64(0))
            for place in places {
                let there = held.onHand(at: place)
                let units = min(there, held.removable)
                if units > 0 {
                    _ = held.note(NewStockMovement(of: variant, at: place, .expired, -units))
                }
                withdrawn += units
                promised += there - units
            }
            guard withdrawn + promised > 0 else { continue }
            events.append(
                StockBatchEnded(
                    batchID: batch, variantID: variant, vendorID: held.vendor, withdrawn: withdrawn, promised: promised)
            )
            total = (total.withdrawn + withdrawn, total.promised + promised)
        }
        try await stock.record([held], by: .system, in: work)
        try work.publish([held.change])
        for event in events { try work.publish(event) }
        try await audit.append(
            events.filter { $0.withdrawn > 0 }.map { event in
                AuditEntry(
                    actor: .system, action: "stock.expired", subject: variant,
                    payload: [
                        "batch_id": .string(event.batchID.description), "withdrawn": .integer(event.withdrawn),
                        "promised": .integer(event.promised),
                    ])
            }, in: work)
        return total
    }
}
