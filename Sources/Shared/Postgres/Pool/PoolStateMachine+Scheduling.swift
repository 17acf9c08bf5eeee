extension PoolStateMachine {
    /// The shared connection with the fewest statements in flight, if it has room for one more.
    func leastBusy() -> (slot: Int, inFlight: Int)? {
        var best: (slot: Int, inFlight: Int)?
        for index in slots.indices {
            guard case .shared(let inFlight) = slots[index].state, inFlight < configuration.pipelineDepth,
                !slots[index].isSuspect
            else { continue }
            if inFlight == 0 { return (index, 0) }
            if inFlight < best?.inFlight ?? .max { best = (index, inFlight) }
        }
        return best
    }

    /// An unused connection, from the end that statements use last.
    func idleSlot() -> Int? {
        slots.indices.last { slots[$0].state == .shared(inFlight: 0) }
    }

    /// Gives a connection that has become free, or freer, to those who wait.
    mutating func serve(_ slot: Int) -> [Action] {
        var actions: [Action] = []
        while true {
            switch slots[slot].state {
            case .reserved(inFlight: 0):
                slots[slot].state = .shared(inFlight: 0)
            case .shared(let inFlight) where slots[slot].isSuspect:
                if inFlight == 0 { actions.append(check(slot)) }
                return actions
            case .shared(let inFlight):
                if inFlight == 0, exclusiveGoesFirst, let waiter = exclusiveWaiters.popFirst() {
                    slots[slot].state = .exclusive
                    actions.append(.assign(waiter.payload, id(slot)))
                    return actions
                }
                guard inFlight < configuration.pipelineDepth, let waiter = sharedWaiters.popFirst() else {
                    if inFlight == 0 {
                        slots[slot].since = now
                        actions += closeIfDraining(slot)
                    }
                    return actions
                }
                slots[slot].state = .shared(inFlight: inFlight + 1)
                actions.append(.assign(waiter.payload, id(slot)))
                if inFlight > 0 { actions += grow(wanted: 1) }
            case .vacant, .connecting, .reserved, .exclusive, .checking, .closing:
                return actions
            }
        }
    }

    private var exclusiveGoesFirst: Bool {
        guard let exclusive = exclusiveWaiters.first else { return false }
        guard let shared = sharedWaiters.first else { return true }
        return exclusive.order < shared.order
    }

    /// Opens what the waiters need, else makes room for exclusive ones.
    mutating func satisfyDemand() -> [Action] {
        guard hasWaiters else { return [] }
        let wanted = exclusiveWaiters.count + (sharedWaiters.isEmpty ? 0 : 1)
        let actions = grow(wanted: wanted)
        if slots.allSatisfy({ $0.state != .vacant }) || now < growthResumes { reserveForExclusive() }
        return actions
    }

    /// Begins to open connections, until as many are on their way as are wanted.
    mutating func grow(wanted: Int) -> [Action] {
        let mayOpen = phase == .running || (phase == .draining && hasWaiters)
        guard mayOpen, breaker.refusal == nil, now >= growthResumes else { return [] }
        var missing = wanted - slots.count { $0.state == .connecting }
        guard missing > 0 else { return [] }
        var actions: [Action] = []
        for index in slots.indices where missing > 0 && slots[index].state == .vacant {
            actions.append(beginConnecting(index))
            missing -= 1
        }
        return actions
    }

    mutating func beginConnecting(_ slot: Int) -> Action {
        slots[slot].state = .connecting
        slots[slot].since = now
        return .open(id(slot))
    }

    private mutating func reserveForExclusive() {
        let reserved = slots.count { if case .reserved = $0.state { true } else { $0.state == .connecting } }
        guard exclusiveWaiters.count > reserved else { return }
        let candidate = slots.indices.min { inFlight($0) < inFlight($1) }
        guard let candidate, case .shared(let inFlight) = slots[candidate].state, inFlight > 0 else { return }
        slots[candidate].state = .reserved(inFlight: inFlight)
    }

    private func inFlight(_ slot: Int) -> Int {
        if case .shared(let inFlight) = slots[slot].state { inFlight } else { .max }
    }
}
