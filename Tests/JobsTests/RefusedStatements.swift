/// What a login of the processes may try without success; all of it is refused for want of a right.
enum RefusedStatements {
    static let insufficientPrivilege = "42501"

    static let all = roles + shadows + objects + rows + machine

    private static let roles = [
        "ALTER ROLE CURRENT_USER SUPERUSER", "ALTER ROLE CURRENT_USER CREATEROLE BYPASSRLS",
        "ALTER ROLE haat_app LOGIN",
        "ALTER ROLE haat_owner LOGIN PASSWORD 'mine'", "CREATE ROLE more_rights", "DROP ROLE haat_readonly",
        "GRANT haat_owner TO CURRENT_USER", "GRANT haat_app TO pg_monitor",
        "GRANT pg_read_server_files TO CURRENT_USER", "GRANT pg_execute_server_program TO CURRENT_USER",
        "SET ROLE haat_owner", "SET ROLE haat_readonly", "SET SESSION AUTHORIZATION haat_owner",
        "SELECT set_config('role', 'haat_owner', false)",
        "SELECT set_config('session_authorization', 'haat_owner', false)",
        "SET session_replication_role = replica", "SET LOCAL session_replication_role = replica",
        "SELECT set_config('session_replication_role', 'replica', false)",
        "REASSIGN OWNED BY haat_owner TO CURRENT_USER", "DROP OWNED BY haat_owner",
        "ALTER DEFAULT PRIVILEGES FOR ROLE haat_owner GRANT ALL ON TABLES TO PUBLIC",
        "DO $$ BEGIN EXECUTE format('ALTER ROLE haat_owner IN DATABASE %I SET session_replication_role = replica', current_database()); END $$",
        "UPDATE pg_catalog.pg_authid SET rolsuper = true", "SELECT rolpassword FROM pg_catalog.pg_authid",
    ]

    /// To have others run what is ours.
    private static let shadows = [
        "CREATE TABLE public.mine ()", "CREATE VIEW public.mine AS SELECT 1", "CREATE SEQUENCE public.mine",
        "CREATE SCHEMA mine", "CREATE EXTENSION hstore", "CREATE TYPE public.mine AS (a int)",
        "CREATE DOMAIN public.mine AS int",
        "CREATE OPERATOR public.= (FUNCTION = uuid_eq, LEFTARG = uuid, RIGHTARG = uuid)",
        "CREATE AGGREGATE public.sum(bigint) (SFUNC = int8pl, STYPE = bigint)",
        "CREATE CAST (uuid AS bigint) WITHOUT FUNCTION",
        "CREATE FUNCTION public.now() RETURNS timestamptz LANGUAGE sql AS 'SELECT ''infinity''::timestamptz'",
        "CREATE FUNCTION pg_catalog.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE OR REPLACE FUNCTION public.make_next_partitions() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT NULL'",
        "CREATE OR REPLACE FUNCTION public.refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "CREATE OR REPLACE FUNCTION public.finish_job(job uuid, job_attempt integer) RETURNS void LANGUAGE sql AS ''",
        "CREATE TEMP TABLE evil (id uuid) PARTITION BY RANGE (id)", "CREATE TABLE pg_temp.jobs (id uuid)",
        "CREATE TEMP VIEW audit_events AS SELECT 1",
        "CREATE FUNCTION pg_temp.now() RETURNS timestamptz LANGUAGE sql AS 'SELECT ''infinity''::timestamptz'",
        "CREATE OPERATOR pg_temp.= (FUNCTION = uuid_eq, LEFTARG = uuid, RIGHTARG = uuid)",
        "CREATE TEMP TABLE mine () INHERITS (public.jobs)",
        "CREATE TEMP TABLE mine PARTITION OF public.jobs FOR VALUES FROM ('00000000-0000-0000-0000-000000000000') TO ('00000000-0000-0000-0000-000000000001')",
        "CREATE TEMP TABLE mine (id uuid REFERENCES public.payments (id))",
        "CREATE TRIGGER t BEFORE INSERT ON public.jobs FOR EACH ROW EXECUTE FUNCTION public.refuse_change()",
        "CREATE RULE r AS ON INSERT TO public.jobs DO INSTEAD NOTHING",
        "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION public.refuse_change()",
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = pg_temp', current_database()); END $$",
    ]

