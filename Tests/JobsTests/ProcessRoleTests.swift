import Crypto
import Foundation
import Postgres
import Redis
import TestSupport
import Testing

@testable import Jobs

/// The logins of the processes, in a database that a superuser has migrated.
@Suite("The roles of the processes", .timeLimit(.minutes(10))) struct ProcessRoleTests {
    /// As the worker, who may do what the API may, and keeps partitions.
    private struct Login: Sendable {
        let database: TestDatabase

        var client: PostgresClient { database.client }
        var owner: PostgresClient { database.owner }

        /// With `temporaries` it may make temporary things, which the migrations forbid.
        static func open(
            temporaries: Bool = false, _ body: @escaping @Sendable (Login) async throws -> Void
        ) async throws {
            try await TestDatabase.withDatabase { database in
                if temporaries {
                    try await database.owner.execute(
                        "GRANT TEMPORARY ON DATABASE \(unescaped: database.name) TO \(unescaped: TestServer.worker)")
                }
                try await body(Login(database: database))
            }
        }

        /// What nobody but the owner may change: roles, tables, triggers, functions, and the rows that stay as they are.
        func state() async throws -> [String] {
            try await owner.queryValues(
                """
                SELECT concat_ws(' ', rolname, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls, rolcanlogin)
                    FROM pg_roles WHERE rolname LIKE 'haat\\_%' AND rolname !~ '[0-9]'
                UNION ALL SELECT concat_ws(' ', member::regrole, 'in', roleid::regrole) FROM pg_auth_members
                    WHERE member::regrole::text IN ('haat_api', 'haat_worker', 'haat_app', 'haat_maintenance')
                UNION ALL SELECT concat_ws(' ', relname, relkind, relowner::regrole, relispartition, relacl) FROM pg_class
                    WHERE relnamespace = 'public'::regnamespace
                UNION ALL SELECT concat_ws(' ', tgrelid::regclass, tgname, tgenabled) FROM pg_trigger
                    WHERE NOT tgisinternal AND tgrelid IN
                        (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
                UNION ALL SELECT concat_ws(' ', proname, proowner::regrole, prosecdef, md5(prosrc), proacl) FROM pg_proc
                    WHERE pronamespace = 'public'::regnamespace
                UNION ALL SELECT concat_ws(' ', nspname, nspacl) FROM pg_namespace WHERE nspname !~ '^pg_(temp|toast_temp)'
                UNION ALL SELECT extname FROM pg_extension
                UNION ALL SELECT concat_ws(' ', 'database', datacl) FROM pg_database WHERE datname = current_database()
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

    @Test(
        "Through psql they gain no role, and change and remove no evidence",
        arguments: [TestServer.api, TestServer.worker])
    func refused(login name: String) async throws {
        try await Login.open { login in
            try await login.owner.withConnection { try await $0.runScript(Self.rows) }
            let before = try await login.state()
            let onEvidence = try await login.owner.queryValues(
                PostgresStatement(sql: RefusedStatements.onEvidence), as: String.self)
            #expect(onEvidence.contains("DELETE FROM webhook_events_default"))
            let statements = RefusedStatements.all + onEvidence + RefusedStatements.futile
            let psql = PSQL(connectionString: login.database.connectionString + " user='\(name)'")
            let states = try await psql.states(of: statements)
            try #require(states.count == statements.count)
            for (statement, state) in zip(statements, states) where !RefusedStatements.futile.contains(statement) {
                #expect(state == RefusedStatements.insufficientPrivilege, "\(statement)")
            }
            #expect(try await login.state() == before)
        }
    }

    @Test("What is evidence is known by its trigger, and nothing that should be is missing")
    func evidence() async throws {
        try await Login.open { login in
            let evidence = try await login.owner.queryValues(
                "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'append_only' ORDER BY 1",
                as: String.self)
            let known = [
                "audit_events", "audit_checkpoints", "audit_checkpoint_heads", "ledger_accounts", "ledger_transactions",
                "ledger_entries", "gateway_calls", "webhook_seen", "webhook_events", "events", "order_adjustments",
                "order_events", "stock_movements",
            ]
            #expect(Set(known).subtracting(evidence).isEmpty)
        }
    }

    @Test("The API keeps no partitions and seals nothing anew: that is the worker's")
    func apiMaintenance() async throws {
        try await Login.open { login in
            let psql = PSQL(connectionString: login.database.connectionString + " user='\(TestServer.api)'")
            let states = try await psql.states(of: [
                "SELECT make_next_partitions()", "SELECT delete_expired_dependents()",
                "SELECT drop_next_expired_partition()", "DELETE FROM cron_runs", "SELECT FROM retention",
                "UPDATE data_keys SET wrapped_key = ''", "UPDATE data_keys SET retired_at = now()",
                "UPDATE licence_keys SET ciphertext = ''",
            ])
            #expect(states == Array(repeating: RefusedStatements.insufficientPrivilege, count: 8))
        }
    }

    @Test(
        "Functions with their owner's rights take nothing but a person to forget, and believe no caller's search path")
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
                    "drop_next_expired_partition 0 \(path) lock_timeout=500ms f", "forget_orders 1 \(path) f",
                    "make_next_partitions 0 \(path) f",
                    "place_stock_movement 0 \(path) f",
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
        try await Login.open(temporaries: true) { login in
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
        try await Login.open(temporaries: true) { login in
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
                    SET ROLE haat_owner;
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
