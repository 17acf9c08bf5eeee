import NIOCore

/// Which reply belongs to which waiter on one connection. Redis answers strictly in order, so a queue decides; whoever
/// stops waiting keeps a place in it until the reply has come.
struct PipelineStateMachine<Waiter> {
    /// How many replies a waiter needs.
    enum Expectation: Equatable {
        case one
        case several(Int)
    }

    /// When a waiter gives up, and when the connection is given up because of it.
    struct Deadlines: Equatable {
        /// The caller gets `timedOut` and a later reply is dropped; the connection lives on.
        var caller: NIODeadline?
        /// The connection is closed: its server is taken to be stuck.
        var connection: NIODeadline

        var earliest: NIODeadline { caller.map { min($0, connection) } ?? connection }
    }

    enum Delivery {
        case reply(Waiter, RedisValue)
        case replies(Waiter, [RedisValue])
        /// Nobody waits for it any more, or more replies of the same pipeline are due.
        case none
        /// A published message.
        case message(RedisValue)
        /// A reply nobody asked for; the connection can't be trusted.
        case unexpected
    }

    struct Expiry {
        var timedOut: [Waiter] = []
        /// Waiters of a connection that must be closed now; nil when it may stay.
        var lost: [Waiter]?
    }

    private struct Entry {
        var waiter: Waiter?
        let expectation: Expectation
        let deadlines: Deadlines
        var replies: [RedisValue] = []
    }

    private var entries = CircularBuffer<Entry>(initialCapacity: 64)
    private var isDraining = false
    private var isSubscriber = false
    private var isClosed = false

    /// When ``expire(now:)`` should be called next; it may be earlier than necessary.
    private(set) var nextExpiry: NIODeadline?

    /// Waiters and abandoned places that still await replies.
    var inFlight: Int { entries.count }

    /// Whether a drained connection has nothing left to wait for.
    var isDrained: Bool { isDraining && entries.isEmpty }

    /// Notes that a request is being written. False when the connection is closed and nothing may be written.
    mutating func add(_ waiter: Waiter, expecting expectation: Expectation, deadlines: Deadlines) -> Bool {
        guard !isClosed else { return false }
        entries.append(Entry(waiter: waiter, expectation: expectation, deadlines: deadlines))
        nextExpiry = nextExpiry.map { min($0, deadlines.earliest) } ?? deadlines.earliest
        return true
    }

    /// From now on arrays named `message` are published messages rather than replies.
    mutating func becomeSubscriber() {
        isSubscriber = true
    }

    mutating func receive(_ value: RedisValue) -> Delivery {
        if isSubscriber, RedisMessage(value) != nil {
            return .message(value)
        }
        guard let first = entries.first else { return .unexpected }
        switch first.expectation {
        case .one:
            entries.removeFirst()
            return first.waiter.map { .reply($0, value) } ?? .none
        case .several(let count):
            let index = entries.startIndex
            entries[index].replies.append(value)
            guard entries[index].replies.count == count else { return .none }
            let entry = entries.removeFirst()
            return entry.waiter.map { .replies($0, entry.replies) } ?? .none
        }
    }

    /// Finds who waited too long.
    mutating func expire(now: NIODeadline) -> Expiry {
        var expiry = Expiry()
        nextExpiry = nil
        let isStuck = entries.contains { $0.deadlines.connection <= now }
        for index in entries.indices {
            let deadlines = entries[index].deadlines
            if deadlines.earliest <= now, let waiter = entries[index].waiter {
                expiry.timedOut.append(waiter)
                entries[index].waiter = nil
            }
            let next = entries[index].waiter == nil ? deadlines.connection : deadlines.earliest
            nextExpiry = nextExpiry.map { min($0, next) } ?? next
        }
        if isStuck {
            expiry.lost = close()
        }
        return expiry
    }

    /// No further requests will come; see ``isDrained``.
    mutating func drain() {
        isDraining = true
    }

    /// Ends everything; the waiters returned get no reply.
    mutating func close() -> [Waiter] {
        isClosed = true
        nextExpiry = nil
        defer { entries.removeAll() }
        return entries.compactMap(\.waiter)
    }
}
