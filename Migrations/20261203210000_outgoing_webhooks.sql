-- Addresses outside that are told what happens, what they are told, and how the calls went.

CREATE TABLE webhook_endpoints (
    id uuid NOT NULL,
    -- Who is told of what is theirs; null: the marketplace, which is told of everything.
    vendor_id uuid,
    url text NOT NULL,
    description text NOT NULL,
    -- Names of events; none: all that the owner is told of.
    event_types text[] NOT NULL,
    disabled_reason text,
    disabled_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    removed_at timestamptz,
    CONSTRAINT webhook_endpoints_pkey PRIMARY KEY (id),
    CONSTRAINT webhook_endpoints_vendor FOREIGN KEY (vendor_id) REFERENCES vendors (id),
    CONSTRAINT webhook_endpoints_url_length CHECK (length(url) BETWEEN 1 AND 2048),
    CONSTRAINT webhook_endpoints_description_length CHECK (length(description) <= 200),
    CONSTRAINT webhook_endpoints_event_types_count CHECK (cardinality(event_types) <= 100),
    CONSTRAINT webhook_endpoints_disabled_reason_known CHECK (disabled_reason IN ('by_hand', 'failing', 'gone')),
    CONSTRAINT webhook_endpoints_disabling_told CHECK ((disabled_reason IS NULL) = (disabled_at IS NULL))
);
CREATE INDEX webhook_endpoints_of_vendor ON webhook_endpoints (vendor_id, id DESC) WHERE removed_at IS NULL;

-- What messages to an endpoint are signed with; several while the receiver changes over.
CREATE TABLE webhook_endpoint_secrets (
    id uuid NOT NULL,
    endpoint_id uuid NOT NULL,
    -- Sealed.
    secret bytea NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    CONSTRAINT webhook_endpoint_secrets_pkey PRIMARY KEY (id),
    CONSTRAINT webhook_endpoint_secrets_endpoint FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoints (id)
);
CREATE INDEX webhook_endpoint_secrets_of_endpoint ON webhook_endpoint_secrets (endpoint_id);

-- How calls to an endpoint go, and whose turn they are.
CREATE TABLE webhook_endpoint_states (
    endpoint_id uuid NOT NULL,
    -- When it is to be called next; null: nothing waits for it.
    next_due_at timestamptz,
    -- The run that calls it; one that has not ended by `run_until` is not under way any more.
    run_id uuid,
    run_until timestamptz,
    -- Calls in a row to which nobody answered in time.
    unanswered integer NOT NULL DEFAULT 0,
    paused_until timestamptz,
    failing_since timestamptz,
    last_delivered_at timestamptz,
    CONSTRAINT webhook_endpoint_states_pkey PRIMARY KEY (endpoint_id),
    CONSTRAINT webhook_endpoint_states_endpoint FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoints (id),
    CONSTRAINT webhook_endpoint_states_run_complete CHECK ((run_id IS NULL) = (run_until IS NULL))
) WITH (fillfactor = 70);
CREATE INDEX webhook_endpoint_states_due ON webhook_endpoint_states (next_due_at) WHERE next_due_at IS NOT NULL;
CREATE INDEX webhook_endpoint_states_running ON webhook_endpoint_states (run_until) WHERE run_until IS NOT NULL;

-- One message to one endpoint; partitioned by month through their UUIDv7 ids.
CREATE TABLE webhook_deliveries (
    id uuid NOT NULL,
    endpoint_id uuid NOT NULL,
    -- What the receiver knows it by; of a test one that no event has.
    event_id uuid NOT NULL,
    event_type text NOT NULL,
    -- As it is signed.
    body text NOT NULL,
    state text NOT NULL DEFAULT 'pending',
    attempts integer NOT NULL DEFAULT 0,
    -- Since it was last asked for.
    failures integer NOT NULL DEFAULT 0,
    due_at timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (id),
    CONSTRAINT webhook_deliveries_state_known CHECK (state IN ('pending', 'delivered', 'failed')),
    CONSTRAINT webhook_deliveries_due CHECK ((state = 'pending') = (due_at IS NOT NULL)),
    CONSTRAINT webhook_deliveries_counted CHECK (attempts >= 0 AND failures >= 0)
) PARTITION BY RANGE (id);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, due_at, id) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_of_endpoint ON webhook_deliveries (endpoint_id, id DESC);
CREATE INDEX webhook_deliveries_of_event ON webhook_deliveries (event_id);
CREATE TABLE webhook_deliveries_default PARTITION OF webhook_deliveries DEFAULT;
INSERT INTO retention (table_name, months) VALUES ('webhook_deliveries', 12);
SELECT make_next_partitions();

-- The calls of deliveries; partitioned likewise.
CREATE TABLE webhook_delivery_attempts (
    id uuid NOT NULL,
    delivery_id uuid NOT NULL,
    number integer NOT NULL,
    started_at timestamptz NOT NULL,
    milliseconds bigint NOT NULL,
    -- Of the answer; null: there was none, and `error` says why.
    status integer,
    error text,
    -- The beginning of its body.
    answer text NOT NULL,
    CONSTRAINT webhook_delivery_attempts_pkey PRIMARY KEY (id),
    CONSTRAINT webhook_delivery_attempts_ending_told CHECK ((status IS NULL) = (error IS NOT NULL)),
    CONSTRAINT webhook_delivery_attempts_answer_length CHECK (length(answer) <= 4096)
) PARTITION BY RANGE (id);
CREATE INDEX webhook_delivery_attempts_of_delivery ON webhook_delivery_attempts (delivery_id, id DESC);
CREATE TABLE webhook_delivery_attempts_default PARTITION OF webhook_delivery_attempts DEFAULT;
INSERT INTO retention (table_name, months) VALUES ('webhook_delivery_attempts', 12);
SELECT make_next_partitions();

-- How far messages were made of the feed of events; its row is the lock under which they are.
CREATE TABLE webhook_progress (
    position bigint NOT NULL,
    the_only boolean NOT NULL DEFAULT true,
    CONSTRAINT webhook_progress_pkey PRIMARY KEY (the_only),
    CONSTRAINT webhook_progress_one CHECK (the_only)
);
INSERT INTO webhook_progress (position) SELECT last FROM event_positions;

GRANT SELECT, INSERT (id, vendor_id, url, description, event_types, created_at),
    UPDATE (url, description, event_types, disabled_reason, disabled_at, version, removed_at)
    ON webhook_endpoints TO haat_app;
GRANT SELECT, INSERT (id, endpoint_id, secret, created_at), UPDATE (secret, expires_at), DELETE
    ON webhook_endpoint_secrets TO haat_app;
GRANT SELECT, INSERT (endpoint_id),
    UPDATE (next_due_at, run_id, run_until, unanswered, paused_until, failing_since, last_delivered_at)
    ON webhook_endpoint_states TO haat_app;
GRANT SELECT, INSERT (id, endpoint_id, event_id, event_type, body, due_at, created_at),
    UPDATE (state, attempts, failures, due_at)
    ON webhook_deliveries TO haat_app;
GRANT SELECT, INSERT (id, delivery_id, number, started_at, milliseconds, status, error, answer)
    ON webhook_delivery_attempts TO haat_app;
GRANT SELECT, UPDATE (position) ON webhook_progress TO haat_app;
GRANT SELECT ON webhook_endpoints, webhook_endpoint_states, webhook_deliveries, webhook_delivery_attempts, webhook_progress
    TO haat_readonly;
GRANT SELECT (id, endpoint_id, created_at, expires_at) ON webhook_endpoint_secrets TO haat_readonly;
