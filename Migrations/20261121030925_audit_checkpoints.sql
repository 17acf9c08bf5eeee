-- Signed statements of how far every audit chain had grown. A chain proves its own links but not its end; a checkpoint pins it.
CREATE TABLE audit_checkpoints (
    number bigint NOT NULL,
    made_at timestamptz NOT NULL,
    -- How many chains have grown since the checkpoint before.
    chains bigint NOT NULL,
    -- Over those chains' ends.
    digest bytea NOT NULL,
    -- The last event that it has looked at: the next one need not look at all that came before.
    up_to uuid NOT NULL,
    previous_hash bytea NOT NULL,
    hash bytea NOT NULL,
    -- Ed25519, of the hash.
    signature bytea NOT NULL,
    CONSTRAINT audit_checkpoints_pkey PRIMARY KEY (number),
    CONSTRAINT audit_checkpoints_number_positive CHECK (number > 0),
    CONSTRAINT audit_checkpoints_digests_complete CHECK (
        octet_length(digest) = 32 AND octet_length(previous_hash) = 32 AND octet_length(hash) = 32
        AND octet_length(signature) = 64)
);
SELECT make_append_only('audit_checkpoints');

CREATE TABLE audit_checkpoint_heads (
    checkpoint bigint NOT NULL,
    -- In the order of its bytes, which is the order of the digest.
    subject text COLLATE "C" NOT NULL,
    sequence bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT audit_checkpoint_heads_pkey PRIMARY KEY (checkpoint, subject),
    CONSTRAINT audit_checkpoint_heads_once UNIQUE (subject, sequence)
);
SELECT make_append_only('audit_checkpoint_heads');
