import Customers
import Identity
import Jobs
import Media
import Platform
import ProductSubscriptions

extension JobRegistry {
    /// Tables of people, what people get of what is held about them, and forgetting them.
    mutating func registerCustomers(on platform: Platform) {
        let media = MediaServices(on: platform)
        let keepers = [any PersonalDataKeeper].product(delete: media.delete)
        let export = RunDataExport(
            keepers: keepers, upload: media.upload, delete: media.delete, clock: platform.clock)
        register(RunDataExport.Job.self, timeout: .seconds(3600)) { job, context in
            try await export(job, in: context)
        }
        register(RunDataExport.Removal.self) { job, context in
            try await context.finish { try await export.remove(job, in: $0) }
        }
        let runImport = RunCustomerImport(
            directory: media.directory, delete: media.delete, audit: platform.audit, ids: platform.ids,
            clock: platform.clock)
        register(RunCustomerImport.Job.self, timeout: .seconds(3600)) { job, context in
            try await runImport(job, in: context)
        }
        let erase = ExecuteErasure(keepers: keepers, audit: platform.audit, clock: platform.clock)
        register(ExecuteErasure.Job.self, policy: RetryPolicy(maximumAttempts: 20), timeout: .seconds(600)) {
            job, context in
            try await context.finish { try await erase(job, in: $0) }
        }
    }
}
