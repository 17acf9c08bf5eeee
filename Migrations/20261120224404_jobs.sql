-- Functions name no schema: each keeps the search path of the migration that makes it, which is the installation's schema and, last,
-- the temporary one. Objects here are the migrating role's: what its functions name, nobody else may have made.
DO $$
BEGIN
    EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC', current_schema());
END
$$;

-- The lowest UUIDv7 of a moment: ids carry their time in the first 48 bits, so a range of ids is a range of time.
CREATE FUNCTION uuid7_floor(moment timestamptz) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT (lpad(to_hex(floor(extract(epoch FROM moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- Makes the monthly partitions of a table that is partitioned by a UUIDv7 id, from this month to months_ahead months on.
-- What fell into the default partition meanwhile moves to the new one, which could not be attached otherwise. Whoever waits for
-- a lock on the whole table holds up everyone behind, so the wait is short; who is refused comes back later.
CREATE FUNCTION make_month_partitions(parent text, months_ahead integer) RETURNS integer
LANGUAGE plpgsql SET search_path FROM CURRENT SET lock_timeout = '500ms' AS $$
DECLARE
    month timestamptz;
    partition text;
    first_id uuid;
    end_id uuid;
    made integer := 0;
BEGIN
    FOR ahead IN 0..months_ahead LOOP
        month := (date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => ahead)) AT TIME ZONE 'UTC';
        partition := parent || to_char(month AT TIME ZONE 'UTC', '"_"YYYY"_"MM');
        first_id := uuid7_floor(month);
        end_id := uuid7_floor(((month AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC');
        IF to_regclass(format('%I.%I', current_schema(), partition)) IS NULL THEN
            EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', partition, parent);
            -- Nothing may fall into the default partition between the move and the attachment.
            EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', parent || '_default');
            EXECUTE format(
                'WITH moved AS (DELETE FROM %I WHERE id >= %L AND id < %L RETURNING *)
                    INSERT INTO %I SELECT * FROM moved',
                parent || '_default', first_id, end_id, partition);
            EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent,
                partition, first_id, end_id);
            made := made + 1;
        END IF;
    END LOOP;
    RETURN made;
END
$$;

-- The monthly partitions that ended more than months_kept months ago, and never the last year's.
CREATE FUNCTION expired_month_partitions(parent text, months_kept integer) RETURNS SETOF text
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT child.relname FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid
    WHERE inhparent = format('%I.%I', current_schema(), parent)::regclass
        AND child.relnamespace = quote_ident(current_schema())::regnamespace
        AND child.relname ~ ('^' || parent || '_[0-9]{4}_[0-9]{2}$')
        AND to_date(right(child.relname, 7), 'YYYY_MM')
            < date_trunc('month', now() AT TIME ZONE 'UTC') - make_interval(months => greatest(months_kept, 12))
$$;

-- How long the tables that are partitioned by month keep their rows. Another such table is a row here.
CREATE TABLE retention (
    table_name text NOT NULL,
    -- Whole months.
    months integer NOT NULL,
    -- A table whose rows go with a row of this one, and its column that names that.
    dependent_table text,
    dependent_column text,
    -- Conditions of which a row that outlives its month meets one; its dependents stay with it. One condition for each partial
    -- index, so that none needs a scan.
    kept text[] NOT NULL DEFAULT '{}',
    CONSTRAINT retention_pkey PRIMARY KEY (table_name),
    CONSTRAINT retention_last_year CHECK (months >= 12),
    CONSTRAINT retention_dependent_complete CHECK ((dependent_table IS NULL) = (dependent_column IS NULL))
);

-- The partitions whose time is over, in a random order: one that can't be had does not keep the next from its turn.
CREATE FUNCTION expired_partitions() RETURNS TABLE (
    table_name text, dependent_table text, dependent_column text, kept text[], partition text, first_id uuid, end_id uuid)
LANGUAGE sql SET search_path FROM CURRENT AS $$
    SELECT table_name, dependent_table, dependent_column, kept, partition,
        uuid7_floor(month AT TIME ZONE 'UTC'),
        uuid7_floor((month + interval '1 month') AT TIME ZONE 'UTC')
    FROM retention, LATERAL expired_month_partitions(table_name, months) AS expired (partition),
        LATERAL (SELECT to_date(right(partition, 7), 'YYYY_MM')::timestamp AS month) AS named
    ORDER BY random()
$$;

-- A query for the rows that depend on a partition and do not stay.
CREATE FUNCTION doomed_dependents(dependent_table text, dependent_column text, kept text[], partition text, first_id uuid, end_id uuid)
RETURNS text LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT format('SELECT %1$I FROM %2$I AS dependent WHERE %1$I >= %3$L AND %1$I < %4$L', dependent_column,
            dependent_table, first_id, end_id)
        || CASE WHEN cardinality(kept) > 0 THEN format(
            ' AND NOT EXISTS (SELECT FROM %I AS kept WHERE kept.id = dependent.%I AND (%s))', partition,
            dependent_column, array_to_string(kept, ' OR '))
        ELSE '' END
$$;

-- They name tables, so they are for the functions below alone. Those run with their owner's rights, because the processes' roles
-- own nothing; therefore they take no argument and believe no search path but the one they keep. Each changes one table, so that no lock on a whole table outlasts its change: whoever calls goes on
-- until there is nothing left.
REVOKE EXECUTE ON FUNCTION make_month_partitions(text, integer), expired_month_partitions(text, integer),
    expired_partitions(), doomed_dependents(text, text, text[], text, uuid, uuid) FROM PUBLIC;

-- Makes the partitions of the coming three months of one table that lacks some; answers its name, nothing where none does.
CREATE FUNCTION make_next_partitions() RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    lacking text;
BEGIN
    SELECT table_name INTO lacking FROM retention
    WHERE EXISTS (SELECT FROM generate_series(0, 3) AS ahead
        WHERE to_regclass(format('%I.%I', current_schema(), table_name || to_char(
            date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => ahead), '"_"YYYY"_"MM'))) IS NULL)
    ORDER BY random() LIMIT 1;
    IF lacking IS NOT NULL THEN
        PERFORM make_month_partitions(lacking, 3);
    END IF;
    RETURN lacking;
END
$$;

-- Deletes some thousand rows that depend on partitions whose time is over, while everybody still works; answers how many.
CREATE FUNCTION delete_expired_dependents() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    expired record;
    deleted bigint;
BEGIN
    FOR expired IN SELECT * FROM expired_partitions() LOOP
        CONTINUE WHEN expired.dependent_table IS NULL;
        EXECUTE format(
            'DELETE FROM %1$I WHERE %2$I IN (%3$s ORDER BY %2$I LIMIT 10000)', expired.dependent_table,
            expired.dependent_column,
            doomed_dependents(expired.dependent_table, expired.dependent_column, expired.kept, expired.partition,
                expired.first_id, expired.end_id));
        GET DIAGNOSTICS deleted = ROW_COUNT;
        IF deleted > 0 THEN
            RETURN deleted;
        END IF;
    END LOOP;
    RETURN 0;
END
$$;

-- Drops one partition whose time is over and on which nothing depends any more; answers its name, nothing where there is none.
-- Detaching locks the whole table, so only little follows it: what is kept moves to the default partition.
CREATE FUNCTION drop_next_expired_partition() RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET lock_timeout = '500ms' AS $$
DECLARE
    expired record;
    condition text;
    is_needed boolean;
BEGIN
    FOR expired IN SELECT * FROM expired_partitions() LOOP
        is_needed := false;
        IF expired.dependent_table IS NOT NULL THEN
            EXECUTE format('SELECT EXISTS (%s)', doomed_dependents(expired.dependent_table, expired.dependent_column,
                expired.kept, expired.partition, expired.first_id, expired.end_id)) INTO is_needed;
        END IF;
        CONTINUE WHEN is_needed;
        EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', expired.table_name, expired.partition);
        FOREACH condition IN ARRAY expired.kept LOOP
            EXECUTE format('INSERT INTO %I SELECT * FROM %I WHERE %s', expired.table_name,
                expired.partition, condition);
        END LOOP;
        EXECUTE format('DROP TABLE %I', expired.partition);
        RETURN expired.partition;
    END LOOP;
    RETURN NULL;
END
$$;

REVOKE EXECUTE ON FUNCTION make_next_partitions(), delete_expired_dependents(), drop_next_expired_partition() FROM PUBLIC;

-- A row per job, inserted in the transaction that causes it; it stays until its partition is dropped.
CREATE TABLE jobs (
    id uuid NOT NULL,
    queue text NOT NULL,
    kind text NOT NULL,
    payload jsonb NOT NULL,
    unique_key text,
    state text NOT NULL DEFAULT 'pending',
    attempt integer NOT NULL DEFAULT 0,
    run_at timestamptz NOT NULL DEFAULT now(),
    -- When the relay pushes it if nobody has: run_at for scheduled jobs, a little later for those pushed right after commit.
    relay_at timestamptz NOT NULL DEFAULT now(),
    dispatched_at timestamptz,
    finished_at timestamptz,
    last_error text,
    trace text,
    created_at timestamptz NOT NULL DEFAULT now(),
    -- The run that is about to have an effect outside of the database, or has one; renewed until it ends.
    holder bigint,
    held_until timestamptz,
    -- Runs of this attempt that have held it and neither failed nor finished: they ended with their worker.
    unended_runs integer NOT NULL DEFAULT 0,
    CONSTRAINT jobs_pkey PRIMARY KEY (id),
    CONSTRAINT jobs_state_known CHECK (state IN ('pending', 'dispatched', 'done', 'dead', 'cancelled')),
    CONSTRAINT jobs_attempt_not_negative CHECK (attempt >= 0)
) PARTITION BY RANGE (id);

-- The safety net for a month that nobody made a partition for.
CREATE TABLE jobs_default PARTITION OF jobs DEFAULT;

INSERT INTO retention (table_name, months, dependent_table, dependent_column, kept)
    VALUES ('jobs', 12, 'job_unique_keys', 'job_id',
        ARRAY['state = ''pending''', 'state = ''dispatched''', 'state = ''dead''']);
SELECT make_next_partitions();

CREATE INDEX jobs_relay ON jobs (relay_at) WHERE state = 'pending';
CREATE INDEX jobs_dispatched ON jobs (dispatched_at) WHERE state = 'dispatched';
CREATE INDEX jobs_dead ON jobs (id) WHERE state = 'dead';
CREATE INDEX jobs_cancelled ON jobs (id) WHERE state = 'cancelled';

-- Uniqueness across partitions; a key is taken for as long as its job's row exists.
CREATE TABLE job_unique_keys (
    kind text NOT NULL,
    unique_key text NOT NULL,
    job_id uuid NOT NULL,
    CONSTRAINT job_unique_keys_pkey PRIMARY KEY (kind, unique_key)
);
CREATE INDEX job_unique_keys_job ON job_unique_keys (job_id);

-- The slot of a schedule is won by whoever inserts it first.
CREATE TABLE cron_runs (
    name text NOT NULL,
    slot timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT cron_runs_pkey PRIMARY KEY (name, slot)
);
