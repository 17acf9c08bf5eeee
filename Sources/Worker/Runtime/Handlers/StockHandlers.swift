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
        registerLicenceKeys(on: platform)
    }

    /// Files of licence keys, and keys that end.
    private mutating func registerLicenceKeys(on platform: Platform) {
        let (audit, clock) = (platform.audit, platform.clock)
        let run = RunKeyFileImport(vault: platform.vault, audit: audit, ids: platform.ids, clock: clock)
        register(RunKeyFileImport.Job.self, timeout: .seconds(3600)) { job, context in try await run(job, in: context) }
        let end = EndAbandonedKeyImport(jobs: platform.jobs, run: run)
        register(EndAbandonedKeyImport.Job.self) { job, context in
            try await context.finish { try await end(job, in: $0) }
        }
        let withdraw = WithdrawEndedKeys(audit: audit, clock: clock, logger: platform.logger)
        register(WithdrawEndedKeys.Job.self, timeout: .seconds(3600)) { _, context in
            try await withdraw.run(in: context)
        }
    }
}
