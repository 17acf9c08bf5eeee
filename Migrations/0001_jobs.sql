-- Objects here are the migrating role's: what its functions name, nobody else may have made.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

-- The lowest UUIDv7 of a moment: ids carry their time in the first 48 bits, so a range of ids is a range of time.
CREATE FUNCTION uuid7_floor(moment timestamptz) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT (lpad(to_hex(floor(extract(epoch FROM moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- Makes the monthly partitions of a table that is partitioned by a UUIDv7 id, from this month to months_ahead months on.
-- What fell into the default partition meanwhile moves to the new one, which could not be attached otherwise. Whoever waits for
-- a lock on the whole table holds up everyone behind, so the wait is short; who is refused comes back later.
CREATE FUNCTION make_month_partitions(parent text, months_ahead integer) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET lock_timeout = '500ms' AS $$
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
        first_id := public.uuid7_floor(month);
        end_id := public.uuid7_floor(((month AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC');
        IF to_regclass(format('public.%I', partition)) IS NULL THEN
            EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING ALL)', partition, parent);
            -- Nothing may fall into the default partition between the move and the attachment.
            EXECUTE format('LOCK TABLE public.%I IN ACCESS EXCLUSIVE MODE', parent || '_default');
            EXECUTE format(
                'WITH moved AS (DELETE FROM public.%I WHERE id >= %L AND id < %L RETURNING *)
                    INSERT INTO public.%I SELECT * FROM moved',
                parent || '_default', first_id, end_id, partition);
            EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)', parent,
                partition, first_id, end_id);
            made := made + 1;
        END IF;
    END LOOP;
    RETURN made;
END
$$;

-- The monthly partitions that ended more than months_kept months ago, and never the last year's.
CREATE FUNCTION expired_month_partitions(parent text, months_kept integer) RETURNS SETOF text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT child.relname FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid
    WHERE inhparent = format('public.%I', parent)::regclass AND child.relnamespace = 'public'::regnamespace
        AND child.relname ~ ('^' || parent || '_[0-9]{4}_[0-9]{2}$')
        AND to_date(right(child.relname, 7), 'YYYY_MM')
            < date_trunc('month', now() AT TIME ZONE 'UTC') - make_interval(months => greatest(months_kept, 12))
$$;

-- They name tables, so they are for the functions below alone. Those run with their owner's rights, because the processes' role
-- owns nothing; therefore they take no argument, name every object with its schema and believe no search path. That role gets
-- them once it exists.
REVOKE EXECUTE ON FUNCTION make_month_partitions(text, integer), expired_month_partitions(text, integer) FROM PUBLIC;

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

CREATE FUNCTION make_job_partitions() RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT public.make_month_partitions('jobs', 3)
$$;
SELECT make_job_partitions();

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

-- Drops the partitions of jobs that are older than a year. The unique keys of finished jobs go first, while everybody still
-- works. Detaching locks the whole table, so only little follows it: jobs that are not finished, which partial indexes find,
-- move to the default partition.
CREATE FUNCTION drop_job_partitions() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '500ms' AS $$
DECLARE
    partition text;
    dropped integer := 0;
BEGIN
    FOR partition IN SELECT public.expired_month_partitions('jobs', 12) LOOP
        EXECUTE format(
            'DELETE FROM public.job_unique_keys USING public.%I AS job
                WHERE job_id = job.id AND job.state IN (''done'', ''cancelled'')',
            partition);
    END LOOP;
    FOR partition IN SELECT public.expired_month_partitions('jobs', 12) LOOP
        EXECUTE format('ALTER TABLE public.jobs DETACH PARTITION public.%I', partition);
        EXECUTE format(
            'INSERT INTO public.jobs SELECT * FROM public.%1$I WHERE state = ''pending''
                UNION ALL SELECT * FROM public.%1$I WHERE state = ''dispatched''
                UNION ALL SELECT * FROM public.%1$I WHERE state = ''dead''',
            partition);
        EXECUTE format('DROP TABLE public.%I', partition);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END
$$;

REVOKE EXECUTE ON FUNCTION make_job_partitions(), drop_job_partitions() FROM PUBLIC;
