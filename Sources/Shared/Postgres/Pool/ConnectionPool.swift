import Dispatch
import Logging
import NIOConcurrencyHelpers

/// The pool's state machine with real connections, a real clock, and a lock around it.
final class ConnectionPool: Sendable {
    typealias Machine = PoolStateMachine<Payload>

    enum Payload: Sendable {
        case statement(StatementRequest)
        case lease(LeaseRequest)
    }

    private struct State: Sendable {
        var machine: Machine
        var connections: [PostgresConnection?]
        var counters = PostgresPoolStatistics.Counters()
        var whenFinished: [CheckedContinuation<Void, Never>] = []
        var ticks: UInt64 = 0
    }

    /// An action of the machine with the connection it speaks of.
    private enum Step {
        case perform(Machine.Action, PostgresConnection?)
        case resume([CheckedContinuation<Void, Never>])
    }

    let connector: Connector
    let logger: Logger
    private let configuration: PostgresConfiguration
    /// Not a `Mutex`: when that is contended, it locks inside the runtime, where Thread Sanitizer does not see it.
    private let state: NIOLockedValueBox<State>
    private let timer: PoolTimer

    init(_ configuration: PostgresConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        connector = Connector(configuration, logger: logger)
        let limit = configuration.searchTimeout + .seconds(1)
        let machine = Machine(
            Machine.Configuration(
                minimum: configuration.minimumConnections, maximum: configuration.maximumConnections,
                pipelineDepth: max(1, configuration.pipelineDepth), acquireTimeout: configuration.acquireTimeout,
                idleTimeout: configuration.idleTimeout, healthCheckInterval: configuration.healthCheckInterval,
                connectLimit: limit),
            now: .now)
        state = NIOLockedValueBox(
            State(machine: machine, connections: Array(repeating: nil, count: machine.slots.count)))
        timer = PoolTimer()
        timer.start { [weak self] in self?.tick() }
    }

    // MARK: Requests

    /// Runs a statement on a shared connection, at once or when one has room.
    func submit(_ request: StatementRequest) {
        perform { $0.request(.shared, .statement(request)) }
    }

    /// Waits for a connection of one's own.
    func acquire() async throws(PostgresError) -> Lease {
        let request = LeaseRequest()
        return try await withTaskCancellationHandler {
            await request.outcome { request in perform { $0.request(.exclusive, .lease(request)) } }
        } onCancel: {
            request.cancel()
        }.get()
    }

    /// Takes back a connection that is idle and clean.
    func release(_ lease: Lease) {
        lease.connection.setAnswerLimit(configuration.answerLimit)
        perform { $0.releaseExclusive(lease.id) }
    }

    // MARK: Life

    func start() {
        perform { $0.start(now: .now) }
    }

    /// Returns when the last connection is closed after a shutdown.
    func waitUntilFinished() async {
        await withCheckedContinuation { continuation in
            let isFinished = state.withLockedValue { state in
                if state.machine.phase == .finished { return true }
                state.whenFinished.append(continuation)
                return false
            }
            if isFinished { continuation.resume() }
        }
        timer.stop()
    }

    func shutDown() {
        perform { $0.shutDown() }
    }

    func shutDownNow() {
        perform { $0.shutDownNow() }
    }

    var statistics: PostgresPoolStatistics {
        var statistics = state.withLockedValue { PostgresPoolStatistics(machine: $0.machine, counters: $0.counters) }
        let counts = connector.notices.counts
        statistics.notices = counts.bySeverity
        statistics.unconfirmedCommits = counts.unconfirmedCommits
        return statistics
    }

    private func tick() {
        let now = ContinuousClock.now
        perform { $0.tick(now: now) }
        // Every quarter of a second is often enough to look for a server that has fallen silent.
        let watched: [PostgresConnection] = state.withLockedValue { state in
            state.ticks += 1
            return state.ticks.isMultiple(of: 5) ? state.connections.compactMap(\.self) : []
        }
        for connection in watched { connection.watch(now: now) }
    }

    // MARK: Actions

    private func perform(_ event: (inout Machine) -> [Machine.Action]) {
        carryOut(decide(event))
    }

    private func decide(_ event: (inout Machine) -> [Machine.Action]) -> [Step] {
        state.withLockedValue { state in event(&state.machine).map { Self.resolve($0, &state) } }
    }

    private func carryOut(_ steps: [Step]) {
        var steps = steps
        while !steps.isEmpty {
            // What follows from a step is done after it, not inside it: a thousand cancelled waiters are no deep recursion.
            steps = steps.flatMap { perform($0) }
        }
    }

