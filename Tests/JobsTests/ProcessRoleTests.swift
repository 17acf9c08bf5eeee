import Crypto
import Foundation
import Postgres
import Redis
import TestSupport
import Testing

@testable import Jobs

/// A login that may do what the processes may, in a database that a superuser has migrated.
@Suite("The role of the processes", .timeLimit(.minutes(10))) struct ProcessRoleTests {
    private struct Login: Sendable {
        let name: String
        let database: TestDatabase
        /// As this login.
        let client: PostgresClient

        var owner: PostgresClient { database.client }

        static func open(_ body: @escaping @Sendable (Login) async throws -> Void) async throws {
            let name = "haat_login_" + UUID().uuidString.lowercased().filter { $0 != "-" }
            try await TestDatabase.withDatabase { database in
                try await database.client.withConnection { session in
                    try await session.runScript("CREATE ROLE \(name) LOGIN IN ROLE haat_app")
                }
                var settings = try PostgresConfiguration(
                    connectionString: database.connectionString + " user='\(name)'")
                settings.maximumConnections = 2
                let outcome: Result<Void, any Error>
                do {
                    try await settings.withClient { client in
                        try await body(Login(name: name, database: database, client: client))
                    }
                    outcome = .success(())
                } catch {
                    outcome = .failure(error)
                }
                try await database.client.withConnection { session in
                    try await session.runScript("DROP OWNED BY \(name) CASCADE; DROP ROLE \(name)")
                }
                try outcome.get()
            }
        }

        /// What nobody but the owner may change: roles, tables, triggers, functions, and the rows that stay as they are.
        func state() async throws -> [String] {
            try await owner.queryValues(
                """
                SELECT concat_ws(' ', rolname, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls)
                    FROM pg_roles WHERE rolname IN (\(name), 'haat_app')
                UNION ALL SELECT concat_ws(' ', member::regrole, 'in', roleid::regrole) FROM pg_auth_members
                    WHERE member = \(name)::regrole OR member = 'haat_app'::regrole
                UNION ALL SELECT concat_ws(' ', relname, relkind, relowner::regrole, relispartition) FROM pg_class
                    WHERE relnamespace = 'public'::regnamespace
                UNION ALL SELECT concat_ws(' ', tgrelid::regclass, tgname, tgenabled) FROM pg_trigger
                    WHERE NOT tgisinternal AND tgrelid IN
                        (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
                UNION ALL SELECT concat_ws(' ', proname, proowner::regrole, prosecdef, md5(prosrc), proacl) FROM pg_proc
                    WHERE pronamespace = 'public'::regnamespace
                UNION ALL SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_(temp|toast_temp)'
                UNION ALL SELECT extname FROM pg_extension
                UNION ALL SELECT concat_ws(' ', 'seen', account, event_id, webhook_event_id) FROM webhook_seen
                UNION ALL SELECT concat_ws(' ', 'audited', subject, sequence, actor, payload) FROM audit_events
                UNION ALL SELECT concat_ws(' ', 'migrated', name, checksum) FROM schema_migrations
                ORDER BY 1
                """, as: String.self)
        }

        /// Runs a script as this login, of which nothing is left in the session; `nil` where it succeeds.
        func refusal(of script: String) async throws -> PostgresError? {
            try await client.withConnection { session in
                var refusal: PostgresError?
                do {
                    try await session.runScript(script)
                } catch let error as PostgresError {
                    refusal = error
                }
                try await session.runScript("RESET ALL; DISCARD TEMP")
                return refusal
            }
        }
    }

    private static let rows = """
        INSERT INTO webhook_seen (account, event_id, webhook_event_id) VALUES ('stripe', 'evt_1', gen_random_uuid());
        INSERT INTO audit_events
            (id, subject, actor, action, payload, recorded_at, signature, sequence, previous_hash, hash, link_signature)
            SELECT gen_random_uuid(), 'thing_1', 'operator', 'made', '{}', now(), h, 1, h, h, h
            FROM (SELECT decode(repeat('00', 32), 'hex') AS h) AS zero;
        INSERT INTO ledger_accounts (id, code, kind) VALUES (gen_random_uuid(), 'platform.commission', 'revenue');
        INSERT INTO jobs (id, queue, kind, payload) VALUES (uuid7_floor(now()), 'tests', 'tests.errand', '{"number":1}');
        """

    private static let attempts = [
        // To be somebody else.
        "ALTER ROLE CURRENT_USER SUPERUSER", "ALTER ROLE CURRENT_USER CREATEROLE BYPASSRLS", "CREATE ROLE more_rights",
        "GRANT pg_read_server_files TO CURRENT_USER", "GRANT haat_app TO pg_monitor",
        "DO $$ BEGIN EXECUTE format('SET ROLE %s', (SELECT relowner::regrole FROM pg_class WHERE oid = 'jobs'::regclass)); END $$",
        "DO $$ BEGIN EXECUTE format('SET SESSION AUTHORIZATION %s', (SELECT relowner::regrole FROM pg_class WHERE oid = 'jobs'::regclass)); END $$",
        "DO $$ BEGIN EXECUTE format('REASSIGN OWNED BY %s TO CURRENT_USER', (SELECT relowner::regrole FROM pg_class WHERE oid = 'jobs'::regclass)); END $$",
        "ALTER FUNCTION make_next_partitions() OWNER TO CURRENT_USER", "ALTER TABLE jobs OWNER TO CURRENT_USER",
        // To have others run what is ours.
        "CREATE TABLE public.mine ()", "CREATE SCHEMA mine", "CREATE EXTENSION pg_trgm",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE OR REPLACE FUNCTION public.make_next_partitions() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT NULL'",
        "CREATE OR REPLACE FUNCTION public.finish_job(job uuid, job_attempt integer) RETURNS void LANGUAGE sql AS ''",
        "CREATE FUNCTION pg_temp.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER t BEFORE INSERT ON public.jobs FOR EACH ROW EXECUTE FUNCTION pg_temp.f()",
        "CREATE RULE r AS ON INSERT TO public.jobs DO INSTEAD NOTHING",
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = pg_temp', current_database()); END $$",
        "CREATE TEMP TABLE mine () INHERITS (public.jobs)",
        "CREATE TEMP TABLE mine PARTITION OF public.jobs FOR VALUES FROM ('00000000-0000-0000-0000-000000000000') TO ('00000000-0000-0000-0000-000000000001')",
        "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION public.refuse_change()",
        "ALTER SYSTEM SET log_statement = 'all'", "SET session_replication_role = replica",
        // To change or drop what stays.
        "ALTER TABLE public.audit_events DISABLE TRIGGER append_only",
        "DROP TRIGGER append_only ON public.audit_events",
        "UPDATE audit_events SET actor = 'forged'", "UPDATE audit_events SET sequence = 7, hash = previous_hash",
        "DELETE FROM audit_events", "TRUNCATE audit_events",
        "INSERT INTO audit_events SELECT * FROM audit_events ON CONFLICT (id) DO UPDATE SET actor = 'forged'",
        "UPDATE webhook_seen SET event_id = 'other'", "DELETE FROM webhook_seen", "TRUNCATE webhook_seen",
        "UPDATE ledger_accounts SET code = 'mine'", "DELETE FROM ledger_entries", "DELETE FROM ledger_transactions",
        "DELETE FROM schema_migrations", "UPDATE schema_migrations SET checksum = ''", "TRUNCATE jobs CASCADE",
        "INSERT INTO unfinished_migrations (name) VALUES ('forged')", "DELETE FROM unfinished_migrations",
        "DROP TABLE jobs_default", "DROP TABLE orders CASCADE", "DROP FUNCTION finish_job",
        "DROP SCHEMA public CASCADE",
        "ALTER TABLE jobs DETACH PARTITION jobs_default", "ALTER TABLE orders DROP COLUMN email",
        "ALTER SEQUENCE order_numbers RESTART", "SELECT setval('order_numbers', 1)",
        "CREATE TEMP TABLE mine (id uuid REFERENCES public.payments (id))", "CREATE INDEX ON public.jobs (kind)",
        // To reach the machine.
        "COPY (SELECT 1) TO PROGRAM 'true'", "COPY jobs TO '/tmp/haat_jobs'", "SELECT pg_read_file('/etc/passwd')",
        "SELECT lo_import('/etc/passwd')", "SELECT pg_ls_dir('/')",
        "CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE c AS 'x'",
        // To use the functions that name tables, or the definers' with arguments.
        "SELECT make_month_partitions('jobs', 3)", "SELECT make_month_partitions('evil', 0)",
        "SELECT expired_month_partitions('jobs', -120)", "SELECT make_append_only('orders')",
        "SELECT ensure_month_partitions('pg_temp.evil'::regclass, 0)",
        "SELECT drop_month_partitions('webhook_events', -120)",
        "SELECT drop_next_expired_partition(-120)", "SELECT make_next_partitions('orders')",
        // To have things forgotten.
        "UPDATE retention SET months = 12, kept = ARRAY['false']", "DELETE FROM retention",
        "INSERT INTO retention (table_name, months) VALUES ('orders', 12)",
        // To change what happened.
        "UPDATE events SET payload = '{}'", "DELETE FROM events", "TRUNCATE events",
        "UPDATE events_default SET payload = '{}'", "DELETE FROM event_positions",
    ]

    private static let malformed = "42601"

    @Test("It gains no role, and changes and drops nothing that is to stay")
    func attempts() async throws {
        try await Login.open { login in
            try await login.owner.withConnection { try await $0.runScript(Self.rows) }
            let before = try await login.state()
            for attempt in Self.attempts {
                let refusal = try await login.refusal(of: attempt)?.sqlState
                #expect(refusal != nil && refusal != Self.malformed, "\(attempt)")
            }
            #expect(try await login.state() == before)
        }
    }

    @Test("The functions with their owner's rights take no argument and believe no search path of the caller's")
    func definers() async throws {
        try await Login.open { login in
            let definers = try await login.owner.queryValues(
                """
                SELECT concat_ws(' ', proname, pronargs, array_to_string(proconfig, ' '), has_function_privilege('public', oid, 'EXECUTE'))
                FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace ORDER BY 1
                """, as: String.self)
            let path = "search_path=public, pg_temp"
            #expect(
                definers == [
                    "delete_expired_dependents 0 \(path) f",
                    "drop_next_expired_partition 0 \(path) lock_timeout=500ms f", "make_next_partitions 0 \(path) f",
                ])
        }
    }

    /// Tables of the same names come first on the caller's path, with triggers that tell whose rights they run with.
    private static let shadows = """
        SET search_path = pg_temp, public;
        SET quote_all_identifiers = on;
        SET standard_conforming_strings = off;
        CREATE TEMP TABLE runs (role text);
        CREATE FUNCTION pg_temp.tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO pg_temp.runs VALUES (current_user);
            RETURN coalesce(NEW, OLD);
        END $$;
        CREATE TEMP TABLE jobs (LIKE public.jobs) PARTITION BY RANGE (id);
        CREATE TEMP TABLE jobs_default PARTITION OF pg_temp.jobs DEFAULT;
        CREATE TEMP TABLE jobs_2020_01 PARTITION OF pg_temp.jobs
            FOR VALUES FROM (public.uuid7_floor('2020-01-01Z')) TO (public.uuid7_floor('2020-02-01Z'));
        CREATE TEMP TABLE job_unique_keys (LIKE public.job_unique_keys);
        INSERT INTO pg_temp.jobs SELECT * FROM public.jobs;
        CREATE TRIGGER tell BEFORE INSERT OR UPDATE OR DELETE ON pg_temp.jobs_default
            FOR EACH ROW EXECUTE FUNCTION pg_temp.tell();
        CREATE TRIGGER tell BEFORE INSERT OR UPDATE OR DELETE ON pg_temp.job_unique_keys
            FOR EACH ROW EXECUTE FUNCTION pg_temp.tell();
        CREATE FUNCTION pg_temp.uuid7_floor(timestamptz) RETURNS uuid LANGUAGE sql AS $$ SELECT gen_random_uuid() $$;
        CREATE FUNCTION pg_temp.now() RETURNS timestamptz LANGUAGE sql AS $$ SELECT 'infinity'::timestamptz $$;
        GRANT ALL ON ALL TABLES IN SCHEMA pg_temp TO PUBLIC;
        SELECT public.make_next_partitions(), public.delete_expired_dependents(), public.drop_next_expired_partition();
        DO $$ BEGIN
            IF EXISTS (SELECT FROM pg_temp.runs) THEN RAISE EXCEPTION 'a trigger of the caller ran'; END IF;
        END $$
        """

    @Test("Its own tables of the same names are not what is maintained")
    func shadows() async throws {
        try await Login.open { login in
            try await login.owner.withConnection { try await $0.runScript(Self.rows) }
            let before = try await login.state()
            let refusal = try await login.refusal(of: Self.shadows)
            #expect(refusal == nil, "\(String(describing: refusal))")
            #expect(try await login.state() == before)
        }
    }

    /// What the triggers look at comes first on the caller's path, and says what the caller wants.
    private static let forgedLedger = """
        SET search_path = pg_temp, public;
        CREATE TEMP TABLE ledger_transactions AS SELECT id, pg_current_xact_id() AS recorded_in FROM public.ledger_transactions;
        CREATE TEMP TABLE ledger_entries AS TABLE public.ledger_entries;
        INSERT INTO public.ledger_entries (transaction_id, line, account_id, amount_minor, currency)
            SELECT t.id, 9, a.id, 5, 'INR' FROM public.ledger_transactions t, public.ledger_accounts a LIMIT 1
        """

    @Test("Its own tables of the same names satisfy no check")
    func forgedLedger() async throws {
        try await Login.open { login in
            try await login.owner.withConnection { session in
                try await session.runScript(Self.rows)
                try await session.runScript(BookedPayment.script)
            }
            let refusal = try await login.refusal(of: Self.forgedLedger)
            #expect(refusal?.sqlState == "23001", "\(String(describing: refusal))")
            #expect(try await login.owner.queryValue("SELECT count(*) FROM ledger_entries", as: Int.self) == 2)
        }
    }

    @Test("It keeps the partitions all the same")
    func maintenance() async throws {
        try await Login.open { login in
            let month = try #require(
                try await login.owner.queryValue(
                    "SELECT 'jobs' || to_char((now() AT TIME ZONE 'UTC') + interval '3 months', '_YYYY_MM')",
                    as: String.self))
            try await login.owner.withConnection { session in
                try await session.runScript(
                    """
                    DROP TABLE \(month);
                    CREATE TABLE jobs_2020_01 PARTITION OF jobs
                        FOR VALUES FROM (uuid7_floor('2020-01-01Z')) TO (uuid7_floor('2020-02-01Z'));
                    INSERT INTO jobs (id, queue, kind, payload, state)
                        VALUES (uuid7_floor('2020-01-15Z'), 'tests', 'tests.errand', '{"number":1}', 'done');
                    """)
            }
            let redis = RedisClient(configuration: try RedisConfiguration(url: TestRedis().url), logger: quietLogger)
            let queue = JobQueue(
                postgres: login.client, redis: redis, envelopeKey: SymmetricKey(size: .bits256), logger: quietLogger,
                makeID: makeUUIDv7)
            try await MaintainPartitions.run(in: queue)
            let tables = try await login.owner.queryOne(
                "SELECT to_regclass(\(month)) IS NOT NULL, to_regclass('jobs_2020_01') IS NULL",
                columns: (Bool, Bool).self)
            #expect(tables?.0 == true && tables?.1 == true)
        }
    }
}
