import Jobs
import Logging
import ServiceLifecycle

/// What a store was last found to be.
final class StoreWatch: Sendable {
    static let interval: Duration = .seconds(2)
    /// A look that does not end counts like one that found the store failing.
    static let lifetime: Duration = .seconds(6)

    private let store: String
    private let check: @Sendable () async -> StoreHealth
    private let logger: Logger
    private let latest: LatestValue<StoreHealth>

    /// - Parameter store: its name in the log.
    init(
        _ store: String, logger: Logger, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        check: @escaping @Sendable () async -> StoreHealth
    ) {
        self.store = store
        self.check = check
        self.logger = logger
        latest = LatestValue(lifetime: Self.lifetime, now: now)
    }

    var isHealthy: Bool { latest.current == .healthy }

    /// Looks at the store, and logs what has changed.
    func look() async {
        let health = await check()
        // What a cancelled look found says nothing about the store.
        guard !Task.isCancelled else { return }
        let before = latest.store(health)
        switch health {
        case .healthy where before?.isHealthy == false:
            logger.notice("A store is healthy again", metadata: ["store": "\(store)"])
        case .failing(let reason) where before?.isHealthy != false:
            logger.warning("A store is failing", metadata: ["store": "\(store)", "reason": "\(reason)"])
        case .healthy, .failing: break
        }
    }

    /// Looks at an interval.
    var service: any Service {
        PeriodicService(name: "look at \(store)", interval: Self.interval, logger: logger) {
            await self.look()
            return false
        }
    }
}
