-- For tables of which rows are never changed: owners and superusers are refused too.
CREATE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    RAISE EXCEPTION '% is append-only, % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;

-- Makes a table append-only, and by its trigger's name evidence: nobody but its owner may get the right to change it.
CREATE FUNCTION make_append_only(target regclass) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    EXECUTE format(
        'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT
            EXECUTE FUNCTION refuse_change()',
        target);
END
$$;

REVOKE EXECUTE ON FUNCTION make_append_only(regclass) FROM PUBLIC;

-- What was accepted once is known for good; caches of it need not be told that it is gone.
SELECT make_append_only('webhook_seen');
-- Retention drops whole partitions and never names the table.
SELECT make_append_only('webhook_events');

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

CREATE TRIGGER append_only
    BEFORE UPDATE OF id, subject, actor, action, payload, recorded_at, signature OR DELETE OR TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER linked_once BEFORE UPDATE ON audit_events FOR EACH ROW
    WHEN (OLD.sequence IS NOT NULL) EXECUTE FUNCTION refuse_change();

-- The end of each subject's chain: it tells what the next link follows, and when events were cut off.
CREATE TABLE audit_chains (
    subject text NOT NULL,
    sequence bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT audit_chains_pkey PRIMARY KEY (subject),
    CONSTRAINT audit_chains_hash_complete CHECK (octet_length(hash) = 32)
) WITH (fillfactor = 80);
