import Foundation
import Postgres
import TestSupport
import Testing

@Suite("Migrations outside a transaction", .timeLimit(.minutes(5))) struct StatementMigrationTests {
    private static let table = "create table a (x int8); insert into a values (1), (1), (2);"

    private func withDatabase(_ body: @Sendable (PostgresClient) async throws -> Void) async throws {
        try await TestDatabase.withDatabase(migrated: false) {
            $0.maximumConnections = 8
        } _: { database in
            try await body(database.client)
        }
    }

    private func migrator(_ texts: [String], _ client: PostgresClient) throws -> Migrator {
        let files = try texts.enumerated().map { number, sql in
            try MigrationFile(name: "2026010100000\(number)_step.sql", sql: sql)
        }
        return try Migrator(files: files, client: client)
    }

    private func isValid(_ index: String, _ client: PostgresClient) async throws -> Bool? {
        try await client.queryValue(
            "select indisvalid from pg_index where indexrelid = to_regclass(\(index))", as: Bool.self)
    }

    @Test("Statements that PostgreSQL refuses in a transaction run one by one")
    func statements() async throws {
        try await withDatabase { client in
            let migrator = try migrator(
                [
                    Self.table,
                    """
                    -- haat: no transaction
                    create index concurrently a_x on a (x); -- one; two
                    do $$ begin perform 1; end $$;
                    vacuum a;
                    """,
                ], client)
            #expect(try await migrator.migrate().count == 2)
            #expect(try await migrator.migrate() == [])
            #expect(try await isValid("a_x", client) == true)
        }
    }

    @Test("An interrupted one is told with the index that it left, and can be repeated")
    func interrupted() async throws {
        try await withDatabase { client in
            let migrator = try migrator(
                [
                    Self.table,
                    """
                    -- haat: no transaction
                    create table if not exists b (y int8);
                    drop index concurrently if exists a_once;
                    create unique index concurrently a_once on a (x);
                    """,
                ], client)
            let error = await #expect(throws: MigrationError.self) { try await migrator.migrate() }
            guard case .interrupted(let stop) = error else {
                Issue.record("unexpected \(String(describing: error))")
                return
            }
            #expect(stop.statement == 3 && stop.statements == 3 && stop.cause.isUniqueViolation)
            #expect(stop.invalidIndexes == ["a_once"])
            #expect("\(try #require(error))".contains("DROP INDEX CONCURRENTLY a_once"))
            let states = try await migrator.status().map(\.state)
            guard case .applied = states[0], case .unfinished = states[1] else {
                Issue.record("unexpected \(states)")
                return
            }
            try await client.execute("delete from a where x = 1")
            #expect(try await migrator.migrate() == ["20260101000001_step.sql"])
            #expect(try await isValid("a_once", client) == true)
            #expect(try await client.queryValue("select count(*) from unfinished_migrations", as: Int.self) == 0)
        }
    }

    @Test("An invalid index that a repetition passed over is not taken for a finished one")
    func invalidIndex() async throws {
        try await withDatabase { client in
            let migrator = try migrator(
                [
                    Self.table,
                    "-- haat: no transaction\ncreate unique index concurrently if not exists a_once on a (x);",
                ], client)
            await #expect(throws: MigrationError.self) { try await migrator.migrate() }
            try await client.execute("delete from a where x = 1")
            await #expect(throws: MigrationError.invalidIndexes("20260101000001_step.sql", ["a_once"])) {
                try await migrator.migrate()
            }
            try await client.execute("drop index a_once")
            #expect(try await migrator.migrate().count == 1)
            #expect(try await isValid("a_once", client) == true)
        }
    }

    @Test("One whose connection is cut in the middle is unfinished, and can be repeated")
    func cut() async throws {
        try await withDatabase { client in
            let migrator = try migrator(
                [
                    Self.table,
                    """
                    -- haat: no transaction
                    select 1;
                    /* waits */ select pg_sleep(case when max(x) = 2 then 60 else 0 end) from a;
                    """,
                ], client)
            let run = Task { try await migrator.migrate() }
            let cut: PostgresStatement =
                "select pg_terminate_backend(pid) from pg_stat_activity where query like '%/* waits */%' and pid <> pg_backend_pid()"
            while try await client.queryValue(cut, as: Bool.self) != true {
                try await Task.sleep(for: .milliseconds(20))
            }
            let error = await #expect(throws: MigrationError.self) { try await run.value }
            guard case .interrupted(let stop) = error else {
                Issue.record("unexpected \(String(describing: error))")
                return
            }
            #expect(stop.statement == 2)
            try await client.execute("update a set x = 3")
            #expect(try await migrator.migrate().count == 1)
        }
    }

    @Test("Those who wait for one that builds an index do not hold it up, and one applies each file")
    func waiters() async throws {
        try await withDatabase { client in
            let migrator = try migrator(
                [
                    Self.table, "-- haat: no transaction\nselect pg_sleep(1);\ncreate index concurrently a_x on a (x);",
                    "create table c ();",
                ], client)
            let applied = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<4 { group.addTask { try await migrator.migrate() } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(applied.count == 3)
            #expect(try await isValid("a_x", client) == true)
        }
    }

    @Test("A migration that was begun and is gone is refused by name")
    func missing() async throws {
        try await withDatabase { client in
            await #expect(throws: MigrationError.self) {
                try await migrator(["", "-- haat: no transaction\nselect 1/0"], client).migrate()
            }
            await #expect(throws: MigrationError.missing("20260101000001_step.sql")) {
                try await migrator([""], client).migrate()
            }
        }
    }

    @Test("A first line that is nearly right is refused instead of passed over")
    func directive() {
        #expect(throws: MigrationError.unknownDirective("20260101000000_a.sql", "-- haat: no-transaction")) {
            try MigrationFile(name: "20260101000000_a.sql", sql: "-- haat: no-transaction\nselect 1")
        }
    }
}
