import Testing

@testable import Postgres

private typealias Machine = PoolStateMachine<String>

/// A machine with a clock that the test moves, and its actions as words.
private struct Pool {
    var machine: Machine
    var now = ContinuousClock.now

    init(_ change: (inout Machine.Configuration) -> Void = { _ in }) {
        var configuration = Machine.Configuration()
        configuration.minimum = 0
        configuration.maximum = 2
        configuration.pipelineDepth = 3
        change(&configuration)
        machine = Machine(configuration, now: now)
    }

    static func words(_ actions: [Machine.Action]) -> [String] {
        actions.map { action in
            switch action {
            case .open(let id): "open \(id.slot)"
            case .assign(let payload, let id): "\(payload) on \(id.slot)"
            case .reject(let payload, let reason): "reject \(payload): \(reason)"
            case .check(let id): "check \(id.slot)"
            case .close(let id): "close \(id.slot)"
            case .finished: "finished"
            }
        }
    }

    mutating func start() -> [String] { Self.words(machine.start(now: now)) }
    mutating func statement(_ name: String) -> [String] { Self.words(machine.request(.shared, name)) }
    mutating func transaction(_ name: String) -> [String] { Self.words(machine.request(.exclusive, name)) }
    mutating func connected(_ slot: Int) -> [String]? { machine.connected(machine.id(slot)).map(Self.words) }
    mutating func refused(_ slot: Int) -> [String] {
        Self.words(machine.connectFailed(machine.id(slot), reason: "connection refused"))
    }
    mutating func answered(_ slot: Int, count: Int = 1) -> [String] {
        Self.words(machine.releaseShared(machine.id(slot), count: count))
    }
    mutating func returned(_ slot: Int) -> [String] { Self.words(machine.releaseExclusive(machine.id(slot))) }
    mutating func closed(_ slot: Int) -> [String] {
        machine.failed(machine.id(slot))
        return Self.words(machine.closed(machine.id(slot)))
    }
    mutating func retired(_ slot: Int) -> [String] { Self.words(machine.retired(machine.id(slot))) }
    mutating func checked(_ slot: Int) -> [String] { Self.words(machine.checked(machine.id(slot))) }
    mutating func wait(_ duration: Duration) -> [String] {
        now += duration
        return Self.words(machine.tick(now: now))
    }
    mutating func open(_ count: Int) {
        _ = start()
        for slot in 0..<count {
            _ = transaction("opener \(slot)")
            _ = connected(slot)
        }
        for slot in 0..<count { _ = returned(slot) }
    }
}

@Suite struct PoolStateMachineTests {
    @Test("Requests before the start wait, and the start serves them")
    func requestsWaitForTheStart() {
        var pool = Pool()
        #expect(pool.statement("a") == [])
        #expect(pool.start() == ["open 0"])
        #expect(pool.connected(0) == ["a on 0"])
    }

    @Test("The start opens the minimum")
    func startOpensTheMinimum() {
        var pool = Pool { $0.minimum = 2 }
        #expect(pool.start() == ["open 0", "open 1"])
    }

    @Test("Statements take an unused connection first, then share the least busy one")
    func statementsSpread() {
        var pool = Pool()
        pool.open(2)
        #expect(pool.statement("a") == ["a on 0"])
        #expect(pool.statement("b") == ["b on 1"])
        #expect(pool.statement("c") == ["c on 0"])
        #expect(pool.statement("d") == ["d on 1"])
        #expect(pool.answered(1, count: 2) == [])
        #expect(pool.statement("e") == ["e on 1"])
    }

    @Test("A statement that has to share makes the pool grow")
    func sharingGrowsThePool() {
        var pool = Pool()
        pool.open(1)
        #expect(pool.statement("a") == ["a on 0"])
        #expect(pool.statement("b") == ["b on 0", "open 1"])
        #expect(pool.statement("c") == ["c on 0"], "one is on its way already")
    }

