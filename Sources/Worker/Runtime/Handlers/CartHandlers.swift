import Carts
import Core
import Jobs
import Platform

extension JobRegistry {
    /// Carts that were left behind, and those that are past their time.
    mutating func registerCarts(on platform: Platform) {
        let abandoned = FindAbandonedCarts(settings: platform.configuration.carts, clock: platform.clock)
        register(FindAbandonedCarts.Job.self, timeout: .seconds(600)) { _, context in
            try await abandoned.run(in: context)
        }
        let purge = PurgeCarts(clock: platform.clock)
        register(PurgeCarts.Job.self, timeout: .seconds(600)) { _, context in try await purge.run(in: context) }
    }
}
