-- People who sign in. An e-mail address or a telephone number is an account's only once somebody has shown that they read what is sent
-- there; whoever does first has the account.
CREATE TABLE accounts (
    id uuid NOT NULL,
    email text,
    -- What addresses are compared by, however their letters are cased.
    email_key text GENERATED ALWAYS AS (lower(email COLLATE "C")) STORED,
    -- E.164.
    phone text,
    name text,
    -- For those who print labels in ASCII alone.
    name_latin text,
    -- A language tag (BCP 47): what is sent to them is written in it.
    locale text NOT NULL,
    -- Argon2id as a PHC string; NULL for those who sign in by code alone.
    password_hash text,
    password_changed_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT accounts_pkey PRIMARY KEY (id),
    CONSTRAINT accounts_email UNIQUE (email_key),
    CONSTRAINT accounts_phone UNIQUE (phone),
    CONSTRAINT accounts_reachable CHECK (num_nonnulls(email, phone) > 0),
    CONSTRAINT accounts_phone_international CHECK (phone ~ '^\+[1-9][0-9]{7,14}$'),
    CONSTRAINT accounts_password_dated CHECK ((password_hash IS NULL) = (password_changed_at IS NULL)),
    CONSTRAINT accounts_version_positive CHECK (version > 0)
);

-- Codes that were asked for. The code itself is derived from the id with a key of the installation and stands nowhere.
CREATE TABLE verifications (
    id uuid NOT NULL,
    purpose text NOT NULL,
    email text,
    phone text,
    -- Whose contact is to become this one; for other purposes the contact says whose it is.
    account_id uuid,
    locale text NOT NULL,
    -- How many more codes are looked at.
    attempts_left smallint NOT NULL,
    requested_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT verifications_pkey PRIMARY KEY (id),
    CONSTRAINT verifications_account FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE,
    CONSTRAINT verifications_purpose CHECK (purpose IN ('sign_up', 'sign_in', 'password_reset', 'contact_change')),
    CONSTRAINT verifications_one_contact CHECK (num_nonnulls(email, phone) = 1),
    CONSTRAINT verifications_account_if_contact_change CHECK ((purpose = 'contact_change') = (account_id IS NOT NULL)),
    CONSTRAINT verifications_attempts_bounded CHECK (attempts_left BETWEEN 0 AND 5)
);
CREATE INDEX verifications_expiry ON verifications (expires_at);
CREATE INDEX verifications_of_account ON verifications (account_id) WHERE account_id IS NOT NULL;

-- Where somebody has signed in before: whoever guesses elsewhere does not keep them out.
CREATE TABLE devices (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    -- SHA-256 of the token, which only the device has.
    token_hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    CONSTRAINT devices_pkey PRIMARY KEY (id),
    CONSTRAINT devices_account FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE,
    CONSTRAINT devices_token UNIQUE (token_hash),
    CONSTRAINT devices_token_hash_complete CHECK (octet_length(token_hash) = 32)
);
CREATE INDEX devices_of_account ON devices (account_id, last_used_at);

CREATE TABLE sessions (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    -- SHA-256 of the token, which only its holder has.
    token_hash bytea NOT NULL,
    -- How the token is shown: in a cookie by browsers, as a bearer token by apps.
    transport text NOT NULL,
    -- What opened it.
    method text NOT NULL,
    device_id uuid,
    second_factor_at timestamptz,
    user_agent text,
    network text NOT NULL,
    created_at timestamptz NOT NULL,
    -- Right within a minute.
    last_used_at timestamptz NOT NULL,
    -- Moves on with each use, up to the other one.
    expires_at timestamptz NOT NULL,
    absolute_expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    CONSTRAINT sessions_pkey PRIMARY KEY (id),
    CONSTRAINT sessions_account FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE,
    CONSTRAINT sessions_device FOREIGN KEY (device_id) REFERENCES devices (id) ON DELETE SET NULL,
    CONSTRAINT sessions_token UNIQUE (token_hash),
    CONSTRAINT sessions_token_hash_complete CHECK (octet_length(token_hash) = 32),
    CONSTRAINT sessions_transport CHECK (transport IN ('cookie', 'bearer')),
    CONSTRAINT sessions_method CHECK (method IN ('password', 'code')),
    CONSTRAINT sessions_expiry_bounded CHECK (expires_at <= absolute_expires_at)
);
CREATE INDEX sessions_of_account ON sessions (account_id, id);
CREATE INDEX sessions_of_device ON sessions (device_id) WHERE device_id IS NOT NULL;
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- An authenticator (RFC 6238); it counts once a code of it was shown.
CREATE TABLE totp_factors (
    account_id uuid NOT NULL,
    -- Names the row to the vault: an authenticator that replaces another has a seed of its own.
    id uuid NOT NULL,
    -- Sealed.
    seed bytea NOT NULL,
    created_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    -- The last step whose code was used: no code counts twice.
    last_step bigint,
    CONSTRAINT totp_factors_pkey PRIMARY KEY (account_id),
    CONSTRAINT totp_factors_id UNIQUE (id),
    CONSTRAINT totp_factors_account FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE,
    CONSTRAINT totp_factors_confirmed_by_step CHECK (confirmed_at IS NULL OR last_step IS NOT NULL)
);

