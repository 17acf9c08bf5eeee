-- The key-encryption keys that this installation has had. The keys themselves are settings of the processes.
CREATE TABLE key_versions (
    version integer NOT NULL,
    -- Tells one key from another and nothing about it.
    fingerprint text NOT NULL,
    introduced_at timestamptz NOT NULL DEFAULT now(),
    -- Since when it wraps nothing any more; it may still be needed to unwrap.
    retired_at timestamptz,
    CONSTRAINT key_versions_pkey PRIMARY KEY (version),
    CONSTRAINT key_versions_fingerprint UNIQUE (fingerprint),
    CONSTRAINT key_versions_version_positive CHECK (version > 0)
);
-- One of them wraps.
CREATE UNIQUE INDEX key_versions_one_in_use ON key_versions ((true)) WHERE retired_at IS NULL;

-- The keys that secrets are sealed with, each encrypted with a key-encryption key.
CREATE TABLE data_keys (
    id uuid NOT NULL,
    -- Whose secrets it seals: a vendor's, or a kind of them.
    scope text NOT NULL,
    -- 'seal' encrypts, 'index' makes the digests by which equal secrets are found.
    purpose text NOT NULL,
    generation bigint NOT NULL,
    wrapped_key bytea NOT NULL,
    wrapped_by text NOT NULL,
    -- How many secrets it has sealed, where they are counted.
    messages bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    -- Since when it seals nothing any more; it still opens.
    retired_at timestamptz,
    CONSTRAINT data_keys_pkey PRIMARY KEY (id),
    CONSTRAINT data_keys_generation UNIQUE (scope, purpose, generation),
    CONSTRAINT data_keys_wrapped_by FOREIGN KEY (wrapped_by) REFERENCES key_versions (fingerprint),
    CONSTRAINT data_keys_purpose_known CHECK (purpose IN ('seal', 'index')),
    CONSTRAINT data_keys_generation_positive CHECK (generation > 0),
    CONSTRAINT data_keys_messages_not_negative CHECK (messages >= 0),
    -- An index under another key would not find what the first one has recorded.
    CONSTRAINT data_keys_one_index CHECK (purpose <> 'index' OR (generation = 1 AND retired_at IS NULL))
);
CREATE INDEX data_keys_of_key_version ON data_keys (wrapped_by, id);
