import Core
import EdgeCache
import Jobs
import Outbound
import Platform

extension JobRegistry {
    /// What the cache before the API is to drop.
    mutating func registerCaches(on platform: Platform) {
        let purge = platform.purgeCaches
        register(PurgeCaches.Job.self, policy: RetryPolicy(cap: .seconds(60)), timeout: .seconds(300)) { _, context in
            // Asked for by a process that was told of a cache.
            guard let purge else { return try await context.finish { _ in } }
            try await purge.run(in: context)
        }
    }
}

extension Platform {
    /// nil where there is no such cache.
    var purgeCaches: PurgeCaches? {
        configuration.purge.map {
            PurgeCaches($0, transport: HTTPTransport(client: http), clock: clock, logger: logger)
        }
    }

    /// Looks every second whether there is something to tell it.
    var cacheFollower: PeriodicService? {
        purgeCaches.map { purge in
            PeriodicService(name: "cache purge", interval: .seconds(1), logger: logger) {
                _ = try await purge.ask(postgres, in: queue)
                return false
            }
        }
    }
}
