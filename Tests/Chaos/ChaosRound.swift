import FaultHarness

/// Carries out one round and reports on it.
struct ChaosRound: Sendable {
    let number: Int
    let plan: ChaosPlan
    let marketplace: Marketplace

    func run() async -> RoundReport {
        let started = ContinuousClock.now
        var violations: [String] = []
        var orders: [PlacedOrder] = []
        do {
            orders = try await trafficUnderFaults()
        } catch {
            violations.append("traffic: \(error)")
        }
        let recovering = ContinuousClock.now
        do {
            try await heal()
            violations += try await Invariants(of: marketplace).violations(paid: orders)
        } catch {
            violations.append("recovery: \(error)")
        }
        let acknowledged = await marketplace.webhooks.acknowledged.count
        let faults =
            plan.steps.map { "+\($0.pauseMilliseconds) ms \($0.fault)" } + (plan.disturbance.map { [$0] } ?? [])
        let summary =
            "\(plan.customers) customers paid \(orders.count) orders, \(acknowledged) events acknowledged so far, "
            + "faults \(seconds(recovering - started)) s, at rest after \(seconds(.now - recovering)) s"
        return RoundReport(number: number, lines: faults + [summary], violations: violations)
    }

    private func trafficUnderFaults() async throws -> [PlacedOrder] {
        let offer = try await marketplace.shop.offer(keys: 2000)
        if let disturbance = plan.disturbance { try await marketplace.stripe.disturb(disturbance) }
        return try await Traffic(in: marketplace).flow(
            customers: plan.customers, senders: plan.senders, copies: plan.copies, of: offer
        ) {
            for step in plan.steps {
                await pause(.milliseconds(step.pauseMilliseconds))
                try await apply(step.fault)
            }
        }
    }

    private func apply(_ fault: ChaosFault) async throws {
        switch fault {
        case .killAPI: await marketplace.api.kill()
        case .killWorker: await marketplace.worker.kill()
        case .killAPIAt(let point): try await marketplace.api.replace(fault: "\(point)=kill")
        case .killWorkerAt(let point): try await marketplace.worker.replace(fault: "\(point)=kill")
        case .freezeAPI(let length):
            await marketplace.api.freeze()
            await pause(.milliseconds(length))
            await marketplace.api.thaw()
        case .freezeWorker(let length):
            await marketplace.worker.freeze()
            await pause(.milliseconds(length))
            await marketplace.worker.thaw()
        case .restartPostgres, .freezePostgres, .terminateBackends, .cutPostgres, .cutAtCommit, .cutAtInsert,
            .delayPostgres,
            .swallowPostgres:
            try await applyToPostgres(fault)
        case .stopRedis, .flushRedis, .fillRedis, .pauseRedis, .freezeRedis, .cutRedis, .swallowRedis:
            try await applyToRedis(fault)
        case .refuseMail(let length): await behave(.refuse, marketplace.smtpProxy, for: length)
        }
    }

    private func applyToPostgres(_ fault: ChaosFault) async throws {
        let proxy = marketplace.postgresProxy
        switch fault {
        case .restartPostgres(let length): try await marketplace.postgres.restart(downFor: .milliseconds(length))
        case .freezePostgres(let length):
            await marketplace.postgres.freeze()
            await pause(.milliseconds(length))
            await marketplace.postgres.thaw()
        case .terminateBackends: try await marketplace.terminateBackends()
        case .cutPostgres: proxy.cutAll()
        case .cutAtCommit(let afterServer): proxy.cut("COMMIT", afterServer ? .afterServer : .beforeServer)
        case .cutAtInsert(let afterServer):
            proxy.cut("INSERT INTO webhook_seen", afterServer ? .afterServer : .beforeServer)
        case .delayPostgres(let length): await behave(.delay(.milliseconds(length)), proxy, for: 2000)
        case .swallowPostgres(let length): await behave(.blackHole, proxy, for: length)
        default: break
        }
    }

    private func applyToRedis(_ fault: ChaosFault) async throws {
        let redis = marketplace.redis
        switch fault {
        case .stopRedis(let length):
            await redis.stop()
            await pause(.milliseconds(length))
            try await redis.start()
        case .flushRedis: try await redis.flushAll()
        case .fillRedis(let length):
            try await redis.fill()
            await pause(.milliseconds(length))
            try await redis.makeRoom()
        case .pauseRedis(let length):
            try await redis.pauseClients(for: .milliseconds(length))
            await pause(.milliseconds(length))
        case .freezeRedis(let length):
            await redis.freeze()
            await pause(.milliseconds(length))
            await redis.thaw()
        case .cutRedis: marketplace.redisProxy.cutAll()
        case .swallowRedis(let length): await behave(.blackHole, marketplace.redisProxy, for: length)
        default: break
        }
    }

    private func behave(_ behaviour: TCPProxy.Behaviour, _ proxy: TCPProxy, for length: Int) async {
        proxy.set(behaviour)
        await pause(.milliseconds(length))
        proxy.set(.pass)
    }

    /// Ends what a fault that was interrupted may have left; processes come back by themselves.
    private func heal() async throws {
        for proxy in [marketplace.postgresProxy, marketplace.redisProxy, marketplace.smtpProxy] {
            proxy.set(.pass)
            proxy.forgetCut()
        }
        await marketplace.api.thaw()
        await marketplace.worker.thaw()
        try await marketplace.stripe.calm()
        try await marketplace.api.untilReady(within: .seconds(60))
        try await marketplace.worker.untilReady(within: .seconds(60))
    }
}
