-- Every event ever accepted, once: slim and unpartitioned, because a partitioned table can't hold a global uniqueness.
CREATE TABLE webhook_seen (
    provider text NOT NULL,
    event_id text NOT NULL,
    webhook_event_id uuid NOT NULL,
    CONSTRAINT webhook_seen_pkey PRIMARY KEY (provider, event_id)
);

-- The raw bodies, partitioned by month through their UUIDv7 id.
CREATE TABLE webhook_events (
    id uuid NOT NULL,
    provider text NOT NULL,
    event_id text NOT NULL,
    event_type text NOT NULL,
    -- The header that carried the signature, kept as evidence.
    signature text NOT NULL,
    body bytea NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT webhook_events_pkey PRIMARY KEY (id)
) PARTITION BY RANGE (id);

-- Event bodies barely shrink below the TOAST threshold and are read back within milliseconds.
CREATE TABLE webhook_events_default PARTITION OF webhook_events DEFAULT;

CREATE FUNCTION make_webhook_event_partitions() RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT public.make_month_partitions('webhook_events', 3)
$$;
SELECT make_webhook_event_partitions();

-- What became of an event; a row exists once its job has looked at it.
CREATE TABLE webhook_outcomes (
    webhook_event_id uuid NOT NULL,
    outcome text NOT NULL,
    detail text,
    decided_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT webhook_outcomes_pkey PRIMARY KEY (webhook_event_id),
    CONSTRAINT webhook_outcomes_known CHECK (outcome IN ('applied', 'ignored', 'rejected'))
);

-- Drops the bodies that are older than a year. What became of their events goes first, while everybody still works.
CREATE FUNCTION drop_webhook_event_partitions() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '500ms' AS $$
DECLARE
    partition text;
    dropped integer := 0;
BEGIN
    FOR partition IN SELECT public.expired_month_partitions('webhook_events', 12) LOOP
        EXECUTE format(
            'DELETE FROM public.webhook_outcomes USING public.%I AS event WHERE webhook_event_id = event.id', partition);
    END LOOP;
    FOR partition IN SELECT public.expired_month_partitions('webhook_events', 12) LOOP
        EXECUTE format('ALTER TABLE public.webhook_events DETACH PARTITION public.%I', partition);
        EXECUTE format('DROP TABLE public.%I', partition);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END
$$;

REVOKE EXECUTE ON FUNCTION make_webhook_event_partitions(), drop_webhook_event_partitions() FROM PUBLIC;
