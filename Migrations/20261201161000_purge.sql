-- How far the cache before the API was told what to drop.
CREATE TABLE purge_progress (
    -- Of all events up to this position.
    position bigint NOT NULL,
    -- The end of the feed when a run was asked for; it is under way while this is not `position`.
    asked bigint NOT NULL,
    asked_at timestamptz NOT NULL,
    the_only boolean NOT NULL DEFAULT true,
    CONSTRAINT purge_progress_pkey PRIMARY KEY (the_only),
    CONSTRAINT purge_progress_one CHECK (the_only)
);
INSERT INTO purge_progress (position, asked, asked_at) VALUES (0, 0, now());

GRANT SELECT, UPDATE (position, asked, asked_at) ON purge_progress TO haat_app;
GRANT SELECT ON purge_progress TO haat_readonly;
