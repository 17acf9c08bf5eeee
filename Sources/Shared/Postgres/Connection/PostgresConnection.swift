import CLibPQ
import Dispatch
import NIOConcurrencyHelpers

/// One connection: everything that touches its `PGconn` happens on its event loop's thread.
///
/// Requests go out in libpq's pipeline mode, each in a segment of its own (one Sync), so that one that fails fails only
/// itself. Many submitters cost one wake-up: what arrives while the loop is busy is sent in one go.
actor PostgresConnection {
    /// What the owner of a connection is told, on the connection's loop.
    struct Events: Sendable {
        /// So many shared statements were answered.
        var released: @Sendable (Int) -> Void = { _ in }
        /// The server takes no writes: what was sent will still be answered, then the connection fails.
        var retired: @Sendable (String) -> Void = { _ in }
        /// Nothing more will be sent; the shared statements that were never sent come back.
        var failed: @Sendable (String, [StatementRequest]) -> Void = { _, _ in }
        /// The socket is closed.
        var closed: @Sendable () -> Void = {}
        /// NOTIFY: channel and payload.
        var notified: @Sendable (String, String) -> Void = { _, _ in }
    }

    private struct Inbox: Sendable {
        var requests: [StatementRequest] = []
        var isDrainScheduled = false
        /// How long the server may stay silent while it owes an answer; nil for ever.
        var answerLimit: Duration?
    }

    private nonisolated let loop: EventLoop
    private nonisolated let inbox: NIOLockedValueBox<Inbox>
    private nonisolated let cancelHandle: CancelHandle
    private nonisolated let answerGrace: Duration
    nonisolated let events: Events

    let handle: ConnectionHandle
    var flights = FIFOQueue<Flight>()
    var prepared: PreparedStatementCache
    /// The script that occupies the connection; pipeline mode is off while it runs.
    var script: Flight?
    /// What arrived while a script runs or waits to run.
    var deferred: [StatementRequest] = []
    /// What the current readiness has brought; completed when the pool knows about the room it makes.
    var landed: [(request: StatementRequest, outcome: StatementRequest.Outcome)] = []
    /// What another connection is to run, because this one's server takes no writes.
    var misplaced: [StatementRequest] = []
    /// Whether the current readiness has brought a refusal to write.
    var isServerReadOnly = false
    /// Prepared statements to deallocate after the segment that is being sent.
    var orphans: [String] = []
    private(set) var isClosed = false
    private var isRetired = false
    private var batch: [StatementRequest] = []
    private var isAwaitingWritability = false
    /// Counts socket readiness; the watch compares it with what it saw before.
    private var progress: UInt64 = 0
    private var watched: (progress: UInt64, since: ContinuousClock.Instant)?

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// Takes ownership of the handle.
    init(_ handle: ConnectionHandle, on loop: EventLoop, configuration: PostgresConfiguration, events: Events) {
        self.handle = handle
        self.loop = loop
        self.events = events
        cancelHandle = CancelHandle(handle)
        answerGrace = configuration.answerGrace
        prepared = PreparedStatementCache(limit: configuration.preparedStatementLimit)
        inbox = NIOLockedValueBox(Inbox(answerLimit: configuration.answerLimit))
    }

    /// Begins to listen to the socket.
    nonisolated func start() {
        onLoop { connection in
            if !connection.isClosed { connection.loop.watch(PQsocket(connection.handle.pointer), connection) }
        }
    }

    /// Hands over a request. Its outcome arrives through the request.
    nonisolated func submit(_ request: StatementRequest) {
        let mustSchedule = inbox.withLockedValue { inbox in
            inbox.requests.append(request)
            defer { inbox.isDrainScheduled = true }
            return !inbox.isDrainScheduled
        }
        if mustSchedule { loop.wake(self) }
    }

    /// Changes how long the server may stay silent while it owes an answer.
    nonisolated func setAnswerLimit(_ limit: Duration?) {
        inbox.withLockedValue { $0.answerLimit = limit }
    }

    /// Ends the connection; whatever is still in flight fails with `.connectionLost`.
    nonisolated func close(_ reason: String) {
        onLoop { $0.shut(reason) }
    }

    /// Makes the server stop what it is doing, then closes: for a cancelled statement that nobody will wait for.
    nonisolated func abort(_ reason: String, on helper: DispatchQueue) {
        helper.async { [cancelHandle] in cancelHandle.cancel() }
        close(reason)
    }

    /// Closes the connection if it owes an answer and has been silent for too long.
    nonisolated func watch(now: ContinuousClock.Instant) {
        onLoop { $0.checkProgress(now: now) }
    }

    /// Forgets the prepared statements, which `DISCARD ALL` has dropped.
    func forgetPreparedStatements() {
        prepared.removeAll()
    }

    /// Whether the session is in a transaction, as far as the server has answered.
    var hasOpenTransaction: Bool { !isClosed && PQtransactionStatus(handle.pointer) != PQTRANS_IDLE }

    private nonisolated func onLoop(_ body: @escaping @Sendable (isolated PostgresConnection) -> Void) {
        loop.run { self.assumeIsolated { body($0) } }
    }

    fileprivate func drain() {
        inbox.withLockedValue { inbox in
            swap(&inbox.requests, &batch)
            inbox.isDrainScheduled = false
        }
        if takesNothing {
            giveBack(batch)
        } else {
            sendTogether(batch)
            flush()
        }
        batch.removeAll(keepingCapacity: true)
    }

    // MARK: Readiness

    fileprivate func handleReadiness(readable: Bool, writable: Bool) {
        guard !isClosed else { return }
        progress &+= 1
        if readable { receive() }
        if writable { flush() }
    }

    /// Sends what libpq still holds; input is watched all the time, because the server may stop reading until we do.
    func flush() {
        guard !isClosed else { return }
        switch PQflush(handle.pointer) {
        case 0: setAwaitingWritability(false)
        case 1: setAwaitingWritability(true)
        default: fail(handle.errorMessage)
        }
    }

    private func setAwaitingWritability(_ isAwaiting: Bool) {
        guard isAwaiting != isAwaitingWritability else { return }
        isAwaitingWritability = isAwaiting
        loop.watch(PQsocket(handle.pointer), forWriting: isAwaiting)
    }

    private func checkProgress(now: ContinuousClock.Instant) {
        // A server that is left gets no more than the grace: callers wait for the room that this connection takes.
        let limit: Duration? = isRetired ? answerGrace : inbox.withLockedValue { $0.answerLimit }
        guard !isClosed, !flights.isEmpty || script != nil, let limit else {
            watched = nil
            return
        }
        guard let seen = watched, seen.progress == progress else {
            watched = (progress, now)
            return
        }
        // The server keeps the answers of a segment until its end.
        let patience = limit * (flights.first?.statementCount ?? 1)
        guard seen.since.duration(to: now) >= patience else { return }
        let reason = "the server has not answered for \(patience.wholeMilliseconds) ms, the connection was given up"
        if flights.isEmpty { script?.error = .timedOut(reason) } else { flights.first?.error = .timedOut(reason) }
        fail(reason)
    }

    // MARK: The end

    /// Whether nothing more is sent.
    var takesNothing: Bool { isClosed || isRetired }

    /// Sends nothing more, lets what was sent be answered, and closes then: the server answers, but takes no writes.
    func retire() {
        guard !takesNothing else { return }
        isRetired = true
        let unsent = deferred
        deferred = []
        events.retired(Self.readOnly)
        giveBack(unsent)
        closeIfRetired()
    }

    /// Closes a retired connection once everything is answered.
    func closeIfRetired() {
        if isRetired, !isClosed, flights.isEmpty, script == nil { fail(Self.readOnly) }
    }

    private static let readOnly = "its server takes no writes (any more)"

    private func shut(_ reason: String) {
        if !isClosed { fail(reason) }
    }

    /// Ends the connection: what was sent has an unknown outcome, what was not sent has none.
    func fail(_ reason: String) {
        guard !isClosed else { return }
        isClosed = true
        let lost = PostgresError.connectionLost(reason)
        // The server's last word may have been about the commit that was being answered.
        let doubt = handle.notices.takeDoubt().map(PostgresError.commitOutcomeUnknown)
        if let doubt { flights.first?.error = doubt }
        while let flight = flights.popFirst() {
            flight.request?.complete(.failure(flight.error ?? lost))
        }
        if let script { script.request?.complete(.failure(doubt ?? script.error ?? lost)) }
        script = nil
        let unsent = deferred
        deferred = []
        events.failed(reason, [])
        giveBack(unsent)
        loop.unwatch(PQsocket(handle.pointer))
        // Later, because whoever called this may still look at the handle.
        onLoop { $0.finish() }
    }

    private func finish() {
        PQfinish(handle.pointer)
        events.closed()
    }

    /// Returns what was never sent: shared statements to the pool, all others as failed.
    func giveBack(_ requests: [StatementRequest]) {
        var shared: [StatementRequest] = []
        for request in requests {
            if request.kind == .shared {
                shared.append(request)
            } else {
                request.complete(.failure(.unavailable("the connection ended before the statement was sent")))
            }
        }
        if !shared.isEmpty { events.failed("", shared) }
    }
}

extension PostgresConnection: EventLoop.Handler {
    nonisolated func becameReady(readable: Bool, writable: Bool) {
        assumeIsolated { $0.handleReadiness(readable: readable, writable: writable) }
    }

    nonisolated func awoke() {
        assumeIsolated { $0.drain() }
    }
}

extension PostgresConfiguration {
    var answerLimit: Duration { statementTimeout + answerGrace }
}
