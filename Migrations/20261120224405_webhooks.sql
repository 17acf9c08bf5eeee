-- Every event ever accepted, once: slim and unpartitioned, because a partitioned table can't hold a global uniqueness.
CREATE TABLE webhook_seen (
    -- Ours at a provider, such as 'stripe', or 'stripe/eu' for a further one: two accounts may use the same id.
    account text NOT NULL,
    event_id text NOT NULL,
    webhook_event_id uuid NOT NULL,
    CONSTRAINT webhook_seen_pkey PRIMARY KEY (account, event_id)
);

-- The raw bodies, partitioned by month through their UUIDv7 id.
CREATE TABLE webhook_events (
    id uuid NOT NULL,
    account text NOT NULL,
    event_id text NOT NULL,
    event_type text NOT NULL,
    -- Those that its verifier names, by lower-case name: the evidence of who sent it.
    headers jsonb NOT NULL,
    body bytea NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT webhook_events_pkey PRIMARY KEY (id),
    CONSTRAINT webhook_events_headers_bounded CHECK (jsonb_typeof(headers) = 'object' AND pg_column_size(headers) <= 65536)
) PARTITION BY RANGE (id);

-- Event bodies barely shrink below the TOAST threshold and are read back within milliseconds.
CREATE TABLE webhook_events_default PARTITION OF webhook_events DEFAULT;

INSERT INTO retention (table_name, months, dependent_table, dependent_column)
    VALUES ('webhook_events', 12, 'webhook_outcomes', 'webhook_event_id');
SELECT make_next_partitions();

-- What became of an event; a row exists once its job has looked at it.
CREATE TABLE webhook_outcomes (
    webhook_event_id uuid NOT NULL,
    outcome text NOT NULL,
    detail text,
    decided_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT webhook_outcomes_pkey PRIMARY KEY (webhook_event_id),
    CONSTRAINT webhook_outcomes_known CHECK (outcome IN ('applied', 'ignored', 'unreadable'))
);
