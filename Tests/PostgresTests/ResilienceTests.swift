import Foundation
import Logging
import Postgres
import TestSupport
import Testing

@Suite struct ResilienceTests {
    @Test("After the server has ended all its processes the client works again without help")
    func terminatedBackends() async throws {
        try await TestDatabase.withDatabase(migrated: false) {
            $0.maximumConnections = 4
        } _: { database in
            let client = database.client
            _ = await withTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { _ = try? await client.execute("select pg_sleep(0.05)") } }
            }
            try await eventually { client.statistics.open >= 2 }
            let stuck = Task { try await client.execute("select pg_sleep(60)") }
            try await database.waitUntilRunning("select pg_sleep(60)")
            try await TestServer.configuration().withClient { server in
                try await server.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity where datname = \(database.name)")
            }
            guard case .failure(PostgresError.connectionLost) = await stuck.result else {
                Issue.record("the statement in flight should be lost")
                return
            }
            try await eventually { try await client.queryValue("select 1", as: Int.self) == 1 }
            for number in 0..<20 { #expect(try await client.queryValue("select \(number)", as: Int.self) == number) }
        }
    }

    @Test("With nobody at the port every request is refused within milliseconds")
    func closedPort() async throws {
        var configuration = try PostgresConfiguration(connectionString: "host=127.0.0.1 port=1 dbname=none user=none")
        configuration.acquireTimeout = .seconds(60)
        try await configuration.withClient { client in
            let first = ContinuousClock.now
            await #expect(throws: PostgresError.self) { try await client.execute("select 1") }
            #expect(first.duration(to: .now) < .seconds(30), "half of what it would wait for a connection")
            let start = ContinuousClock.now
            for _ in 0..<100 {
                let error = await #expect(throws: PostgresError.self) { try await client.withTransaction { _ in } }
                guard case .unavailable(let reason) = error else {
                    Issue.record("unexpected \(String(describing: error))")
                    return
                }
                #expect(reason.contains("refused"))
            }
            #expect(start.duration(to: .now) < .seconds(30), "a hundred of them, and none waits for a connection")
            #expect(client.statistics.circuit != .closed)
        }
    }

    @Test("When the server is back, a probe closes the circuit")
    func recovery() async throws {
        try await TestDatabase.withDatabase(migrated: false) { database in
            let proxy = try await TCPProxy(toPort: TestServer.port())
            defer { proxy.stop() }
            proxy.setRule { _ in .cut }
            try await database.configuration(throughPort: proxy.port).withClient { client in
                await #expect(throws: PostgresError.self) { try await client.execute("select 1") }
                #expect(client.statistics.circuit != .closed)
                proxy.setRule { _ in .forward }
                try await eventually { client.statistics.circuit == .closed }
                #expect(try await client.queryValue("select 1", as: Int.self) == 1)
            }
        }
    }

    @Test("A server that falls silent is given up after the client's own deadline, and found again")
    func silentServer() async throws {
        try await TestDatabase.withDatabase(migrated: false) { database in
            let proxy = try await TCPProxy(toPort: TestServer.port())
            defer { proxy.stop() }
            var configuration = try database.configuration(throughPort: proxy.port)
            configuration.maximumConnections = 1
            configuration.statementTimeout = .milliseconds(1500)
            configuration.answerGrace = .milliseconds(500)
            configuration.connectTimeout = .seconds(2)
            try await configuration.withClient { client in
                try await eventually { try await client.queryValue("select 0", as: Int.self) == 0 }
                proxy.pause()
                let start = ContinuousClock.now
                async let first = Result { try await client.execute("select 1") }
                async let second = Result { try await client.execute("select 2") }
                let outcomes = await [first, second]
                #expect(start.duration(to: .now) < .seconds(60))
                for outcome in outcomes {
                    switch outcome {
                    case .failure(PostgresError.timedOut), .failure(PostgresError.connectionLost): break
                    default: Issue.record("unexpected \(outcome)")
                    }
                }
                // While the server stays silent, so do new attempts to connect: the circuit opens.
                let refused = ContinuousClock.now
                await #expect(throws: PostgresError.self) { try await client.execute("select 3") }
                #expect(refused.duration(to: .now) < .seconds(60))
                proxy.resume()
                try await eventually { try await client.queryValue("select 4", as: Int.self) == 4 }
            }
        }
    }

    @Test("A silent server in the middle of COMMIT is an unknown outcome")
    func silentCommit() async throws {
        try await TestDatabase.withDatabase(migrated: false) { database in
            let proxy = try await TCPProxy(toPort: TestServer.port())
            defer { proxy.stop() }
            var configuration = try database.configuration(throughPort: proxy.port)
            configuration.statementTimeout = .milliseconds(4000)
            configuration.answerGrace = .milliseconds(500)
            try await configuration.withClient { client in
                let error = await #expect(throws: PostgresError.self) {
                    try await client.withTransaction { transaction in
                        try await transaction.execute("create table t (a int8)")
                        proxy.pause()
                    }
                }
                guard case .commitOutcomeUnknown = error else {
                    Issue.record("unexpected \(String(describing: error))")
                    return
                }
            }
        }
    }

    @Test("Who waits for a connection longer than allowed is told so")
    func waitDeadline() async throws {
        try await TestDatabase.withDatabase(migrated: false) { configuration in
            configuration.maximumConnections = 1
            configuration.acquireTimeout = .seconds(2)
        } _: { database in
            let client = database.client
            try await eventually { try await client.queryValue("select 1", as: Int.self) == 1 }
            try await client.withConnection { _ in
                let start = ContinuousClock.now
                await #expect(throws: PostgresError.unavailable("no connection became free within 2000 ms")) {
                    try await client.execute("select 1")
                }
                await #expect(throws: PostgresError.unavailable("no connection became free within 2000 ms")) {
                    try await client.withTransaction { try await $0.execute("select 1") }
                }
                #expect(start.duration(to: .now) < .seconds(60))
            }
            #expect(try await client.queryValue("select 1", as: Int.self) == 1)
        }
    }

    @Test("A cancelled wait for a connection gives the connection to the next one")
    func cancelledWait() async throws {
        try await TestDatabase.withDatabase(migrated: false) {
            $0.maximumConnections = 1
        } _: { database in
            let client = database.client
            let waiting = try await client.withConnection { _ in
                let waiting = Task { try await client.withTransaction { try await $0.execute("select 1") } }
                try await Task.sleep(for: .milliseconds(50))
                waiting.cancel()
                guard case .failure(PostgresError.cancelled) = await waiting.result else {
                    Issue.record("the wait should be cancelled")
                    return waiting
                }
                return waiting
            }
            _ = await waiting.result
            #expect(try await client.withTransaction { try await $0.queryValue("select 1", as: Int.self) } == 1)
        }
    }

    @Test("Thousands of cancelled waits in a row do no harm")
    func manyCancelledWaits() async throws {
        try await TestDatabase.withDatabase(migrated: false) {
            $0.maximumConnections = 1
        } _: { database in
            let client = database.client
            try await client.withConnection { _ in
                let waiting = (0..<5000).map { _ in Task { try await client.withConnection { _ in } } }
                try await eventually { client.statistics.waiting == 5000 }
                for task in waiting { task.cancel() }
                for task in waiting { _ = await task.result }
            }
            #expect(try await client.queryValue("select 1", as: Int.self) == 1)
        }
    }

    @Test("Statements given to a client before it runs wait for it")
    func beforeRun() async throws {
        let configuration = try TestServer.configuration()
        let client = PostgresClient(configuration: configuration, logger: .init(label: "test"))
        async let answer = client.queryValue("select 5", as: Int.self)
        try await Task.sleep(for: .milliseconds(100))
        let running = Task { try await client.run() }
        #expect(try await answer == 5)
        running.cancel()
        try await running.value
    }

    @Test("A client that never runs refuses after the wait deadline")
    func neverRun() async throws {
        var configuration = try TestServer.configuration()
        configuration.acquireTimeout = .milliseconds(100)
        let client = PostgresClient(configuration: configuration, logger: .init(label: "test"))
        await #expect(throws: PostgresError.unavailable("no connection became free within 100 ms")) {
            try await client.execute("select 1")
        }
    }

    @Test("Many transactions and statements at once share few connections, and all of them end well")
    func load() async throws {
        try await TestDatabase.withDatabase(migrated: false) {
            $0.maximumConnections = 4
        } _: { database in
            let client = database.client
            try await client.execute("create table counters (id int8 primary key, n int8 not null)")
            try await client.execute("insert into counters select g, 0 from generate_series(0, 9) g")
            try await withThrowingTaskGroup { group in
                for task in 0..<100 {
                    group.addTask {
                        for _ in 0..<10 {
                            try await client.withTransaction { transaction in
                                try await transaction.execute("update counters set n = n + 1 where id = \(task % 10)")
                            }
                            try await client.execute("update counters set n = n + 1 where id = \(task % 10)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await client.queryValue("select sum(n)::int8 from counters", as: Int.self) == 2000)
            let statistics = client.statistics
            #expect(statistics.open <= 4)
            #expect(statistics.waiting == 0)
            #expect(statistics.inFlight == 0)
            #expect(statistics.leased == 0)
        }
    }
}

extension Result where Success: Sendable, Failure == any Error {
    init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}

/// Tries until it succeeds.
func eventually(
    within limit: Duration = .seconds(60), _ body: () async throws -> Bool,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if case .success(true) = await Result(body) { return }
        try await Task.sleep(for: .milliseconds(20))
    }
    Issue.record("it did not happen within \(limit)", sourceLocation: sourceLocation)
}
