import Jobs
import Platform

extension JobRegistry {
    /// House-keeping by the clock.
    mutating func registerMaintenance(on platform: Platform) {
        register(MaintainPartitions.self, timeout: .seconds(600)) { _, context in
            try await MaintainPartitions.run(in: context)
        }
    }
}
