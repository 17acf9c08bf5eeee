import Foundation
import Postgres
import Testing

@testable import TestSupport

@Suite("An installation in a schema of its own", .timeLimit(.minutes(5))) struct InstallationSchemaTests {
    /// One that has to be quoted.
    private static let schema = "Haat-Shop"

    private struct Installation: Sendable {
        /// With PostgreSQL's own search path.
        let database: PostgresClient
        let owner: PostgresClient
        /// A login that may do what the processes may.
        let processes: PostgresClient
    }

    private static func client(_ database: TestDatabase, user: String? = nil) throws -> PostgresConfiguration {
        let login = user.map { " user='\($0)'" } ?? ""
        var configuration = try PostgresConfiguration(
            connectionString: database.connectionString + login + " options='-c search_path=\"\(schema)\"'")
        configuration.maximumConnections = 2
        return configuration
    }

    private func withInstallation(_ body: @escaping @Sendable (Installation) async throws -> Void) async throws {
        let login = "haat_login_" + UUID().uuidString.lowercased().filter { $0 != "-" }
        try await TestDatabase.withDatabase(migrated: false) { database in
            try await database.client.withConnection { session in
                try await session.runScript("CREATE SCHEMA \"\(Self.schema)\"")
            }
            try await Self.client(database).withClient { owner in
                try await Migrator(directory: MigratedTemplate.directory, client: owner).migrate()
                try await owner.withConnection { session in
                    try await session.runScript(
                        """
                        CREATE ROLE \(login) LOGIN IN ROLE haat_app, haat_maintenance;
                        GRANT TEMPORARY ON DATABASE \(database.name) TO \(login)
                        """)
                }
                let outcome: Result<Void, any Error>
                do {
                    try await Self.client(database, user: login).withClient { processes in
                        try await body(
                            Installation(database: database.client, owner: owner, processes: processes))
                    }
                    outcome = .success(())
                } catch {
                    outcome = .failure(error)
                }
                try await owner.withConnection { session in
                    try await session.runScript("DROP OWNED BY \(login) CASCADE; DROP ROLE \(login)")
                }
                try outcome.get()
            }
        }
    }

    @Test("All of it is there, and nothing is in the public schema")
    func place() async throws {
        try await withInstallation { installation in
            let strays = try await installation.database.queryValues(
                """
                SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
                UNION ALL SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
                """, as: String.self)
            #expect(strays == [])
            #expect(
                try await installation.owner.queryValue("SELECT count(*) > 9 FROM schema_migrations", as: Bool.self)
                    == true)
        }
    }

    @Test("Functions name no schema and keep the installation's search path")
    func functions() async throws {
        try await withInstallation { installation in
            // That one names nothing of ours, and is planned into the statement that calls it.
            let wrong = try await installation.owner.queryValues(
                """
                SELECT proname::text FROM pg_proc WHERE pronamespace = quote_ident(current_schema())::regnamespace
                    AND proname <> 'uuid7_floor'
                    AND (prosrc ~ '\\mpublic\\M' OR NOT coalesce(proconfig @> ARRAY['search_path="Haat-Shop", pg_temp'], false))
                """, as: String.self)
            #expect(wrong == [])
        }
    }

    @Test("The processes work in it, whatever search path they have")
    func work() async throws {
        try await withInstallation { installation in
            try await installation.processes.withConnection { session in
                try await session.runScript(
                    """
                    INSERT INTO jobs (id, queue, kind, payload) VALUES (uuid7_floor(now()), 'tests', 'tests.errand', '{}');
                    SET search_path = pg_catalog, pg_temp;
                    SELECT "Haat-Shop".hold_job(id, attempt, 1, 30, false) FROM "Haat-Shop".jobs;
                    SELECT "Haat-Shop".finish_job(id, attempt) FROM "Haat-Shop".jobs;
                    INSERT INTO "Haat-Shop".events (id, name, version, payload)
                        VALUES ("Haat-Shop".uuid7_floor(now()), 'tests.happened', 1, '{}');
                    """)
            }
            #expect(try await installation.owner.queryValue("SELECT state FROM jobs", as: String.self) == "done")
        }
    }

    @Test("Its partitions are made and dropped")
    func partitions() async throws {
        try await withInstallation { installation in
            let month = try #require(
                try await installation.owner.queryValue(
                    "SELECT 'jobs' || to_char((now() AT TIME ZONE 'UTC') + interval '3 months', '_YYYY_MM')",
                    as: String.self))
            try await installation.owner.withConnection { session in
                try await session.runScript(
                    """
                    SET ROLE haat_owner;
                    DROP TABLE \(month);
                    CREATE TABLE jobs_2020_01 PARTITION OF jobs
                        FOR VALUES FROM (uuid7_floor('2020-01-01Z')) TO (uuid7_floor('2020-02-01Z'));
                    INSERT INTO jobs (id, queue, kind, payload, state)
                        VALUES (uuid7_floor('2020-01-15Z'), 'tests', 'tests.errand', '{}', 'done');
                    INSERT INTO job_unique_keys (kind, unique_key, job_id)
                        VALUES ('tests.errand', 'one', uuid7_floor('2020-01-15Z'));
                    """)
            }
            // A temporary table of the same name is not the partition that is lacking.
            let upkeep = try await installation.processes.withConnection { session in
                try await session.runScript("CREATE TEMP TABLE \(month) ()")
                return try await session.queryOne(
                    "SELECT make_next_partitions(), delete_expired_dependents(), drop_next_expired_partition()",
                    columns: (String?, Int, String?).self)
            }
            #expect(upkeep?.0 == "jobs" && upkeep?.1 == 1 && upkeep?.2 == "jobs_2020_01")
            let partition = try await installation.owner.queryValue(
                "SELECT to_regclass(\(month)) IS NOT NULL", as: Bool.self)
            #expect(partition == true)
        }
    }

    @Test(
        "Its rules hold",
        arguments: [
            ("UPDATE ledger_accounts SET code = 'mine'", "42501"), ("DELETE FROM ledger_entries", "42501"),
            ("SELECT make_append_only('jobs')", "42501"), ("DELETE FROM schema_migrations", "42501"),
            ("UPDATE orders SET total_minor = 1", "42501"),
            (
                """
                INSERT INTO order_adjustments (id, order_id, kind, amount_minor, bearer, source, recorded_at)
                    SELECT gen_random_uuid(), id, 'fee', 5, 'marketplace', 'test', now() FROM orders
                """, "23514"
            ),
            (
                """
                INSERT INTO ledger_entries (transaction_id, line, account_id, amount_minor, currency)
                    SELECT t.id, 9, a.id, 5, 'INR' FROM ledger_transactions t, ledger_accounts a LIMIT 1
                """, "23001"
            ),
        ])
    func rules(statement: String, sqlState: String) async throws {
        try await withInstallation { installation in
            try await installation.processes.withConnection { try await $0.runScript(BookedPayment.script) }
            let error = await #expect(throws: PostgresError.self) {
                try await installation.processes.withConnection { try await $0.runScript(statement) }
            }
            #expect(error?.sqlState == sqlState)
        }
    }
}
