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

INSERT INTO retention (table_name, months) VALUES ('events', 12);
SELECT make_next_partitions();

-- Only the position is given later; what happened stays as it was told.
CREATE TRIGGER append_only BEFORE UPDATE OF id, name, version, payload, trace, occurred_at OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
