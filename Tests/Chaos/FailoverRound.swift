import FaultHarness

/// Carries out one failover under traffic and reports on it.
struct FailoverRound: Sendable {
    let number: Int
    let plan: FailoverPlan
    let ordersPerSecond: Int
    let stage: FailoverStage

    private var marketplace: Marketplace { stage.marketplace }

    func run() async -> RoundReport {
        var violations: [String] = []
        var orders: [PlacedOrder] = []
        let switchedOver = Moment()
        do {
            orders = try await trafficUnderFailover(switchedOver)
        } catch {
            violations.append("traffic: \(error)")
        }
        let resting = ContinuousClock.now
        do {
            violations += try await Invariants(of: marketplace).violations(paid: orders)
        } catch {
            violations.append("recovery: \(error)")
        }
        let rested = ContinuousClock.now
        do {
            if plan.store != .redis { try await stage.postgres.rebuildStandby() }
        } catch {
            violations.append("standby: \(error)")
        }
        let acknowledged = await marketplace.webhooks.acknowledged.count
        return RoundReport(
            number: number,
            lines: [
                "\(plan.store.rawValue) after \(plan.leadMilliseconds) ms, traffic for \(plan.tailMilliseconds) ms more",
                "\(orders.count) paid orders at \(ordersPerSecond) a second, \(acknowledged) events of our own "
                    + "acknowledged so far, served \(seconds(resting - (switchedOver.time ?? resting))) s after the failover, "
                    + "at rest and checked \(seconds(rested - resting)) s later",
            ], violations: violations)
    }

    private func trafficUnderFailover(_ switchedOver: Moment) async throws -> [PlacedOrder] {
        try await Traffic(in: marketplace).steady(perSecond: ordersPerSecond, of: stage.offers) {
            async let pushed: Void = push()
            await pause(.milliseconds(plan.leadMilliseconds))
            try await failOver()
            switchedOver.note()
            await pause(.milliseconds(plan.tailMilliseconds))
            try await pushed
        }
    }

    /// Events of our own beside those of the sandbox, so that every answer of 200 is seen here.
    private func push() async throws {
        let length = Duration.milliseconds(plan.leadMilliseconds + plan.tailMilliseconds)
        let end = ContinuousClock.now + length
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    while ContinuousClock.now < end, !Task.isCancelled {
                        try await marketplace.webhooks.deliver(.aboutNothing(), within: .seconds(60))
                        await pause(.milliseconds(50))
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func failOver() async throws {
        switch plan.store {
        case .postgres: try await stage.postgres.failOver()
        case .redis: try await stage.redis.switchOver()
        case .both:
            async let database: Void = stage.postgres.failOver()
            async let queue: Void = stage.redis.switchOver()
            try await database
            try await queue
        }
    }
}
