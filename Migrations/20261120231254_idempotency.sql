-- One row per caller, endpoint and Idempotency-Key: claimed before the work starts, completed with the answer after it.
CREATE TABLE idempotency_keys (
    scope text NOT NULL,
    endpoint text NOT NULL,
    key text NOT NULL,
    -- Of path, query and body: the same key with another request is refused.
    fingerprint bytea NOT NULL,
    -- Tells the present holder from one whose lease ran out.
    owner uuid NOT NULL,
    lease_until timestamptz NOT NULL,
    -- The answer, encrypted: it may hold access tokens and licence keys. Null while the work is going on.
    response bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (scope, endpoint, key),
    CONSTRAINT idempotency_keys_key_length CHECK (length(key) BETWEEN 1 AND 255),
    CONSTRAINT idempotency_keys_fingerprint_length CHECK (length(fingerprint) = 32)
);

CREATE INDEX idempotency_keys_expires_at ON idempotency_keys (expires_at);
