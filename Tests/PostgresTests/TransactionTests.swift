import Foundation
import NIOConcurrencyHelpers
import Postgres
import TestSupport
import Testing

private struct Refusal: Error, Equatable {
    var number: Int
}

private final class Counter: Sendable {
    private let count = NIOLockedValueBox(0)

    var value: Int { count.withLockedValue { $0 } }

    @discardableResult
    func increment() -> Int {
        count.withLockedValue { count in
            count += 1
            return count
        }
    }
}

@Suite struct TransactionTests {
    private func withTable(
        configure: @escaping @Sendable (inout PostgresConfiguration) -> Void = { _ in },
        _ body: @Sendable (TestDatabase) async throws -> Void
    ) async throws {
        try await TestDatabase.withDatabase(migrated: false, configure: configure) { database in
            try await database.client.execute("create table accounts (id int8 primary key, balance int8 not null)")
            try await database.client.execute("insert into accounts values (1, 100), (2, 100)")
            try await body(database)
        }
    }

    private func balance(_ executor: some PostgresExecutor, _ id: Int) async throws -> Int? {
        try await executor.queryValue("select balance from accounts where id = \(id)", as: Int.self)
    }

    @Test("What the body did is there after it returns, and its value comes back")
    func commit() async throws {
        try await withTable { database in
            let moved = try await database.client.withTransaction { transaction in
                try await transaction.execute("update accounts set balance = balance - 10 where id = 1")
                try await transaction.execute("update accounts set balance = balance + 10 where id = 2")
                return 10
            }
            #expect(moved == 10)
            #expect(try await balance(database.client, 1) == 90)
            #expect(try await balance(database.client, 2) == 110)
            #expect(database.client.statistics.leased == 0)
        }
    }