    @Test("A full pipeline makes statements wait for an answer")
    func fullPipelineWaits() {
        var pool = Pool { $0.maximum = 1 }
        pool.open(1)
        for name in ["a", "b", "c"] { #expect(pool.statement(name) == ["\(name) on 0"]) }
        #expect(pool.statement("d") == [])
        #expect(pool.answered(0) == ["d on 0"])
    }

    @Test("A transaction has its connection alone")
    func transactionsAreAlone() {
        var pool = Pool { $0.maximum = 1 }
        pool.open(1)
        #expect(pool.transaction("t") == ["t on 0"])
        #expect(pool.statement("a") == [])
        #expect(pool.transaction("u") == [])
        #expect(pool.returned(0) == ["a on 0"], "first come, first served")
        #expect(pool.answered(0) == ["u on 0"])
    }

    @Test("When a connection is retired, the idle ones are checked at once and the others before their next use")
    func retirementCastsSuspicion() {
        var pool = Pool { $0.maximum = 4 }
        pool.open(4)
        #expect(pool.statement("a") == ["a on 0"])
        #expect(pool.statement("b") == ["b on 1"])
        #expect(pool.transaction("t") == ["t on 3"])
        #expect(pool.retired(0) == ["check 2"])
        #expect(pool.statement("c") == [], "nobody is above suspicion")
        #expect(pool.answered(0) == [])
        #expect(pool.answered(1) == ["check 1"])
        #expect(pool.checked(1) == ["c on 1"])
        #expect(pool.returned(3) == ["check 3"])
        #expect(pool.closed(3) == [])
        #expect(pool.checked(2) == [])
        #expect(pool.transaction("u") == ["u on 2"])
        #expect(pool.answered(1) == [])
        #expect(pool.statement("d") == ["d on 1"], "one check is enough")
    }

    @Test("A waiting transaction is not starved by a stream of statements")
    func transactionsAreNotStarved() {
        var pool = Pool { $0.maximum = 1 }
        pool.open(1)
        #expect(pool.statement("a") == ["a on 0"])
        #expect(pool.statement("b") == ["b on 0"])
        #expect(pool.transaction("t") == [])
        #expect(pool.statement("c") == [], "the connection is reserved")
        #expect(pool.answered(0) == [])
        #expect(pool.answered(0) == ["t on 0"])
        #expect(pool.returned(0) == ["c on 0"])
    }

    @Test("A transaction prefers a new connection to disturbing statements")
    func transactionsOpenConnections() {
        var pool = Pool()
        pool.open(1)
        #expect(pool.statement("a") == ["a on 0"])
        #expect(pool.transaction("t") == ["open 1"])
        #expect(pool.statement("b") == ["b on 0"])
        #expect(pool.connected(1) == ["t on 1"])
    }

    @Test("Who waits too long is refused, others are not")
    func waitDeadline() {
        var pool = Pool { $0.maximum = 1 }
        pool.open(1)
        _ = pool.transaction("t")
        #expect(pool.transaction("u") == [])
        #expect(pool.wait(.seconds(3)) == [])
        #expect(pool.statement("a") == [])
        #expect(pool.wait(.seconds(2)) == ["reject u: no connection became free within 5000 ms"])
        #expect(pool.returned(0) == ["a on 0"])
    }

    @Test("When no connection can be had, everybody is refused at once until a probe succeeds")
    func circuitBreaker() {
        var pool = Pool()
        _ = pool.start()
        #expect(pool.statement("a") == ["open 0"])
        #expect(pool.refused(0) == ["reject a: connection refused"])
        #expect(pool.transaction("t") == ["reject t: connection refused"])
        #expect(pool.wait(.milliseconds(50)) == [])
        #expect(pool.wait(.milliseconds(50)) == ["open 0"], "half open: one probe")
        #expect(pool.statement("b") == ["reject b: connection refused"])
        #expect(pool.refused(0) == [])
        #expect(pool.wait(.milliseconds(150)) == [], "the pause has doubled")
        #expect(pool.wait(.milliseconds(50)) == ["open 0"])
        #expect(pool.connected(0) == [])
        #expect(pool.statement("c") == ["c on 0"])
    }

    @Test("The circuit stays closed while any connection lives")
    func circuitStaysClosedWithALiveConnection() {
        var pool = Pool()
        pool.open(1)
        _ = pool.statement("a")
        #expect(pool.transaction("t") == ["open 1"])
        #expect(pool.refused(1) == [])
        #expect(pool.statement("b") == [], "the live connection is reserved for the transaction")
        #expect(pool.answered(0) == ["t on 0"])
        #expect(pool.returned(0) == ["b on 0"])
    }

    @Test("An attempt to connect that never reports counts as failed, and its late success is refused")
    func slowConnect() {
        var pool = Pool()
        _ = pool.start()
        #expect(pool.statement("a") == ["open 0"])
        let late = pool.machine.id(0)
        #expect(pool.wait(.seconds(4)) == [])
        #expect(pool.wait(.seconds(3)).contains { $0.hasPrefix("reject a") })
        #expect(pool.machine.connected(late) == nil)
    }

    @Test("A lost connection is replaced for those who wait, and nothing stale touches the new one")
    func lostConnection() {
        var pool = Pool { $0.maximum = 1 }
        pool.open(1)
        _ = pool.transaction("t")
        _ = pool.statement("a")
        let old = pool.machine.id(0)
        #expect(pool.closed(0) == ["open 0"])
        #expect(pool.connected(0) == ["a on 0"])
        #expect(Pool.words(pool.machine.releaseExclusive(old)) == [])
        #expect(Pool.words(pool.machine.closed(old)) == [])
        #expect(pool.answered(0) == [])
    }

    @Test("Idle connections above the minimum are closed, the rest is asked for its health")
    func idleConnections() {
        var pool = Pool { $0.minimum = 1 }
        pool.open(2)
        #expect(pool.wait(.seconds(30)) == ["check 0", "check 1"])
        #expect(Pool.words(pool.machine.checked(pool.machine.id(0))) == [])
        #expect(Pool.words(pool.machine.checked(pool.machine.id(1))) == [])
        _ = pool.statement("a")
        _ = pool.answered(0)
        #expect(pool.wait(.seconds(29)) == [])
        #expect(pool.wait(.seconds(1)) == ["check 0", "close 1"])
    }

    @Test("The minimum is restored after a loss")
    func minimumIsRestored() {
        var pool = Pool { $0.minimum = 1 }
        #expect(pool.start() == ["open 0"])
        #expect(pool.connected(0) == [])
        #expect(pool.closed(0) == [])
        #expect(pool.wait(.milliseconds(50)) == ["open 0"])
    }

    @Test("Shutting down refuses newcomers, serves who waits, and ends when all connections are closed")
    func gracefulShutdown() {
        var pool = Pool { $0.maximum = 1 }
        pool.open(1)
        _ = pool.transaction("t")
        _ = pool.statement("a")
        #expect(Pool.words(pool.machine.shutDown()) == [])
        #expect(pool.statement("b") == ["reject b: the client is shutting down"])
        #expect(pool.returned(0) == ["a on 0"])
        #expect(pool.answered(0) == ["close 0"])
        #expect(pool.closed(0) == ["finished"])
    }

    @Test("Stopping at once refuses who waits and closes what is in use")
    func immediateShutdown() {
        var pool = Pool { $0.maximum = 1 }
        pool.open(1)
        _ = pool.transaction("t")
        _ = pool.statement("a")
        #expect(Pool.words(pool.machine.shutDownNow()) == ["reject a: the client was stopped", "close 0"])
        #expect(pool.closed(0) == ["finished"])
    }

    @Test("A connection that comes after the shutdown is refused, and the pool ends")
    func shutdownWhileConnecting() {
        var pool = Pool { $0.minimum = 1 }
        #expect(pool.start() == ["open 0"])
        #expect(Pool.words(pool.machine.shutDown()) == [])
        #expect(pool.connected(0) == nil)
        #expect(pool.wait(.milliseconds(50)) == ["finished"])
    }

    @Test("A client that never ran can be shut down")
    func shutdownBeforeStart() {
        var pool = Pool()
        _ = pool.statement("a")
        #expect(Pool.words(pool.machine.shutDown()) == ["reject a: the client is shutting down", "finished"])
    }
}
