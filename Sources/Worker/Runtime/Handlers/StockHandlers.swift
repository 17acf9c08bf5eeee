import Inventory
import Jobs
import Platform

extension JobRegistry {
    /// Counts by table, and batches that end.
    mutating func registerStock(on platform: Platform) {
        let (audit, clock) = (platform.audit, platform.clock)
        let take = RunStockTake(audit: audit, clock: clock)
        register(RunStockTake.Job.self, timeout: .seconds(600)) { job, context in try await take.run(job, in: context) }
        let withdraw = WithdrawEndedBatches(audit: audit, clock: clock, logger: platform.logger)
        register(WithdrawEndedBatches.Job.self, timeout: .seconds(3600)) { _, context in
            try await withdraw.run(in: context)
        }
    }
}