    @Test("The body's own error comes back unchanged, and nothing it did stays")
    func ownError() async throws {
        try await withTable { database async throws in
            await #expect(throws: Refusal(number: 7)) {
                try await database.client.withTransaction { transaction in
                    try await transaction.execute("update accounts set balance = 0")
                    throw Refusal(number: 7)
                }
            }
            #expect(try await balance(database.client, 1) == 100)
            #expect(database.client.statistics.leased == 0)
        }
    }

    @Test("A body that swallows a failed statement does not get its transaction reported as committed")
    func swallowedError() async throws {
        try await withTable { database async throws in
            let error = await #expect(throws: PostgresError.self) {
                try await database.client.withTransaction { transaction in
                    try await transaction.execute("update accounts set balance = 0")
                    _ = try? await transaction.execute("insert into accounts values (1, 1)")
                }
            }
            #expect(error?.isUniqueViolation == true)
            #expect(try await balance(database.client, 1) == 100)
        }
    }

    @Test("A constraint checked at COMMIT is a server error, rolled back")
    func deferredConstraint() async throws {
        try await withTable { database in
            try await database.client.execute(
                "alter table accounts add constraint unique_balance unique (balance, id) deferrable initially deferred")
            try await database.client.execute(
                "create table other (a int8 references accounts deferrable initially deferred)")
            let error = await #expect(throws: PostgresError.self) {
                try await database.client.withTransaction { try await $0.execute("insert into other values (99)") }
            }
            #expect(error?.sqlState == "23503")
            #expect(try await database.client.queryValue("select count(*) from other", as: Int.self) == 0)
        }
    }

    @Test("A serialization failure runs the body again until it succeeds")
    func serializationFailure() async throws {
        try await withTable {
            $0.maximumConnections = 4
        } _: { database in
            let client = database.client
            let attempts = Counter()
            try await client.withTransaction(.repeatableRead) { transaction in
                let attempt = attempts.increment()
                let before = try #require(try await balance(transaction, 1))
                if attempt == 1 { try await client.execute("update accounts set balance = balance + 1 where id = 1") }
                try await transaction.execute("update accounts set balance = \(before) + 10 where id = 1")
            }
            #expect(attempts.value == 2)
            #expect(try await balance(client, 1) == 111)
        }
    }

    @Test("Retries end at their limit with the server's error")
    func retryLimit() async throws {
        try await withTable {
            $0.maximumConnections = 4
        } _: { database in
            let client = database.client
            let attempts = Counter()
            let error = await #expect(throws: PostgresError.self) {
                try await client.withTransaction(.repeatableRead, retries: 2) { transaction in
                    attempts.increment()
                    _ = try await balance(transaction, 1)
                    try await client.execute("update accounts set balance = balance + 1 where id = 1")
                    try await transaction.execute("update accounts set balance = 0 where id = 1")
                }
            }
            #expect(error?.sqlState == "40001")
            #expect(attempts.value == 3)
        }
    }

    @Test("Of two transactions that deadlock, both succeed in the end")
    func deadlock() async throws {
        try await withTable {
            $0.maximumConnections = 4
        } _: { database in
            let client = database.client
            let attempts = Counter()
            let firstLocks = Counter()
            try await withThrowingTaskGroup { group in
                for (first, second) in [(1, 2), (2, 1)] {
                    group.addTask {
                        try await client.withTransaction { transaction in
                            attempts.increment()
                            try await transaction.execute(
                                "update accounts set balance = balance - 1 where id = \(first)")
                            firstLocks.increment()
                            while firstLocks.value < 2 { try await Task.sleep(for: .milliseconds(5)) }
                            try await transaction.execute(
                                "update accounts set balance = balance - 1 where id = \(second)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(attempts.value >= 3, "the server ended one of them")
            #expect(try await balance(client, 1) == 98)
            #expect(try await balance(client, 2) == 98)
        }
    }

    @Test("Other errors are not retried")
    func noOtherRetries() async throws {
        try await withTable { database in
            let attempts = Counter()
            await #expect(throws: PostgresError.self) {
                try await database.client.withTransaction { transaction in
                    attempts.increment()
                    try await transaction.execute("insert into accounts values (1, 1)")
                }
            }
            #expect(attempts.value == 1)
        }
    }

    @Test("A connection that dies inside a transaction: rolled back, and said so")
    func lostInside() async throws {
        try await withTable {
            $0.maximumConnections = 2
        } _: { database async throws in
            let client = database.client
            let error = await #expect(throws: PostgresError.self) {
                try await client.withTransaction { transaction in
                    try await transaction.execute("update accounts set balance = 0 where id = 1")
                    let pid = try #require(try await transaction.queryValue("select pg_backend_pid()", as: Int32.self))
                    try await client.execute("select pg_terminate_backend(\(pid))")
                    try await transaction.execute("update accounts set balance = 0 where id = 2")
                }
            }
            switch error {
            case .connectionLost, .unavailable: break
            default: Issue.record("unexpected \(String(describing: error))")
            }
            #expect(try await balance(client, 1) == 100)
        }
    }

    @Test("A connection that dies before COMMIT is sent is a rollback, not an unknown outcome")
    func lostBeforeCommit() async throws {
        try await withTable {
            $0.maximumConnections = 2
        } _: { database async throws in
            let client = database.client
            let error = await #expect(throws: PostgresError.self) {
                try await client.withTransaction { transaction in
                    try await transaction.execute("update accounts set balance = 0 where id = 1")
                    let pid = try #require(try await transaction.queryValue("select pg_backend_pid()", as: Int32.self))
                    try await client.execute("select pg_terminate_backend(\(pid))")
                    // The client hears of it by itself.
                    try await eventually { client.statistics.open == 1 }
                }
            }
            guard case .connectionLost = error else {
                Issue.record("unexpected \(String(describing: error))")
                return
            }
            #expect(try await balance(client, 1) == 100)
        }
    }

    @Test("A connection cut in the middle of COMMIT is an unknown outcome", arguments: [true, false])
    func cutInCommit(reachesServer: Bool) async throws {
        try await withTable { database in
            let proxy = try await TCPProxy(toPort: TestServer.port())
            defer { proxy.stop() }
            proxy.setRule { chunk in
                guard String(decoding: chunk, as: UTF8.self).contains("commit\0") else { return .forward }
                return reachesServer ? .forwardThenCut : .cut
            }
            let error = try await database.configuration(throughPort: proxy.port).withClient { client in
                await #expect(throws: PostgresError.self) {
                    try await client.withTransaction { transaction in
                        try await transaction.execute("update accounts set balance = 0 where id = 1")
                    }
                }
            }
            guard case .commitOutcomeUnknown = error else {
                Issue.record("unexpected \(String(describing: error))")
                return
            }
            #expect(try await balance(database.client, 1) == (reachesServer ? 0 : 100))
        }
    }

    @Test("A transaction whose task is cancelled is rolled back at once, even in the middle of a statement")
    func cancellation() async throws {
        try await withTable {
            $0.maximumConnections = 2
        } _: { database in
            let client = database.client
            let task = Task {
                try await client.withTransaction { transaction in
                    try await transaction.execute("update accounts set balance = 0 where id = 1")
                    try await transaction.execute("select pg_sleep(300)")
                }
            }
            try await database.waitUntilRunning("select pg_sleep(300)")
            task.cancel()
            guard case .failure(PostgresError.cancelled) = await task.result else {
                Issue.record("the task should be cancelled")
                return
            }
            // Takes the row lock that the cancelled transaction held.
            let start = ContinuousClock.now
            try await client.execute("update accounts set balance = balance + 1 where id = 1")
            #expect(start.duration(to: .now) < .seconds(60), "a fraction of what the cancelled one would have taken")
            #expect(try await balance(client, 1) == 101)
        }
    }

    @Test("A transaction that escapes its body can't be used")
    func escapedTransaction() async throws {
        try await withTable { database in
            let escaped = try await database.client.withTransaction { transaction in
                try await transaction.execute("select 1")
                return transaction
            }
            let error = await #expect(throws: PostgresError.self) { try await escaped.execute("delete from accounts") }
            guard case .unavailable = error else {
                Issue.record("unexpected \(String(describing: error))")
                return
            }
        }
    }

    @Test("A body without statements needs no round trip and no BEGIN")
    func emptyBody() async throws {
        try await withTable { database async throws in
            #expect(try await database.client.withTransaction { _ in 5 } == 5)
            #expect(database.client.statistics.leased == 0)
        }
    }

    @Test("The isolation level is the one that was asked for")
    func isolation() async throws {
        try await withTable { database in
            for level in [TransactionIsolation.readCommitted, .repeatableRead, .serializable] {
                let seen = try await database.client.withTransaction(level) { transaction in
                    try await transaction.queryValue("show transaction_isolation", as: String.self)
                }
                #expect(seen == level.rawValue)
            }
        }
    }
}
