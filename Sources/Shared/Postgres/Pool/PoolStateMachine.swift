/// Decides who gets which connection, and when to open and close them. Pure: it takes events and returns actions.
///
/// A statement shares a connection with others (`shared`), a transaction has one alone (`exclusive`). Statements go to the
/// least busy connection, so they spread; while an exclusive request waits and no connection may be opened, a shared one
/// is reserved: it takes no new statements and changes hands when the last one is answered.
struct PoolStateMachine<Payload: Sendable>: Sendable {
    struct Configuration: Sendable {
        var minimum = 1
        var maximum = 8
        var pipelineDepth = 32
        var acquireTimeout: Duration = .seconds(5)
        var idleTimeout: Duration = .seconds(60)
        var healthCheckInterval: Duration = .seconds(30)
        /// After this long an attempt to connect counts as failed, even if it never reports.
        var connectLimit: Duration = .seconds(6)
        var breaker = CircuitBreaker()
    }

    struct ConnectionID: Sendable, Hashable {
        var slot: Int
        var generation: Int
    }

    enum Kind: Sendable {
        case shared
        case exclusive
    }

    enum Action {
        case open(ConnectionID)
        case assign(Payload, ConnectionID)
        case reject(Payload, String)
        case check(ConnectionID)
        case close(ConnectionID)
        /// Shut down, and the last connection is closed.
        case finished
    }

    enum SlotState: Sendable, Equatable {
        case vacant
        case connecting
        case shared(inFlight: Int)
        case reserved(inFlight: Int)
        case exclusive
        case checking
        case closing
    }

    struct Slot: Sendable {
        var state = SlotState.vacant
        var generation = 0
        /// When it began to connect, was last used, or was last found healthy.
        var since: ContinuousClock.Instant
        var lastCheck: ContinuousClock.Instant
        /// It has to pass a check before it is used again.
        var isSuspect = false
    }

    struct Waiter: Sendable {
        var payload: Payload
        var deadline: ContinuousClock.Instant
        var order: UInt64
    }

    enum Phase: Sendable {
        /// Not running yet: requests wait.
        case idle
        case running
        case draining
        case finished
    }

    let configuration: Configuration
    var phase = Phase.idle
    var slots: [Slot]
    var breaker: CircuitBreaker
    var sharedWaiters = FIFOQueue<Waiter>()
    var exclusiveWaiters = FIFOQueue<Waiter>()
    /// Coarse: as of the last tick, which is exact enough for deadlines and saves a clock reading per statement.
    var now: ContinuousClock.Instant
    /// After a failed attempt while other connections live: no new attempt before this.
    var growthResumes: ContinuousClock.Instant
    private var nextOrder: UInt64 = 0

    init(_ configuration: Configuration, now: ContinuousClock.Instant) {
        self.configuration = configuration
        self.now = now
        growthResumes = now
        breaker = configuration.breaker
        slots = Array(repeating: Slot(since: now, lastCheck: now), count: max(1, configuration.maximum))
    }

    // MARK: Requests

    /// Asks for a connection.
    mutating func request(_ kind: Kind, _ payload: Payload) -> [Action] {
        if phase == .draining || phase == .finished { return [.reject(payload, "the client is shutting down")] }
        if let refusal = breaker.refusal { return [.reject(payload, refusal)] }
        switch kind {
        case .shared:
            if sharedWaiters.isEmpty, let (slot, inFlight) = leastBusy() {
                slots[slot].state = .shared(inFlight: inFlight + 1)
                let assignment = Action.assign(payload, id(slot))
                return inFlight == 0 ? [assignment] : [assignment] + grow(wanted: 1)
            }
            sharedWaiters.append(waiter(payload))
        case .exclusive:
            if exclusiveWaiters.isEmpty, let slot = idleSlot() {
                slots[slot].state = .exclusive
                return [.assign(payload, id(slot))]
            }
            exclusiveWaiters.append(waiter(payload))
        }
        return satisfyDemand()
    }

