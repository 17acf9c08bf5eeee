import Foundation
import Logging
import Postgres
import TestSupport
import Testing

@Suite struct MigratorTests {
    private let first: (String, String) = ("0001_a.sql", "create table a (x int8); insert into a values (1);")
    private let second: (String, String) = ("0002_b.sql", "create table b (x int8);\n-- two\ncreate index on b (x);")

    private func files(_ texts: [(String, String)]) throws -> [MigrationFile] {
        try texts.map { try MigrationFile(name: $0.0, sql: $0.1) }
    }

    private func withMigrator(
        _ body:
            @Sendable (PostgresClient, @escaping @Sendable ([(String, String)]) throws -> Migrator) async throws -> Void
    ) async throws {
        try await TestDatabase.withDatabase(migrated: false) {
            $0.maximumConnections = 4
        } _: { database in
            let client = database.client
            try await body(client) { try Migrator(files: files($0), client: client) }
        }
    }

    @Test("Pending files are applied in order, once")
    func migrate() async throws {
        try await withMigrator { client, migrator async throws in
            #expect(try await migrator([second, first]).migrate() == ["0001_a.sql", "0002_b.sql"])
            #expect(try await migrator([second, first]).migrate() == [])
            #expect(try await client.queryValue("select count(*) from a", as: Int.self) == 1)
        }
    }

    @Test("The status tells applied, pending, changed and missing files apart")
    func status() async throws {
        try await withMigrator { _, migrator in
            #expect(try await migrator([first]).status().map(\.state) == [.pending])
            try await migrator([first, second]).migrate()
            let statuses = try await migrator([("0001_a.sql", "select 1"), ("0003_c.sql", "select 2")]).status()
            #expect(statuses.map(\.name) == ["0001_a.sql", "0002_b.sql", "0003_c.sql"])
            guard case .changed = statuses[0].state, case .missing = statuses[1].state,
                case .pending = statuses[2].state
            else {
                Issue.record("unexpected \(statuses)")
                return
            }
        }
    }

    @Test("A changed file is refused by name, and nothing is applied")
    func changedFile() async throws {
        try await withMigrator { client, migrator in
            try await migrator([first]).migrate()
            await #expect(throws: MigrationError.changed("0001_a.sql")) {
                try await migrator([("0001_a.sql", first.1 + " "), second]).migrate()
            }
            #expect(try await client.queryValue("select to_regclass('b') is null", as: Bool.self) == true)
        }
    }

    @Test("A missing file is refused by name")
    func missingFile() async throws {
        try await withMigrator { _, migrator in
            try await migrator([first, second]).migrate()
            await #expect(throws: MigrationError.missing("0001_a.sql")) { try await migrator([second]).migrate() }
        }
    }

    @Test("A file that fails leaves nothing behind; those before it stay")
    func failingFile() async throws {
        try await withMigrator { client, migrator async throws in
            let broken = ("0002_b.sql", "create table b (x int8); create table a (x int8);")
            let error = await #expect(throws: MigrationError.self) { try await migrator([first, broken]).migrate() }
            guard case .failed("0002_b.sql", let reason) = error else {
                Issue.record("unexpected \(String(describing: error))")
                return
            }
            #expect(reason.sqlState == "42P07")
            #expect(try await client.queryValue("select to_regclass('b') is null", as: Bool.self) == true)
            #expect(try await migrator([first, second]).migrate() == ["0002_b.sql"])
        }
    }

    @Test("Of several processes that migrate at once, one applies each file")
    func concurrentMigrations() async throws {
        try await withMigrator { _, migrator in
            let applied = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<4 { group.addTask { try await migrator([first, second]).migrate() } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(applied.sorted() == ["0001_a.sql", "0002_b.sql"])
        }
    }

    @Test("Files that are not named as migrations, or share a number, are refused by name")
    func names() throws {
        #expect(throws: MigrationError.malformedName("jobs.sql")) { try MigrationFile(name: "jobs.sql", sql: "") }
        #expect(throws: MigrationError.malformedName("0001.sql")) { try MigrationFile(name: "0001.sql", sql: "") }
        let client = PostgresClient(configuration: try TestServer.configuration(), logger: .init(label: "test"))
        #expect(throws: MigrationError.sameNumber("0001_a.sql", "0001_b.sql")) {
            try Migrator(files: files([first, ("0001_b.sql", "")]), client: client)
        }
        #expect(throws: MigrationError.self) { try Migrator(directory: "/nowhere", client: client) }
    }

    @Test("A migration may take longer than the statement timeout")
    func slowMigration() async throws {
        try await TestDatabase.withDatabase(migrated: false) { configuration in
            configuration.statementTimeout = .milliseconds(1000)
            configuration.answerGrace = .milliseconds(500)
        } _: { database in
            let slow = try MigrationFile(name: "0001_slow.sql", sql: "select pg_sleep(3)")
            #expect(try await Migrator(files: [slow], client: database.client).migrate() == ["0001_slow.sql"])
        }
    }
}
