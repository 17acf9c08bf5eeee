-- The lowest UUIDv7 of a moment: ids carry their time in the first 48 bits, so a range of ids is a range of time.
CREATE FUNCTION uuid7_floor(moment timestamptz) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT (lpad(to_hex(floor(extract(epoch FROM moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- Makes the monthly partitions of a table that is partitioned by a UUIDv7 id, from this month to months_ahead months on.
-- What fell into the default partition meanwhile moves to the new one, which could not be attached otherwise.
-- Owned by the migrating role, so that the processes' role need not own the tables. Whoever waits for a lock on the whole
-- table holds up everyone behind, so the wait is short; who is refused comes back later.
CREATE FUNCTION ensure_month_partitions(parent regclass, months_ahead integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '500ms' AS $$
DECLARE
    month timestamptz;
    partition text;
    first_id uuid;
    end_id uuid;
    made integer := 0;
BEGIN
    FOR ahead IN 0..months_ahead LOOP
        month := (date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => ahead)) AT TIME ZONE 'UTC';
        partition := parent::text || to_char(month AT TIME ZONE 'UTC', '"_"YYYY"_"MM');
        first_id := uuid7_floor(month);
        end_id := uuid7_floor(((month AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC');
        IF to_regclass(partition) IS NULL THEN
            EXECUTE format('CREATE TABLE %I (LIKE %s INCLUDING ALL)', partition, parent);
            -- Nothing may fall into the default partition between the move and the attachment.
            EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', parent::text || '_default');
            EXECUTE format(
                'WITH moved AS (DELETE FROM %I WHERE id >= %L AND id < %L RETURNING *) INSERT INTO %I SELECT * FROM moved',
                parent::text || '_default', first_id, end_id, partition);
            EXECUTE format('ALTER TABLE %s ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, partition, first_id,
                end_id);
            made := made + 1;
        END IF;
    END LOOP;
    RETURN made;
END
$$;

-- The monthly partitions that ended more than months_kept months ago.
CREATE FUNCTION expired_month_partitions(parent regclass, months_kept integer) RETURNS SETOF regclass
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT inhrelid::regclass FROM pg_inherits
    WHERE inhparent = parent AND inhrelid::regclass::text ~ '_\d{4}_\d{2}$'
        AND to_date(right(inhrelid::regclass::text, 7), 'YYYY_MM')
            < date_trunc('month', now() AT TIME ZONE 'UTC') - make_interval(months => months_kept)
$$;

-- Drops the expired partitions. What belongs to their rows elsewhere goes first, while everybody still works: the unique keys
-- of finished jobs, the outcomes of webhook events. Detaching locks the whole table, so only little follows it: jobs that
-- are not finished, which partial indexes find, move to the default partition.
CREATE FUNCTION drop_month_partitions(parent regclass, months_kept integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '500ms' AS $$
DECLARE
    partition regclass;
    dropped integer := 0;
BEGIN
    FOR partition IN SELECT expired_month_partitions(parent, months_kept) LOOP
        IF parent::text = 'jobs' THEN
            EXECUTE format(
                'DELETE FROM job_unique_keys USING %s AS job WHERE job_id = job.id AND job.state IN (''done'', ''cancelled'')',
                partition);
        ELSIF parent::text = 'webhook_events' THEN
            EXECUTE format('DELETE FROM webhook_outcomes USING %s AS event WHERE webhook_event_id = event.id', partition);
        END IF;
    END LOOP;
    FOR partition IN SELECT expired_month_partitions(parent, months_kept) LOOP
        EXECUTE format('ALTER TABLE %s DETACH PARTITION %s', parent, partition);
        IF parent::text = 'jobs' THEN
            EXECUTE format(
                'INSERT INTO jobs SELECT * FROM %1$s WHERE state = ''pending''
                    UNION ALL SELECT * FROM %1$s WHERE state = ''dispatched''
                    UNION ALL SELECT * FROM %1$s WHERE state = ''dead''',
                partition);
        END IF;
        EXECUTE format('DROP TABLE %s', partition);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END
$$;

-- They run with their owner's rights; the processes' role gets them back once it exists.
REVOKE EXECUTE ON FUNCTION ensure_month_partitions(regclass, integer), drop_month_partitions(regclass, integer) FROM PUBLIC;

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
SELECT ensure_month_partitions('jobs', 3);

CREATE INDEX jobs_relay ON jobs (relay_at) WHERE state = 'pending';
CREATE INDEX jobs_dispatched ON jobs (dispatched_at) WHERE state = 'dispatched';
CREATE INDEX jobs_dead ON jobs (id) WHERE state = 'dead';

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