-- What stands in for a lost authenticator, each once.
CREATE TABLE recovery_codes (
    account_id uuid NOT NULL,
    -- SHA-256 of the code.
    code_hash bytea NOT NULL,
    used_at timestamptz,
    CONSTRAINT recovery_codes_pkey PRIMARY KEY (account_id, code_hash),
    CONSTRAINT recovery_codes_account FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE,
    CONSTRAINT recovery_codes_hash_complete CHECK (octet_length(code_hash) = 32)
);

-- How much was guessed at what: a bucket that leaks. The key is a digest, which leads nobody back to a person.
CREATE TABLE guess_counts (
    key bytea NOT NULL,
    level double precision NOT NULL,
    counted_at timestamptz NOT NULL,
    CONSTRAINT guess_counts_pkey PRIMARY KEY (key),
    CONSTRAINT guess_counts_key_complete CHECK (octet_length(key) = 32),
    CONSTRAINT guess_counts_level_sane CHECK (level >= 0 AND level < 1000000)
);
CREATE INDEX guess_counts_age ON guess_counts (counted_at);

GRANT SELECT, INSERT (id, email, phone, name, name_latin, locale, password_hash, password_changed_at, created_at, updated_at),
    UPDATE (email, phone, name, name_latin, locale, password_hash, password_changed_at, version, updated_at)
    ON accounts TO haat_app;
GRANT SELECT, INSERT (id, purpose, email, phone, account_id, locale, attempts_left, requested_at, expires_at),
    UPDATE (attempts_left, used_at)
    ON verifications TO haat_app;
GRANT SELECT, INSERT (id, account_id, token_hash, created_at, last_used_at), UPDATE (last_used_at), DELETE ON devices TO haat_app;
GRANT SELECT, INSERT (id, account_id, token_hash, transport, method, device_id, second_factor_at, user_agent, network, created_at,
        last_used_at, expires_at, absolute_expires_at),
    UPDATE (second_factor_at, last_used_at, expires_at, revoked_at)
    ON sessions TO haat_app;
GRANT SELECT, INSERT (account_id, id, seed, created_at), UPDATE (id, seed, created_at, confirmed_at, last_step), DELETE
    ON totp_factors TO haat_app;
GRANT SELECT, INSERT (account_id, code_hash), UPDATE (used_at), DELETE ON recovery_codes TO haat_app;
GRANT SELECT, INSERT (key, level, counted_at), UPDATE (level, counted_at) ON guess_counts TO haat_app;
GRANT SELECT, DELETE ON verifications, sessions, guess_counts TO haat_maintenance;

GRANT SELECT (id, email, email_key, phone, name, name_latin, locale, password_changed_at, version, created_at, updated_at)
    ON accounts TO haat_readonly;
GRANT SELECT ON verifications TO haat_readonly;
GRANT SELECT (level, counted_at) ON guess_counts TO haat_readonly;
GRANT SELECT (id, account_id, created_at, last_used_at) ON devices TO haat_readonly;
GRANT SELECT (id, account_id, transport, method, device_id, second_factor_at, user_agent, network, created_at, last_used_at,
        expires_at, absolute_expires_at, revoked_at)
    ON sessions TO haat_readonly;
GRANT SELECT (account_id, id, created_at, confirmed_at, last_step) ON totp_factors TO haat_readonly;
GRANT SELECT (account_id, used_at) ON recovery_codes TO haat_readonly;
