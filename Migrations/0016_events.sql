-- What has happened, for whoever subscribes; partitioned by month through their UUIDv7 ids.
CREATE TABLE events (
    id uuid NOT NULL,
    name text NOT NULL,
    version integer NOT NULL,
    payload jsonb NOT NULL,
    trace text,
    occurred_at timestamptz NOT NULL DEFAULT now(),
    -- Given after the commit, in the order of commits: a reader who goes on after the last position misses nothing.
    position bigint,
    CONSTRAINT events_pkey PRIMARY KEY (id),
    CONSTRAINT events_version_positive CHECK (version > 0)
) PARTITION BY RANGE (id);
CREATE INDEX events_waiting ON events (id) WHERE position IS NULL;
CREATE INDEX events_position ON events (position) WHERE position IS NOT NULL;

CREATE TABLE events_default PARTITION OF events DEFAULT;

-- The last position that was given; its row is the lock under which the next ones are.
CREATE TABLE event_positions (
    last bigint NOT NULL,
    the_only boolean NOT NULL DEFAULT true,
    CONSTRAINT event_positions_pkey PRIMARY KEY (the_only),
    CONSTRAINT event_positions_one_row CHECK (the_only)
);
INSERT INTO event_positions (last) VALUES (0);

CREATE FUNCTION make_event_partitions() RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT public.make_month_partitions('events', 3)
$$;
SELECT make_event_partitions();

-- Drops the events that are older than a year.
CREATE FUNCTION drop_event_partitions() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '500ms' AS $$
DECLARE
    partition text;
    dropped integer := 0;
BEGIN
    FOR partition IN SELECT public.expired_month_partitions('events', 12) LOOP
        EXECUTE format('ALTER TABLE public.events DETACH PARTITION public.%I', partition);
        EXECUTE format('DROP TABLE public.%I', partition);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END
$$;

REVOKE EXECUTE ON FUNCTION make_event_partitions(), drop_event_partitions() FROM PUBLIC;

-- The processes add events and number them; what happened stays as it was told.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'haat_app') THEN
        GRANT EXECUTE ON FUNCTION make_event_partitions(), drop_event_partitions() TO haat_app;
        REVOKE UPDATE, DELETE ON events FROM haat_app;
        GRANT UPDATE (position) ON events TO haat_app;
        REVOKE INSERT, DELETE ON event_positions FROM haat_app;
    END IF;
END
$$;
