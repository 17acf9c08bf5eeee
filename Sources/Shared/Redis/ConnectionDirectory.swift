/// Which shared connections are up, who waits for the first one, and when callers fail at once instead.
///
/// A caller waits only while an attempt to connect is under way that may well succeed: at the start, and after a
/// connection ended by itself. Once an attempt has failed, or a server was found stuck, callers fail at once until a
/// connection is up again.
struct ConnectionDirectory<Connection: AnyObject & Sendable, Waiter: Sendable>: Sendable {
    enum Lease {
        case connection(Connection)
        case wait
        case unavailable(String)
    }

    private enum Slot {
        case connecting
        case connected(Connection)
        case down
    }

    private var slots: [Slot]
    private var live: [Connection] = []
    private var turn = 0
    private var lastFailure = "no connection has been made yet"
    private var isShutDown = false
    private var waiters: [UInt64: Waiter] = [:]
    private var nextWaiter: UInt64 = 0

    init(connections: Int) {
        slots = Array(repeating: .connecting, count: max(1, connections))
    }

    var connectedCount: Int { live.count }
    var waitingCount: Int { waiters.count }

    /// The connection whose turn it is, or what the caller should do instead.
    mutating func lease() -> Lease {
        guard !isShutDown else { return .unavailable("the client is shutting down") }
        guard live.isEmpty else {
            turn = turn + 1 < live.count ? turn + 1 : 0
            return .connection(live[turn])
        }
        return isHopeful ? .wait : .unavailable(lastFailure)
    }

    /// Keeps a caller until ``connected(_:slot:)`` or ``failed(slot:reason:)`` releases it.
    mutating func wait(_ waiter: Waiter) -> UInt64 {
        nextWaiter += 1
        waiters[nextWaiter] = waiter
        return nextWaiter
    }

    /// The caller no longer waits; nil when it was released already.
    mutating func abandonWait(_ id: UInt64) -> Waiter? {
        waiters.removeValue(forKey: id)
    }

    /// Notes a connection and returns the callers to release to it.
    mutating func connected(_ connection: Connection, slot: Int) -> [Waiter] {
        slots[slot] = .connected(connection)
        live.append(connection)
        return releaseWaiters()
    }

    /// Notes that a connection ended; may be called more than once for the same one.
    mutating func lost(_ connection: Connection, reason: String, isServerStuck: Bool) {
        live.removeAll { $0 === connection }
        for index in slots.indices {
            guard case .connected(let current) = slots[index], current === connection else { continue }
            slots[index] = isServerStuck ? .down : .connecting
            lastFailure = reason
        }
    }

    /// Notes a failed attempt and returns the callers to release with the reason.
    mutating func failed(slot: Int, reason: String) -> [Waiter] {
        slots[slot] = .down
        lastFailure = reason
        return live.isEmpty && !isHopeful ? releaseWaiters() : []
    }

    /// Refuses everything from now on and returns the callers to release.
    mutating func shutDown() -> [Waiter] {
        isShutDown = true
        return releaseWaiters()
    }

    private var isHopeful: Bool {
        slots.contains { slot in
            guard case .connecting = slot else { return false }
            return true
        }
    }

    private mutating func releaseWaiters() -> [Waiter] {
        defer { waiters.removeAll() }
        return waiters.sorted { $0.key < $1.key }.map(\.value)
    }
}
