-- One row per process name: readiness proves that the database really takes writes.
CREATE TABLE health_probes (
    process text NOT NULL,
    checked_at timestamptz NOT NULL,
    CONSTRAINT health_probes_pkey PRIMARY KEY (process)
);
