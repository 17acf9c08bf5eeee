import Foundation
import Logging
import Postgres
import TestSupport
import Testing

@Suite struct MigratorTests {
    private let first: (String, String) = (
        "20260101000000_a.sql", "create table a (x int8); insert into a values (1);"
    )
    private let second: (String, String) = (
        "20260102000000_b.sql", "create table b (x int8);\n-- two\ncreate index on b (x);"
    )

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
            #expect(try await migrator([second, first]).migrate() == ["20260101000000_a.sql", "20260102000000_b.sql"])
            #expect(try await migrator([second, first]).migrate() == [])
            #expect(try await client.queryValue("select count(*) from a", as: Int.self) == 1)
        }
    }

    @Test("The status tells applied, pending, changed and missing files apart")
    func status() async throws {
        try await withMigrator { _, migrator in
            #expect(try await migrator([first]).status().map(\.state) == [.pending])
            try await migrator([first, second]).migrate()
            let statuses = try await migrator([
                ("20260101000000_a.sql", "select 1"), ("20260103000000_c.sql", "select 2"),
            ]).status()
            #expect(statuses.map(\.name) == ["20260101000000_a.sql", "20260102000000_b.sql", "20260103000000_c.sql"])
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
            await #expect(throws: MigrationError.changed("20260101000000_a.sql")) {
                try await migrator([("20260101000000_a.sql", first.1 + " "), second]).migrate()
            }
            #expect(try await client.queryValue("select to_regclass('b') is null", as: Bool.self) == true)
        }
    }

    @Test("A missing file is refused by name")
    func missingFile() async throws {
        try await withMigrator { _, migrator in
            try await migrator([first, second]).migrate()
            await #expect(throws: MigrationError.missing("20260101000000_a.sql")) {
                try await migrator([second]).migrate()
            }
        }
    }

    @Test("A file that fails leaves nothing behind; those before it stay")
    func failingFile() async throws {
        try await withMigrator { client, migrator async throws in
            let broken = ("20260102000000_b.sql", "create table b (x int8); create table a (x int8);")
            let error = await #expect(throws: MigrationError.self) { try await migrator([first, broken]).migrate() }
            guard case .failed("20260102000000_b.sql", let reason) = error else {
                Issue.record("unexpected \(String(describing: error))")
                return
            }
            #expect(reason.sqlState == "42P07")
            #expect(try await client.queryValue("select to_regclass('b') is null", as: Bool.self) == true)
            #expect(try await migrator([first, second]).migrate() == ["20260102000000_b.sql"])
        }
    }

    @Test("Of several processes that migrate at once, one applies each file")
    func concurrentMigrations() async throws {
        try await withMigrator { _, migrator in
            let applied = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<4 { group.addTask { try await migrator([first, second]).migrate() } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(applied.sorted() == ["20260101000000_a.sql", "20260102000000_b.sql"])
        }
    }

    @Test("A file that is older than what is applied came with another branch, and is applied")
    func olderFile() async throws {
        try await withMigrator { client, migrator async throws in
            #expect(try await migrator([second]).migrate() == [second.0])
            #expect(try await migrator([first, second]).status().map(\.state).first == .pending)
            #expect(try await migrator([first, second]).migrate() == [first.0])
            #expect(try await migrator([first, second]).migrate() == [])
            #expect(try await client.queryValue("select count(*) from a", as: Int.self) == 1)
        }
    }

    @Test("An older file that could undo what a newer one replaced is refused, and nothing is applied")
    func olderReplacement() async throws {
        try await withMigrator { client, migrator async throws in
            let body = "function f() returns int language sql as"
            let newer = ("20260103000000_c.sql", "create \(body) 'select 2'")
            let older = ("20260102000000_f.sql", "Create or\n replace \(body) 'select 1'")
            try await migrator([newer]).migrate()
            await #expect(throws: MigrationError.outOfOrder(older.0, appliedAlready: newer.0)) {
                try await migrator([first, older, newer]).migrate()
            }
            #expect(try await client.queryValue("select f()", as: Int.self) == 2)
            #expect(try await client.queryValue("select to_regclass('a') is null", as: Bool.self) == true)
            let renamed = ("20260104000000_f.sql", older.1)
            #expect(try await migrator([first, newer, renamed]).migrate() == [first.0, renamed.0])
        }
    }

    @Test(
        "Files that are not named as migrations are refused by name",
        arguments: [
            "orders.sql", "0001_orders.sql", "20260101000000.sql", "20260101000000_.sql", "20260101000000_Orders.sql",
            "20260101000000_a b.sql", "20260101T0704_orders.sql", "2026010100000_orders.sql",
            "202601010000000_orders.sql",
            "20260101000000_orders", "",
        ])
    func names(name: String) {
        #expect(throws: MigrationError.malformedName(name)) { try MigrationFile(name: name, sql: "") }
    }

    @Test("Functions keep the installation's schema and, last, the temporary one; what a file sets ends with it")
    func searchPath() async throws {
        try await withMigrator { client, migrator async throws in
            let setting = ("20260101000000_s.sql", "create schema other; set search_path = other; create table t ();")
            let function = (
                "20260102000000_f.sql",
                "create function f() returns text language sql set search_path from current as 'select current_schema()'"
            )
            try await migrator([setting, function]).migrate()
            let configuration = try await client.queryValue(
                "select array_to_string(proconfig, ' ') from pg_proc where oid = 'public.f'::regproc", as: String.self)
            #expect(configuration == "search_path=public, pg_temp")
            #expect(try await client.queryValue("show search_path", as: String.self)?.contains("pg_temp") == false)
        }
    }

    @Test("What is made after the installation was given to another role is that role's, whoever migrates")
    func owner() async throws {
        try await withMigrator { client, migrator async throws in
            let role = "haat_owner_" + UUID().uuidString.lowercased().filter { $0 != "-" }
            let handover = (
                "20260101000000_h.sql",
                """
                create role \(role); grant create on schema public to \(role);
                alter table schema_migrations owner to \(role); alter table unfinished_migrations owner to \(role)
                """
            )
            let (next, last) = (
                ("20260102000000_n.sql", "create table n ()"), ("20260103000000_l.sql", "create table l ()")
            )
            try await migrator([handover, next]).migrate()
            try await migrator([handover, next, last]).migrate()
            let owners = try await client.queryValues(
                "select tableowner::text from pg_tables where tablename in ('n', 'l')", as: String.self)
            #expect(owners == [role, role])
            #expect(try await client.queryValue("select current_user = session_user", as: Bool.self) == true)
            try await client.withConnection { try await $0.runScript("drop owned by \(role); drop role \(role)") }
        }
    }

    @Test("A search path that leads nowhere is refused")
    func noSchema() async throws {
        try await withMigrator { client, migrator async throws in
            try await client.withConnection { try await $0.runScript("drop schema public") }
            await #expect(throws: MigrationError.noSchema) { try await migrator([first]).migrate() }
        }
    }

    @Test("What is no set of migrations is refused")
    func sets() throws {
        let client = PostgresClient(configuration: try TestServer.configuration(), logger: .init(label: "test"))
        #expect(throws: MigrationError.sameName(first.0)) {
            try Migrator(files: files([first, second, first]), client: client)
        }
        #expect(throws: MigrationError.self) { try Migrator(directory: "/nowhere", client: client) }
    }

    @Test("A migration may take longer than the statement timeout")
    func slowMigration() async throws {
        try await TestDatabase.withDatabase(migrated: false) { configuration in
            configuration.statementTimeout = .milliseconds(1000)
            configuration.answerGrace = .milliseconds(500)
        } _: { database in
            let slow = try MigrationFile(name: "20260101000000_slow.sql", sql: "select pg_sleep(3)")
            #expect(try await Migrator(files: [slow], client: database.client).migrate() == ["20260101000000_slow.sql"])
        }
    }
}