    private static func resolve(_ action: Machine.Action, _ state: inout State) -> Step {
        switch action {
        case .assign(_, let id), .check(let id), .close(let id):
            return .perform(action, state.connections[id.slot])
        case .open:
            state.counters.connectAttempts += 1
            return .perform(action, nil)
        case .reject:
            state.counters.rejections += 1
            return .perform(action, nil)
        case .finished:
            defer { state.whenFinished = [] }
            return .resume(state.whenFinished)
        }
    }

    /// - Returns: what follows at once.
    private func perform(_ step: Step) -> [Step] {
        switch step {
        case .resume(let continuations):
            for continuation in continuations { continuation.resume() }
        case .perform(.assign(.statement(let request), _), let connection):
            connection?.submit(request)
        case .perform(.assign(.lease(let request), let id), let connection):
            guard let connection else { return [] }
            let lease = Lease(connection: connection, id: id)
            if !request.complete(.success(lease)) { return decide { $0.releaseExclusive(id) } }
        case .perform(.reject(.statement(let request), let reason), _):
            request.complete(.failure(connector.failure(because: reason)))
        case .perform(.reject(.lease(let request), let reason), _):
            _ = request.complete(.failure(connector.failure(because: reason)))
        case .perform(.close, let connection):
            connection?.close("the pool closed it")
        case .perform(.check(let id), let connection):
            if let connection { check(connection, id) }
        case .perform(.open(let id), _):
            open(id)
        case .perform(.finished, _):
            break
        }
        return []
    }

    private func open(_ id: Machine.ConnectionID) {
        connector.connect { [self] result in
            switch result {
            case .success(let handle): adopt(handle, as: id)
            case .failure(let error): connectFailed(id, error)
            }
        }
    }

    private func connectFailed(_ id: Machine.ConnectionID, _ error: PostgresError) {
        let reason: String
        switch error {
        case .unavailable(let text):
            reason = text
            logger.warning("PostgreSQL connection failed", metadata: ["reason": "\(reason)"])
        default:
            // Whoever asks is told, with the setting that is wrong.
            reason = "\(error)"
            logger.debug("PostgreSQL connection refused", metadata: ["reason": "\(reason)"])
        }
        state.withLockedValue { $0.counters.connectFailures += 1 }
        perform { $0.connectFailed(id, reason: reason) }
    }

    private func adopt(_ handle: ConnectionHandle, as id: Machine.ConnectionID) {
        let connection = PostgresConnection(
            handle, on: connector.loop(), configuration: configuration, events: events(of: id))
        connection.start()
        let steps: [Step]? = state.withLockedValue { state in
            state.connections[id.slot] = connection
            guard let actions = state.machine.connected(id) else {
                if state.connections[id.slot] === connection { state.connections[id.slot] = nil }
                return nil
            }
            return actions.map { Self.resolve($0, &state) }
        }
        guard let steps else { return connection.close("nobody waits for it any more") }
        carryOut(steps)
    }

    private func events(of id: Machine.ConnectionID) -> PostgresConnection.Events {
        PostgresConnection.Events(
            released: { [self] count in perform { $0.releaseShared(id, count: count) } },
            retired: { [self] reason in connectionRetired(id, reason) },
            failed: { [self] reason, unsent in connectionFailed(id, reason, unsent) },
            closed: { [self] in connectionClosed(id) })
    }

    private func connectionFailed(_ id: Machine.ConnectionID, _ reason: String, _ unsent: [StatementRequest]) {
        if unsent.isEmpty { logger.debug("PostgreSQL connection ended", metadata: ["reason": "\(reason)"]) }
        state.withLockedValue { $0.machine.failed(id) }
        for request in unsent { submit(request) }
    }

    private func connectionRetired(_ id: Machine.ConnectionID, _ reason: String) {
        logger.warning("A connection to PostgreSQL is of no use any more", metadata: ["reason": "\(reason)"])
        perform { $0.retired(id) }
    }

    private func connectionClosed(_ id: Machine.ConnectionID) {
        state.withLockedValue { state in
            if state.machine.isCurrent(id) { state.connections[id.slot] = nil }
        }
        perform { $0.closed(id) }
    }

    private func check(_ connection: PostgresConnection, _ id: Machine.ConnectionID) {
        Task {
            let request = StatementRequest(configuration.unfitness, kind: .exclusive)
            switch await request.outcome(submit: { connection.submit($0) }) {
            case .success(let answer) where answer.isAffirmative: await connection.retire()
            case .success: perform { $0.checked(id) }
            case .failure: connection.close("it failed its health check")
            }
        }
    }
}
