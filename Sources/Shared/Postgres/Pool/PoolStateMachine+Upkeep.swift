extension PoolStateMachine {
    /// Lets the pool open connections.
    mutating func start(now: ContinuousClock.Instant) -> [Action] {
        guard phase == .idle else { return [] }
        self.now = now
        phase = .running
        return openMinimum() + satisfyDemand()
    }

    /// Time passes: deadlines, probes, idle connections, health.
    mutating func tick(now: ContinuousClock.Instant) -> [Action] {
        self.now = max(now, self.now)
        var actions = expire()
        guard phase == .running || phase == .draining else { return actions }
        actions += abandonSlowConnects()
        if phase == .running, breaker.mayProbe(now: now),
            let slot = slots.indices.first(where: { slots[$0].state == .vacant })
        {
            actions.append(beginConnecting(slot))
        }
        actions += tendIdleConnections()
        if phase == .running { actions += openMinimum() }
        return actions + finishIfEmpty() + satisfyDemand()
    }

    /// No new requests; those that wait are still served, and connections close as they come back.
    mutating func shutDown() -> [Action] {
        switch phase {
        case .idle:
            phase = .finished
            return rejectAll("the client is shutting down") + [.finished]
        case .running:
            phase = .draining
            var actions: [Action] = []
            for index in slots.indices where slots[index].state == .shared(inFlight: 0) {
                actions += closeIfDraining(index)
            }
            return actions + finishIfEmpty()
        case .draining, .finished:
            return []
        }
    }

    /// Closes everything, in use or not.
    mutating func shutDownNow() -> [Action] {
        var actions = shutDown() + rejectAll("the client was stopped")
        for index in slots.indices {
            switch slots[index].state {
            case .vacant, .closing: break
            case .connecting: vacate(index)
            case .shared, .reserved, .exclusive, .checking:
                slots[index].state = .closing
                actions.append(.close(id(index)))
            }
        }
        return actions + finishIfEmpty()
    }

    mutating func rejectAll(_ reason: String) -> [Action] {
        var actions: [Action] = []
        while let waiter = exclusiveWaiters.popFirst() { actions.append(.reject(waiter.payload, reason)) }
        while let waiter = sharedWaiters.popFirst() { actions.append(.reject(waiter.payload, reason)) }
        return actions
    }

    mutating func finishIfEmpty() -> [Action] {
        guard phase == .draining, !hasWaiters, slots.allSatisfy({ $0.state == .vacant }) else { return [] }
        phase = .finished
        return [.finished]
    }

    mutating func closeIfDraining(_ slot: Int) -> [Action] {
        guard phase == .draining, !hasWaiters else { return [] }
        slots[slot].state = .closing
        return [.close(id(slot))]
    }

    private mutating func openMinimum() -> [Action] {
        let open = slots.count { $0.state != .vacant && $0.state != .closing }
        let missing = min(configuration.minimum, slots.count) - open
        guard missing > 0 else { return [] }
        return grow(wanted: missing + slots.count { $0.state == .connecting })
    }

    /// Everyone waits equally long, so the queues are in the order of their deadlines.
    private mutating func expire() -> [Action] {
        let limit = configuration.acquireTimeout.wholeMilliseconds
        let reason = "no connection became free within \(limit) ms"
        var actions: [Action] = []
        while let first = exclusiveWaiters.first, first.deadline <= now, let waiter = exclusiveWaiters.popFirst() {
            actions.append(.reject(waiter.payload, reason))
        }
        while let first = sharedWaiters.first, first.deadline <= now, let waiter = sharedWaiters.popFirst() {
            actions.append(.reject(waiter.payload, reason))
        }
        return actions
    }

    private mutating func abandonSlowConnects() -> [Action] {
        var actions: [Action] = []
        let limit = configuration.connectLimit
        for index in slots.indices
        where slots[index].state == .connecting && slots[index].since.duration(to: now) > limit {
            actions += connectFailed(id(index), reason: "connecting took longer than \(limit.wholeMilliseconds) ms")
        }
        return actions
    }

    private mutating func tendIdleConnections() -> [Action] {
        var actions: [Action] = []
        var open = slots.count { $0.state != .vacant && $0.state != .closing }
        for index in slots.indices where slots[index].state == .shared(inFlight: 0) {
            if phase == .draining {
                actions += closeIfDraining(index)
            } else if slots[index].since.duration(to: now) >= configuration.idleTimeout, open > configuration.minimum {
                slots[index].state = .closing
                actions.append(.close(id(index)))
                open -= 1
            } else if max(slots[index].since, slots[index].lastCheck).duration(to: now)
                >= configuration.healthCheckInterval
            {
                actions.append(check(index))
            }
        }
        return actions
    }
}
