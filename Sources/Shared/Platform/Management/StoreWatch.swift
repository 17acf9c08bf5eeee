import Jobs
import Logging
import ServiceLifecycle

/// What a store was last found to be.
final class StoreWatch: Sendable {
    static let interval: Duration = .seconds(2)
    /// A store that takes longer is of no use to who waits for it.
    static let deadline: Duration = .seconds(2)
    /// A look that does not end counts like one that found the store failing.
    static let lifetime: Duration = .seconds(6)

    private let store: String
    private let check: @Sendable () async -> StoreHealth
    private let deadline: Duration
    private let logger: Logger
    private let latest: LatestValue<StoreHealth>

    /// - Parameters:
    ///   - store: its name in the log.
    ///   - deadline: for how long a look waits.
    ///   - check: ends soon after it was cancelled.
    init(
        _ store: String, logger: Logger, deadline: Duration = StoreWatch.deadline,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        check: @escaping @Sendable () async -> StoreHealth
    ) {
        self.store = store
        self.deadline = deadline
        self.check = check
        self.logger = logger
        latest = LatestValue(lifetime: Self.lifetime, now: now)
    }

    var isHealthy: Bool { latest.current == .healthy }

    /// Looks at the store, and logs what has changed.
    func look() async {
        let health = await checkInTime()
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

    private func checkInTime() async -> StoreHealth {
        await withTaskGroup(of: StoreHealth?.self) { [check, deadline] group in
            group.addTask { await check() }
            group.addTask {
                do { try await Task.sleep(for: deadline) } catch { /* It has answered. */  }
                return nil
            }
            defer { group.cancelAll() }
            let first = await group.next() ?? nil
            return first ?? .failing("it did not answer within \(deadline)")
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
