import NIOConcurrencyHelpers
import Postgres
import TestSupport
import Testing

/// A real primary and its standby behind an address that can be switched.
@Suite struct FailoverTests {
    /// What becomes of the primary.
    enum Fate: CaseIterable {
        case killed
        /// It lives and answers, and takes no writes.
        case fenced
    }

    @Test(
        "Clients follow a standby that is promoted under load, and nothing acknowledged is lost",
        arguments: Fate.allCases)
    func promotedUnderLoad(fate: Fate) async throws {
        try await PrivatePostgres.withServer(settings: ["synchronous_standby_names=*"]) { primary in
            try await primary.withStandby { standby in
                let proxy = try TCPProxy(toPort: primary.port)
                defer { proxy.stop() }
                var configuration = try PostgresConfiguration(
                    connectionString: primary.connectionString(port: proxy.port))
                configuration.maximumConnections = 4
                configuration.statementTimeout = .seconds(4)
                configuration.answerGrace = .seconds(1)
                configuration.acquireTimeout = .seconds(10)
                try await configuration.withClient { client in
                    try await eventually(within: .seconds(60)) {
                        try await client.execute("create table if not exists events (id int8 primary key)")
                        return true
                    }
                    async let heard = hears(client)
                    let load = Load()
                    try await load.run(client) {
                        try await load.waitForMore(100)
                        switch fate {
                        case .killed: primary.stop()
                        case .fenced: try await fence(primary)
                        }
                        try await standby.promote()
                        proxy.setTarget(port: standby.port)
                        try await load.waitForMore(100)
                    }
                    let stored = Set(try await client.queryValues("select id from events", as: Int.self))
                    #expect(load.acknowledged.subtracting(stored).isEmpty)
                    #expect(try await client.queryValue("select pg_is_in_recovery()", as: Bool.self) == false)
                    #expect(await heard)
                }
            }
        }
    }

    /// As a cluster manager does with a primary that it replaces.
    private func fence(_ primary: PrivatePostgres) async throws {
        try await PostgresConfiguration(connectionString: primary.connectionString()).withClient { client in
            try await client.withConnection { session in
                try await session.runScript("alter system set default_transaction_read_only = on")
                try await session.runScript("select pg_reload_conf()")
            }
        }
    }

    /// Whether a listener that was up before the failover hears something after it.
    private func hears(_ client: PostgresClient) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                var connections = 0
                for await notification in client.notifications(on: "news") {
                    if notification == .resumed { connections += 1 }
                    if notification != .resumed, connections > 1 { return true }
                }
                return false
            }
            group.addTask {
                let deadline = ContinuousClock.now + .seconds(240)
                while !Task.isCancelled, ContinuousClock.now < deadline {
                    _ = try? await client.execute("select pg_notify('news', 'something')")
                    try? await Task.sleep(for: .milliseconds(100))
                }
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    @Test(
        "With only a standby there, callers are refused at once with the reason, until it is promoted",
        arguments: [true, false])
    func onlyStandby(answersReads: Bool) async throws {
        try await PrivatePostgres.withServer { primary in
            try await primary.withStandby(settings: ["hot_standby=\(answersReads ? "on" : "off")"]) { standby in
                var configuration = try PostgresConfiguration(connectionString: standby.connectionString())
                configuration.acquireTimeout = .seconds(60)
                try await configuration.withClient { client in
                    let start = ContinuousClock.now
                    for _ in 0..<50 {
                        let error = await #expect(throws: PostgresError.self) { try await client.execute("select 1") }
                        guard case .unavailable(let reason) = error else {
                            Issue.record("unexpected \(String(describing: error))")
                            return
                        }
                        #expect(reason.contains(answersReads ? "read-only" : "not accepting connections"))
                    }
                    #expect(start.duration(to: .now) < .seconds(30), "nobody waits for a connection")
                    #expect(client.statistics.circuit != .closed)
                    primary.stop()
                    try await standby.promote()
                    try await eventually(within: .seconds(60)) {
                        try await client.execute("create table if not exists t (a int8)")
                        return true
                    }
                    #expect(client.statistics.circuit == .closed)
                }
            }
        }
    }

    @Test("Of several hosts the primary is found, wherever it stands")
    func severalHosts() async throws {
        try await PrivatePostgres.withServer { primary in
            try await primary.withStandby { standby in
                let hosts = "host=127.0.0.1,127.0.0.1 port=\(standby.port),\(primary.port) user=haat dbname=postgres"
                var configuration = try PostgresConfiguration(connectionString: hosts)
                configuration.maximumConnections = 2
                try await configuration.withClient { client in
                    #expect(try await client.queryValue("select inet_server_port()", as: Int.self) == Int(primary.port))
                    primary.stop()
                    try await standby.promote()
                    try await eventually(within: .seconds(60)) {
                        try await client.queryValue("select inet_server_port()", as: Int.self) == Int(standby.port)
                    }
                }
                let readers = try PostgresConfiguration(connectionString: hosts + " target_session_attrs=any")
                try await readers.withClient { client async throws in
                    #expect(try await client.queryValue("select inet_server_port()", as: Int.self) == Int(standby.port))
                }
            }
        }
    }
}

/// Writes that go on whatever happens, each with a number of its own.
private final class Load: Sendable {
    private struct State {
        var next = 0
        var acknowledged: Set<Int> = []
        var isOver = false
    }

    private let state = NIOLockedValueBox(State())

    var acknowledged: Set<Int> { state.withLockedValue { $0.acknowledged } }

    /// Runs for the length of the body.
    func run(_ client: PostgresClient, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup { group in
            for writer in 0..<6 {
                group.addTask { await self.write(client, inTransactions: writer.isMultiple(of: 2)) }
            }
            defer { state.withLockedValue { $0.isOver = true } }
            try await body()
        }
    }

    /// Returns when so many more are acknowledged.
    func waitForMore(_ count: Int) async throws {
        let goal = acknowledged.count + count
        try await eventually(within: .seconds(120)) { acknowledged.count >= goal }
    }

    private func write(_ client: PostgresClient, inTransactions: Bool) async {
        while true {
            let number: Int? = state.withLockedValue { state in
                state.next += 1
                return state.isOver ? nil : state.next
            }
            guard let number else { return }
            do {
                if inTransactions {
                    try await client.withTransaction { try await $0.execute("insert into events values (\(number))") }
                } else {
                    try await client.execute("insert into events values (\(number))")
                }
                _ = state.withLockedValue { $0.acknowledged.insert(number) }
                try await Task.sleep(for: .milliseconds(5))
            } catch {
                try? await Task.sleep(for: .milliseconds(50))
            }
        }
    }
}