    private static let objects = [
        "ALTER FUNCTION make_next_partitions() OWNER TO CURRENT_USER",
        "ALTER FUNCTION make_next_partitions() SET search_path = pg_temp",
        "ALTER FUNCTION drop_next_expired_partition() SECURITY INVOKER",
        "ALTER FUNCTION refuse_change() RENAME TO allow_change", "ALTER TABLE jobs OWNER TO CURRENT_USER",
        "ALTER SCHEMA public OWNER TO CURRENT_USER", "DROP TABLE jobs_default", "DROP TABLE orders CASCADE",
        "DROP FUNCTION finish_job", "DROP FUNCTION refuse_change CASCADE", "DROP SCHEMA public CASCADE",
        "ALTER TABLE jobs DETACH PARTITION jobs_default", "ALTER TABLE orders DROP COLUMN email",
        "ALTER TABLE orders DROP CONSTRAINT orders_refunded_within_captured", "CREATE INDEX ON public.jobs (kind)",
        "ALTER SEQUENCE order_numbers RESTART", "SELECT setval('order_numbers', 1)",
        // These name tables, and are for the owner's functions.
        "SELECT make_month_partitions('jobs', 3)", "SELECT expired_month_partitions('jobs', -120)",
        "SELECT expired_partitions()", "SELECT doomed_dependents('orders', 'id', '{}', 'orders', NULL, NULL)",
        "SELECT make_append_only('orders')",
    ]

    private static let rows = [
        // What was agreed, and who somebody is.
        "UPDATE orders SET total_minor = 1", "UPDATE orders SET email = 'mine@example.com'",
        "UPDATE orders SET access_token_hash = ''", "UPDATE order_lines SET unit_price_minor = 0",
        "UPDATE payments SET amount_minor = 1", "UPDATE payments SET created_at = now()",
        "UPDATE payment_demands SET amount_minor = 1", "UPDATE refunds SET amount_minor = 1",
        "UPDATE payout_accounts SET holder_name = 'mine'", "UPDATE data_keys SET scope = 'other'",
        "UPDATE licence_keys SET fingerprint = ''", "UPDATE api_keys SET role = 'admin'",
        "UPDATE api_keys SET revoked_at = NULL, token_hash = ''", "UPDATE jobs SET payload = '{}'",
        "UPDATE jobs SET kind = 'other'", "UPDATE stock_levels SET on_hand = 1", "DELETE FROM stock_levels",
        // What is born with a time or a state of its own.
        "INSERT INTO orders (id, paid_at) VALUES (gen_random_uuid(), now())",
        "INSERT INTO webhook_events (id, received_at) VALUES (gen_random_uuid(), now())",
        "INSERT INTO events (id, position) VALUES (gen_random_uuid(), 1)",
        "DELETE FROM orders", "DELETE FROM payments", "DELETE FROM jobs", "DELETE FROM job_unique_keys",
        "DELETE FROM webhook_outcomes", "DELETE FROM audit_chains", "DELETE FROM event_positions",
        "DELETE FROM api_keys", "TRUNCATE jobs CASCADE",
        // To have things forgotten.
        "UPDATE retention SET months = 12, kept = ARRAY['false']", "DELETE FROM retention",
        "INSERT INTO retention (table_name, months) VALUES ('orders', 12)",
        "UPDATE schema_migrations SET checksum = ''", "DELETE FROM schema_migrations",
        "INSERT INTO unfinished_migrations (name) VALUES ('forged')", "DELETE FROM unfinished_migrations",
    ]

