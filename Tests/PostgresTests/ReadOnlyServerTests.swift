import NIOConcurrencyHelpers
import Postgres
import TestSupport
import Testing

/// A session that is made read-only stands for a server that has become a standby, or that was fenced.
@Suite struct ReadOnlyServerTests {
    private func withTable(
        configure: @escaping @Sendable (inout PostgresConfiguration) -> Void = { $0.maximumConnections = 1 },
        _ body: @Sendable (PostgresClient) async throws -> Void
    ) async throws {
        try await TestDatabase.withDatabase(migrated: false, configure: configure) { database in
            try await database.client.execute("create table t (a int8)")
            try await body(database.client)
        }
    }

    private func backend(_ client: PostgresClient) async throws -> Int {
        try #require(try await client.queryValue("select pg_backend_pid()", as: Int.self))
    }

    @Test("A statement that is refused for it runs on another connection")
    func sharedStatement() async throws {
        try await withTable { client in
            let before = try await backend(client)
            try await client.execute("set default_transaction_read_only = on")
            #expect(try await client.execute("insert into t values (1)") == 1)
            #expect(try await client.queryValue("select count(*) from t", as: Int.self) == 1)
            #expect(try await backend(client) != before)
        }
    }

    @Test("A transaction that is refused for it runs again, whole, on another connection")
    func transaction() async throws {
        try await withTable { client in
            try await client.execute("set default_transaction_read_only = on")
            let pids = NIOLockedValueBox<[Int]>([])
            try await client.withTransaction { transaction in
                let pid = try #require(try await transaction.queryValue("select pg_backend_pid()", as: Int.self))
                pids.withLockedValue { $0.append(pid) }
                try await transaction.execute("insert into t values (1)")
            }
            #expect(Set(pids.withLockedValue { $0 }).count == 2)
            #expect(try await client.queryValue("select count(*) from t", as: Int.self) == 1)
        }
    }

    @Test("So does one whose refusal comes with COMMIT")
    func pipelinedStatement() async throws {
        try await withTable { client in
            try await client.execute("set default_transaction_read_only = on")
            try await client.withTransaction { try await $0.pipeline("insert into t values (1)") }
            #expect(try await client.queryValue("select count(*) from t", as: Int.self) == 1)
        }
    }

    @Test("A session gets the refusal, and its connection is nobody else's", arguments: [true, false])
    func session(asScript: Bool) async throws {
        try await withTable { client in
            let before = try await backend(client)
            let error = await #expect(throws: PostgresError.self) {
                try await client.withConnection { session in
                    try await session.execute("set default_transaction_read_only = on")
                    if asScript {
                        try await session.runScript("insert into t values (1)")
                    } else {
                        try await session.execute("insert into t values (1)")
                    }
                }
            }
            #expect(error?.sqlState == "25006")
            #expect(try await backend(client) != before)
        }
    }

    @Test("What shares the connection with a refused statement is answered")
    func neighbours() async throws {
        try await withTable { client in
            try await client.execute("set default_transaction_read_only = on")
            try await withThrowingTaskGroup { group in
                for number in 0..<20 {
                    group.addTask { () async throws in
                        #expect(try await client.queryValue("select \(number)", as: Int.self) == number)
                    }
                    group.addTask { try await client.execute("insert into t values (\(number))") }
                }
                try await group.waitForAll()
            }
            #expect(try await client.queryValue("select count(distinct a) from t", as: Int.self) == 20)
            #expect(try await client.queryValue("select count(*) from t", as: Int.self) == 20)
        }
    }

    @Test("A statement that no connection runs is refused in the server's words")
    func hopeless() async throws {
        try await withTable { client in
            try await client.withConnection { session in
                try await session.runScript(
                    """
                    create function refuse() returns void language plpgsql as $$
                    begin
                        perform set_config('transaction_read_only', 'on', true);
                        insert into t values (1);
                    end $$
                    """)
            }
            let error = await #expect(throws: PostgresError.self) { try await client.execute("select refuse()") }
            #expect(error?.sqlState == "25006")
            let again = await #expect(throws: PostgresError.self) {
                try await client.withTransaction { try await $0.execute("select refuse()") }
            }
            #expect(again?.sqlState == "25006")
            #expect(try await client.queryValue("select 1", as: Int.self) == 1)
        }
    }

    @Test("One connection's refusal makes the others prove their server")
    func suspicion() async throws {
        try await withTable {
            $0.maximumConnections = 3
        } _: { client in
            // One holds each connection until all of them are held.
            let (mayEnd, end) = AsyncStream.makeStream(of: Void.self)
            let old = NIOLockedValueBox<Set<Int>>([])
            try await withThrowingTaskGroup { group in
                for _ in 0..<3 {
                    group.addTask {
                        try await client.withTransaction { transaction in
                            try await transaction.execute("set session characteristics as transaction read only")
                            let pid = try await transaction.queryValue("select pg_backend_pid()", as: Int.self)
                            _ = old.withLockedValue { $0.insert(pid ?? 0) }
                            for await _ in mayEnd {}
                        }
                    }
                }
                try await eventually { old.withLockedValue { $0.count } == 3 }
                end.finish()
                try await group.waitForAll()
            }
            try await client.execute("insert into t values (1)")
            for _ in 0..<20 {
                let pid = try await backend(client)
                #expect(!old.withLockedValue { $0.contains(pid) })
            }
        }
    }

    @Test("An idle connection is found by its health check")
    func healthCheck() async throws {
        try await withTable {
            $0.maximumConnections = 1
            $0.healthCheckInterval = .milliseconds(100)
        } _: { client in
            let before = try await backend(client)
            try await client.execute("set default_transaction_read_only = on")
            try await eventually {
                try await Task.sleep(for: .milliseconds(500))
                return try await backend(client) != before
            }
        }
    }

    @Test("A database that is made read-only is refused by name, and is found again")
    func refusedConnections() async throws {
        try await TestDatabase.withDatabase(migrated: false) { database in
            let name = database.name
            try await database.client.execute(
                "alter database \(unescaped: name) set default_transaction_read_only = on")
            try await database.configuration.withClient { client in
                let error = await #expect(throws: PostgresError.self) { try await client.execute("select 1") }
                guard case .unavailable(let reason) = error else {
                    Issue.record("unexpected \(String(describing: error))")
                    return
                }
                #expect(reason.contains("read-only"))
                #expect(client.statistics.circuit != .closed)
                try await database.client.execute(
                    "alter database \(unescaped: name) reset default_transaction_read_only")
                try await eventually { try await client.queryValue("select 1", as: Int.self) == 1 }
            }
        }
    }

    @Test("Who asks for any server gets one that takes no writes")
    func anyServer() async throws {
        try await TestDatabase.withDatabase(migrated: false) { database in
            let name = database.name
            try await database.client.execute(
                "alter database \(unescaped: name) set default_transaction_read_only = on")
            var configuration = try PostgresConfiguration(
                connectionString: database.connectionString + " target_session_attrs=any")
            configuration.healthCheckInterval = .milliseconds(50)
            configuration.maximumConnections = 1
            try await configuration.withClient { client in
                let pid = try await backend(client)
                try await Task.sleep(for: .milliseconds(500))
                #expect(try await backend(client) == pid, "its health checks pass")
            }
        }
    }
}