    /// So many statements on a shared connection are answered.
    mutating func releaseShared(_ id: ConnectionID, count: Int) -> [Action] {
        guard isCurrent(id) else { return [] }
        switch slots[id.slot].state {
        case .shared(let inFlight):
            slots[id.slot].state = .shared(inFlight: max(0, inFlight - count))
        case .reserved(let inFlight):
            slots[id.slot].state = .reserved(inFlight: max(0, inFlight - count))
        case .vacant, .connecting, .exclusive, .checking, .closing:
            return []
        }
        return serve(id.slot)
    }

    /// An exclusive lease is back, and its connection is fit for the next one.
    mutating func releaseExclusive(_ id: ConnectionID) -> [Action] {
        guard isCurrent(id), slots[id.slot].state == .exclusive else { return [] }
        slots[id.slot].state = .shared(inFlight: 0)
        return serve(id.slot)
    }

    // MARK: Connections

    /// - Returns: nil if nobody wants that connection any more; it has to be closed.
    mutating func connected(_ id: ConnectionID) -> [Action]? {
        guard isCurrent(id), slots[id.slot].state == .connecting else { return nil }
        guard phase == .running || hasWaiters else {
            vacate(id.slot)
            return nil
        }
        breaker.reset()
        slots[id.slot].state = .shared(inFlight: 0)
        slots[id.slot].lastCheck = now
        return serve(id.slot) + satisfyDemand()
    }

    mutating func connectFailed(_ id: ConnectionID, reason: String) -> [Action] {
        guard isCurrent(id), slots[id.slot].state == .connecting else { return [] }
        vacate(id.slot)
        if slots.contains(where: { $0.state != .vacant && $0.state != .closing }) {
            // Others live, or still try: the waiters have hope until their deadline.
            growthResumes = now + .milliseconds(200)
            return finishIfEmpty() + satisfyDemand()
        }
        breaker.trip(reason: reason, now: now)
        return rejectAll(reason) + finishIfEmpty()
    }

    /// The connection's server refuses what it should do. The connection takes nothing more, and the others have to prove
    /// that theirs is a better one: those that are in use, afterwards.
    mutating func retired(_ id: ConnectionID) -> [Action] {
        guard isCurrent(id) else { return [] }
        slots[id.slot].state = .closing
        var actions: [Action] = []
        for index in slots.indices {
            switch slots[index].state {
            case .shared(inFlight: 0): actions.append(check(index))
            case .shared, .reserved, .exclusive: slots[index].isSuspect = true
            case .vacant, .connecting, .checking, .closing: break
            }
        }
        return actions
    }

    /// The connection takes nothing more; its slot is free when it is closed.
    mutating func failed(_ id: ConnectionID) {
        guard isCurrent(id) else { return }
        slots[id.slot].state = .closing
    }

    mutating func closed(_ id: ConnectionID) -> [Action] {
        guard isCurrent(id) else { return [] }
        vacate(id.slot)
        return finishIfEmpty() + satisfyDemand()
    }

    /// A health check was answered; one that failed closes the connection instead.
    mutating func checked(_ id: ConnectionID) -> [Action] {
        guard isCurrent(id), slots[id.slot].state == .checking else { return [] }
        let lastUse = slots[id.slot].since
        slots[id.slot].state = .shared(inFlight: 0)
        slots[id.slot].lastCheck = now
        let actions = serve(id.slot)
        // A check is no use: a connection that only gets checks is idle.
        if slots[id.slot].state == .shared(inFlight: 0) { slots[id.slot].since = lastUse }
        return actions
    }
}

extension PoolStateMachine {
    func id(_ slot: Int) -> ConnectionID {
        ConnectionID(slot: slot, generation: slots[slot].generation)
    }

    func isCurrent(_ id: ConnectionID) -> Bool {
        slots.indices.contains(id.slot) && slots[id.slot].generation == id.generation
    }

    var hasWaiters: Bool { !sharedWaiters.isEmpty || !exclusiveWaiters.isEmpty }

    mutating func vacate(_ slot: Int) {
        slots[slot].state = .vacant
        slots[slot].isSuspect = false
        slots[slot].generation += 1
    }

    mutating func check(_ slot: Int) -> Action {
        slots[slot].state = .checking
        slots[slot].isSuspect = false
        return .check(id(slot))
    }

    private mutating func waiter(_ payload: Payload) -> Waiter {
        nextOrder += 1
        return Waiter(payload: payload, deadline: now + configuration.acquireTimeout, order: nextOrder)
    }
}