    private static let machine = [
        "COPY (SELECT 1) TO PROGRAM 'true'", "COPY jobs TO '/tmp/haat_jobs'", "COPY jobs FROM PROGRAM 'true'",
        "COPY jobs FROM '/etc/passwd'", "SELECT pg_read_file('/etc/passwd')",
        "SELECT pg_read_binary_file('/etc/passwd')", "SELECT pg_stat_file('/etc/passwd')", "SELECT pg_ls_dir('/')",
        "SELECT pg_ls_waldir()", "SELECT lo_import('/etc/passwd')", "SELECT lo_export(1, '/tmp/haat_lo')",
        "LOAD '/tmp/haat.so'", "CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE c AS 'x'",
        "CREATE TABLESPACE t LOCATION '/tmp'", "CREATE FOREIGN DATA WRAPPER w", "CREATE PUBLICATION p FOR ALL TABLES",
        "CREATE SUBSCRIPTION s CONNECTION 'dbname=haat' PUBLICATION p", "ALTER SYSTEM SET log_statement = 'all'",
        "SELECT pg_reload_conf()", "CHECKPOINT", "SELECT pg_switch_wal()", "SELECT pg_create_restore_point('mine')",
        "SELECT pg_create_physical_replication_slot('mine')", "SELECT pg_replication_origin_create('mine')",
    ]

    /// A query for the same about everything that is kept as evidence, by the trigger `append_only` and not by name: a column at a
    /// time where the trigger is for some, and for each partition, whose parents' triggers don't protect it.
    static let onEvidence = """
        WITH evidence AS (
            SELECT tgrelid AS id, tgattr FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
            WHERE tgname = 'append_only' AND relnamespace = 'public'::regnamespace
        ), kept AS (
            SELECT id::regclass::text AS name, id, tgattr FROM evidence
            UNION ALL SELECT relid::text, relid, '' FROM evidence, pg_partition_tree(id) WHERE relid <> id
        )
        SELECT format('UPDATE %s SET %I = DEFAULT', name, attname) FROM kept JOIN pg_attribute ON attrelid = id
        WHERE attnum > 0 AND (tgattr::text = '' OR attnum = ANY (tgattr))
        UNION ALL SELECT format('DROP TRIGGER append_only ON %s', id::regclass) FROM evidence
        UNION ALL SELECT format(form, name) FROM kept, unnest(ARRAY[
            'DELETE FROM %s', 'TRUNCATE %s', 'TRUNCATE %s CASCADE', 'DROP TABLE %s CASCADE',
            'MERGE INTO %s USING (SELECT) AS nothing ON true WHEN MATCHED THEN DELETE',
            'DO $$ BEGIN LOCK TABLE %s IN SHARE MODE; END $$', 'DO $$ BEGIN LOCK TABLE %s IN ACCESS EXCLUSIVE MODE; END $$',
            'ALTER TABLE %s DISABLE TRIGGER ALL', 'ALTER TABLE %s DISABLE TRIGGER USER',
            'ALTER TABLE %s DISABLE TRIGGER append_only', 'ALTER TABLE %s ENABLE REPLICA TRIGGER append_only',
            'ALTER TRIGGER append_only ON %s RENAME TO other', 'ALTER TABLE %s OWNER TO CURRENT_USER',
            'ALTER TABLE %s RENAME TO away', 'ALTER TABLE %s SET SCHEMA pg_temp', 'ALTER TABLE %s ADD COLUMN more int',
            'ALTER TABLE %s ENABLE ROW LEVEL SECURITY', 'ALTER TABLE %s SET UNLOGGED', 'ALTER TABLE %s INHERIT jobs',
            'CREATE TRIGGER t BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION refuse_change()',
            'CREATE RULE r AS ON INSERT TO %s DO INSTEAD NOTHING', 'CREATE RULE r AS ON INSERT TO %s DO ALSO SELECT 1',
            'CREATE POLICY p ON %s USING (false)', 'CREATE INDEX ON %s ((1))', 'COMMENT ON TABLE %s IS ''mine''',
            'CREATE TEMP TABLE mine () INHERITS (%s)', 'CLUSTER %s', 'REINDEX TABLE %s',
            'COPY %s TO ''/tmp/haat_copy''', 'COPY %s FROM ''/tmp/haat_copy'''
        ]) AS form
        ORDER BY 1
        """

    /// Refused by a warning alone: what they give is not theirs to give.
    static let futile = [
        "DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO CURRENT_USER', current_database()); END $$",
        "GRANT ALL ON ALL TABLES IN SCHEMA public TO CURRENT_USER",
        "GRANT EXECUTE ON FUNCTION finish_job(uuid, integer) TO PUBLIC",
    ]
}
