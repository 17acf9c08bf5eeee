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
    actor text NOT NULL,
    action text NOT NULL,
    -- Text, not jsonb: the signature covers these very bytes.
    payload text NOT NULL,
    recorded_at timestamptz NOT NULL,
    signature bytea NOT NULL,
    -- Its place in its subject's chain. Given after the commit, so that no transaction waits for another one's event.
    sequence bigint,
    previous_hash bytea,
    hash bytea,
    link_signature bytea,
    CONSTRAINT audit_events_pkey PRIMARY KEY (id),
    CONSTRAINT audit_events_chain UNIQUE (subject, sequence),
    CONSTRAINT audit_events_sequence_positive CHECK (sequence > 0),
    CONSTRAINT audit_events_signature_complete CHECK (octet_length(signature) = 32),
    CONSTRAINT audit_events_link_complete CHECK (num_nulls(sequence, previous_hash, hash, link_signature) = 4
        OR (num_nulls(sequence, previous_hash, hash, link_signature) = 0 AND octet_length(previous_hash) = 32
            AND octet_length(hash) = 32 AND octet_length(link_signature) = 32))
);
CREATE INDEX audit_events_unlinked ON audit_events (id) WHERE sequence IS NULL;

CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- An event gets its place once; what it says never changes.
CREATE FUNCTION refuse_change_beside_link() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF OLD.sequence IS NULL
        AND (NEW.id, NEW.subject, NEW.actor, NEW.action, NEW.payload, NEW.recorded_at, NEW.signature)
            = (OLD.id, OLD.subject, OLD.actor, OLD.action, OLD.payload, OLD.recorded_at, OLD.signature)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only, % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER linked_once BEFORE UPDATE ON audit_events FOR EACH ROW EXECUTE FUNCTION refuse_change_beside_link();

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'haat_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON audit_events FROM haat_app;
        GRANT UPDATE (sequence, previous_hash, hash, link_signature) ON audit_events TO haat_app;
    END IF;
END
$$;

-- The end of each subject's chain: it tells what the next link follows, and when events were cut off.
CREATE TABLE audit_chains (
    subject text NOT NULL,
    sequence bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT audit_chains_pkey PRIMARY KEY (subject),
    CONSTRAINT audit_chains_hash_complete CHECK (octet_length(hash) = 32)
) WITH (fillfactor = 80);
