-- The role of the processes, with less than an owner's rights. Roles belong to the whole server, so another database may
-- have made it already, and an ordinary owner may not be allowed to: then the owner runs the processes and the triggers
-- below remain.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'haat_app') THEN
        CREATE ROLE haat_app NOLOGIN;
    END IF;
EXCEPTION
    WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN NULL;
END
$$;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'haat_app') THEN
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO haat_app', current_schema());
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO haat_app', current_schema());
        EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO haat_app', current_schema());
        GRANT EXECUTE ON FUNCTION make_next_partitions(), delete_expired_dependents(), drop_next_expired_partition()
            TO haat_app;
        -- How long things are kept is for the owner to say.
        REVOKE INSERT, UPDATE, DELETE ON retention FROM haat_app;
        EXECUTE format(
            'ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO haat_app',
            current_schema());
        EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT USAGE ON SEQUENCES TO haat_app', current_schema());
        -- What was migrated is for the migrating role to say.
        IF to_regclass('schema_migrations') IS NOT NULL THEN
            REVOKE INSERT, UPDATE, DELETE ON schema_migrations, unfinished_migrations FROM haat_app;
        END IF;
    END IF;
END
$$;

-- For tables of which rows are never changed: owners and superusers are refused too.
CREATE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    RAISE EXCEPTION '% is append-only, % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;

-- Makes a table append-only: trigger for everyone, and no rights to change it for the processes' role.
CREATE FUNCTION make_append_only(target regclass) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    EXECUTE format(
        'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT
            EXECUTE FUNCTION refuse_change()',
        target);
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'haat_app') THEN
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM haat_app', target);
    END IF;
END
$$;

REVOKE EXECUTE ON FUNCTION make_append_only(regclass) FROM PUBLIC;

-- What was accepted once is known for good; caches of it need not be told that it is gone.
SELECT make_append_only('webhook_seen');

CREATE TABLE audit_events (
    id uuid NOT NULL,
    subject text NOT NULL,
    sequence bigint NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    -- Text, not jsonb: the hash covers these very bytes.
    payload text NOT NULL,
    recorded_at timestamptz NOT NULL,
    previous_hash bytea NOT NULL,
    hash bytea NOT NULL,
    signature bytea NOT NULL,
    CONSTRAINT audit_events_pkey PRIMARY KEY (id),
    CONSTRAINT audit_events_chain UNIQUE (subject, sequence),
    CONSTRAINT audit_events_sequence_positive CHECK (sequence > 0),
    CONSTRAINT audit_events_digests_complete CHECK (
        octet_length(previous_hash) = 32 AND octet_length(hash) = 32 AND octet_length(signature) = 32)
);
SELECT make_append_only('audit_events');

-- The end of each subject's chain: its row is the lock under which the chain grows, and it tells when events were cut off.
CREATE TABLE audit_chains (
    subject text NOT NULL,
    sequence bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT audit_chains_pkey PRIMARY KEY (subject),
    CONSTRAINT audit_chains_hash_complete CHECK (octet_length(hash) = 32)
) WITH (fillfactor = 80);
