/// What the pool is doing right now, and totals since it was made.
package struct PostgresPoolStatistics: Sendable, Equatable {
    package enum Circuit: String, Sendable {
        /// Requests are served.
        case closed
        /// The server can't be reached; requests are refused at once.
        case open
        /// One attempt to connect is under way; requests are still refused.
        case halfOpen = "half_open"
    }

    struct Counters: Sendable, Equatable {
        var connectAttempts = 0
        var connectFailures = 0
        var rejections = 0
    }

    /// Connections that are open, busy or not.
    package var open = 0
    /// Open connections that nobody uses.
    package var idle = 0
    /// Connections that run autocommit statements for several callers.
    package var shared = 0
    /// Connections that transactions and sessions hold alone.
    package var leased = 0
    /// Attempts to connect under way.
    package var connecting = 0
    /// Autocommit statements sent and not yet answered.
    package var inFlight = 0
    /// Requests that wait for a connection.
    package var waiting = 0
    package var circuit = Circuit.closed
    /// Totals since the client was made.
    package var connectAttempts = 0
    package var connectFailures = 0
    /// Requests refused: deadline, open circuit or shutdown.
    package var rejections = 0
    /// What the server said besides its answers, by severity.
    package var notices: [PostgresNoticeSeverity: Int] = [:]
    /// Commits that stopped waiting for their synchronous standby, each reported as one of unknown outcome.
    package var unconfirmedCommits = 0

    init<Payload>(machine: PoolStateMachine<Payload>, counters: Counters) {
        for slot in machine.slots { count(slot.state) }
        waiting = machine.sharedWaiters.count + machine.exclusiveWaiters.count
        circuit =
            switch machine.breaker.state {
            case .closed: .closed
            case .open: .open
            case .probing: .halfOpen
            }
        connectAttempts = counters.connectAttempts
        connectFailures = counters.connectFailures
        rejections = counters.rejections
    }

    private mutating func count<Payload>(_ state: PoolStateMachine<Payload>.SlotState) {
        switch state {
        case .vacant, .closing: return
        case .connecting:
            connecting += 1
            return
        case .shared(inFlight: 0): idle += 1
        case .shared(let statements), .reserved(let statements):
            shared += 1
            inFlight += statements
        case .exclusive: leased += 1
        case .checking: break
        }
        open += 1
    }
}
