import Foundation
import Logging
import Postgres
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@Suite struct LifecycleTests {
    @Test("A graceful shutdown waits for the transaction under way, then closes every connection")
    func gracefulShutdown() async throws {
        try await TestDatabase.withDatabase(migrated: false) { database in
            try await database.client.execute("create table t (a int8)")
            let client = PostgresClient(configuration: database.configuration, logger: Logger(label: "test"))
            let group = ServiceGroup(services: [client], logger: Logger(label: "test"))
            let running = Task { try await group.run() }
            let (mayEnd, end) = AsyncStream.makeStream(of: Void.self)
            let transaction = Task {
                try await client.withTransaction { transaction in
                    try await transaction.execute("insert into t values (1)")
                    for await _ in mayEnd {}
                    try await transaction.execute("insert into t values (2)")
                }
            }
            try await eventually { client.statistics.leased == 1 }
            await group.triggerGracefulShutdown()
            try await eventually {
                let outcome = await Result { try await client.execute("select 1") }
                guard case .failure(let error as PostgresError) = outcome else { return false }
                return error == .unavailable("the client is shutting down")
            }
            end.finish()
            try await running.value
            try await transaction.value
            #expect(client.statistics.open == 0)
            #expect(try await database.client.queryValue("select count(*) from t", as: Int.self) == 2)
        }
    }

    @Test("A cancelled run closes everything at once")
    func cancelledRun() async throws {
        try await TestDatabase.withDatabase(migrated: false) { database in
            var configuration = database.configuration
            configuration.statementTimeout = .seconds(600)
            let client = PostgresClient(configuration: configuration, logger: Logger(label: "test"))
            let running = Task { try await client.run() }
            let statement = Task { try await client.execute("select pg_sleep(300)") }
            try await database.waitUntilRunning("select pg_sleep(300)")
            let start = ContinuousClock.now
            running.cancel()
            try await running.value
            #expect(start.duration(to: .now) < .seconds(60), "a fraction of what the statement takes")
            guard case .failure(PostgresError.connectionLost) = await statement.result else {
                Issue.record("the statement in flight should be lost")
                return
            }
        }
    }
}

@Suite struct ListenerTests {
    @Test("A listener hears what is sent, also after its connection was ended")
    func listenAndResume() async throws {
        try await TestDatabase.withDatabase(migrated: false) { database in
            let client = database.client
            var heard = client.notifications(on: "stock \"moved\"").makeAsyncIterator()
            #expect(await heard.next() == .resumed)
            try await client.execute("select pg_notify('stock \"moved\"', 'first')")
            #expect(await heard.next() == .message(payload: "first"))
            try await client.execute(
                """
                select pg_terminate_backend(pid) from pg_stat_activity
                where datname = \(database.name) and query like 'listen%'
                """)
            #expect(await heard.next() == .resumed)
            try await client.execute("select pg_notify('stock \"moved\"', 'second')")
            #expect(await heard.next() == .message(payload: "second"))
        }
    }

    @Test("Listeners end with the client")
    func endsWithTheClient() async throws {
        let stream = try await TestDatabase.withDatabase(migrated: false) { database in
            let stream = database.client.notifications(on: "x")
            var heard = stream.makeAsyncIterator()
            #expect(await heard.next() == .resumed)
            return stream
        }
        for await _ in stream {}
    }
}
