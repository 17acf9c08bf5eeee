import Foundation
import NIOConcurrencyHelpers
import Postgres
import TestSupport
import Testing

@Suite("Pipelined statements of a transaction") struct PipelineTests {
    /// What makes the pipelined statement travel.
    enum Follower: CaseIterable, Sendable {
        case statement
        case commit
    }

    private func withTable(
        configure: @escaping @Sendable (inout PostgresConfiguration) -> Void = { _ in },
        _ body: @Sendable (PostgresClient) async throws -> Void
    ) async throws {
        try await TestDatabase.withDatabase(migrated: false, configure: configure) { database in
            try await database.client.execute("create table notes (id int8 primary key, text text not null)")
            try await body(database.client)
        }
    }

    private func notes(_ executor: some PostgresExecutor) async throws -> [String] {
        try await executor.queryValues("select text from notes order by id", as: String.self)
    }

    @Test("They take effect in their order, before the next statement and before COMMIT")
    func order() async throws {
        try await withTable { client async throws in
            try await client.withTransaction { transaction in
                try await transaction.pipeline("insert into notes values (1, 'one')")
                try await transaction.pipeline("update notes set text = text || ' and two' where id = 1")
                #expect(try await notes(transaction) == ["one and two"])
                try await transaction.pipeline("insert into notes values (3, 'three')")
            }
            #expect(try await notes(client) == ["one and two", "three"])
        }
    }

    @Test("A body that does nothing else is committed, and on a client they run at once")
    func alone() async throws {
        try await withTable { client async throws in
            try await client.withTransaction { try await $0.pipeline("insert into notes values (1, 'one')") }
            #expect(try await notes(client) == ["one"])
            try await client.pipeline("insert into notes values (2, 'two')")
            #expect(try await notes(client) == ["one", "two"])
            #expect(client.statistics.leased == 0)
        }
    }

    @Test("One that fails is the failure of what follows it, and nothing stays", arguments: Follower.allCases)
    func failure(follower: Follower) async throws {
        try await withTable { client async throws in
            try await client.execute("insert into notes values (1, 'first')")
            let error = await #expect(throws: PostgresError.self) {
                try await client.withTransaction { transaction in
                    try await transaction.pipeline("insert into notes values (2, 'second')")
                    try await transaction.pipeline("insert into notes values (1, 'again')")
                    try await transaction.pipeline("insert into notes values (3, 'third')")
                    if follower == .statement { _ = try await notes(transaction) }
                }
            }
            #expect(error?.isUniqueViolation == true)
            #expect(try await notes(client) == ["first"])
            #expect(client.statistics.leased == 0)
        }
    }

    @Test("A body that swallows the failure of one does not get its transaction reported as committed")
    func swallowed() async throws {
        try await withTable { client async throws in
            let error = await #expect(throws: PostgresError.self) {
                try await client.withTransaction { transaction in
                    try await transaction.pipeline("insert into notes values (1, null)")
                    _ = try? await notes(transaction)
                    try await transaction.pipeline("insert into notes values (2, 'two')")
                }
            }
            #expect(error?.sqlState == "23502")
            #expect(try await notes(client) == [])
        }
    }

    @Test("Those that were lost with a cancelled statement are not reported as committed")
    func lostWithCancelled() async throws {
        try await withTable { client async throws in
            let error = await #expect(throws: PostgresError.self) {
                try await client.withTransaction { transaction in
                    try await transaction.execute("insert into notes values (1, 'one')")
                    try await transaction.pipeline("insert into notes values (2, 'two')")
                    let child = Task {
                        withUnsafeCurrentTask { $0?.cancel() }
                        return try await notes(transaction)
                    }
                    _ = await child.result
                }
            }
            guard case .cancelled = error else {
                Issue.record("unexpected \(String(describing: error))")
                return
            }
            #expect(try await notes(client) == [])
        }
    }

    @Test("A preparation that was given up within a failed transaction can be made again on the same connection")
    func eviction() async throws {
        try await withTable {
            $0.maximumConnections = 1
            $0.preparedStatementLimit = 2
        } _: { client async throws in
            for number in 0..<6 {
                await #expect(throws: PostgresError.self) {
                    try await client.withTransaction { transaction in
                        try await transaction.pipeline("insert into notes values (\(number), 'text')")
                        try await transaction.pipeline("update notes set text = 'other' where id = \(number)")
                        try await transaction.pipeline("insert into notes values (\(number), null)")
                        _ = try await notes(transaction)
                    }
                }
            }
            #expect(try await notes(client) == [])
        }
    }

    @Test("The server may take its time for each of them, not for all together")
    func silence() async throws {
        try await withTable {
            $0.statementTimeout = .milliseconds(3000)
            $0.answerGrace = .milliseconds(1000)
        } _: { client async throws in
            try await client.withTransaction { transaction in
                for _ in 0..<4 { try await transaction.pipeline("select pg_sleep(1.2)") }
                try await transaction.pipeline("insert into notes values (1, 'one')")
            }
            #expect(try await notes(client) == ["one"])
        }
    }

    @Test("Those that were not sent when the body throws are never sent")
    func unsent() async throws {
        try await withTable { client async throws in
            await #expect(throws: CancellationError.self) {
                try await client.withTransaction { transaction in
                    try await transaction.pipeline("insert into notes values (1, 'one')")
                    throw CancellationError()
                }
            }
            #expect(try await notes(client) == [])
            #expect(client.statistics.leased == 0)
        }
    }

    @Test("A serialization failure of one runs the body again", arguments: Follower.allCases)
    func serializationFailure(follower: Follower) async throws {
        try await withTable {
            $0.maximumConnections = 4
        } _: { client async throws in
            try await client.execute("insert into notes values (1, 'first')")
            let attempts = NIOLockedValueBox(0)
            try await client.withTransaction(.repeatableRead) { transaction in
                _ = try await notes(transaction)
                let attempt = attempts.withLockedValue { attempts in
                    attempts += 1
                    return attempts
                }
                if attempt == 1 { try await client.execute("update notes set text = 'second' where id = 1") }
                try await transaction.pipeline("update notes set text = text || ', third' where id = 1")
                if follower == .statement { _ = try await notes(transaction) }
            }
            #expect(attempts.withLockedValue { $0 } == 2)
            #expect(try await notes(client) == ["second, third"])
        }
    }

    @Test("One that runs out of time before COMMIT is a rollback, not an unknown outcome")
    func timeout() async throws {
        try await withTable {
            $0.statementTimeout = .seconds(1)
        } _: { client async throws in
            let error = await #expect(throws: PostgresError.self) {
                try await client.withTransaction { transaction in
                    try await transaction.pipeline("insert into notes values (1, 'one')")
                    try await transaction.pipeline("select pg_sleep(5)")
                }
            }
            guard case .timedOut = error else {
                Issue.record("unexpected \(String(describing: error))")
                return
            }
            #expect(try await notes(client) == [])
        }
    }

    @Test("One whose prepared statement the server has lost fails its transaction; the next one works again")
    func lostPreparation() async throws {
        try await withTable {
            $0.maximumConnections = 1
        } _: { client async throws in
            for _ in 0..<2 {
                try await client.withTransaction { try await $0.pipeline("insert into notes values (1, 'one')") }
                try await client.execute("delete from notes")
            }
            try await client.execute("deallocate all")
            await #expect(throws: PostgresError.self) {
                try await client.withTransaction { try await $0.pipeline("insert into notes values (1, 'one')") }
            }
            try await client.withTransaction { try await $0.pipeline("insert into notes values (1, 'one')") }
            #expect(try await notes(client) == ["one"])
        }
    }
}
