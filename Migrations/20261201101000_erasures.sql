-- What people get of what is held about them, and how they are forgotten.

-- A forgotten account stays with its id, by which the audit record and the books name it; its contacts are free for others.
ALTER TABLE accounts
    ADD COLUMN erased_at timestamptz,
    DROP CONSTRAINT accounts_reachable,
    ADD CONSTRAINT accounts_reachable CHECK ((num_nonnulls(email, phone) > 0) = (erased_at IS NULL)),
    ADD CONSTRAINT accounts_erased_wholly CHECK (erased_at IS NULL OR num_nonnulls(name, name_latin, password_hash) = 0);

CREATE TABLE data_exports (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    state text NOT NULL DEFAULT 'queued',
    -- The private file, while it is there.
    media_id uuid,
    requested_at timestamptz NOT NULL,
    finished_at timestamptz,
    -- When the file is deleted.
    expires_at timestamptz,
    CONSTRAINT data_exports_pkey PRIMARY KEY (id),
    CONSTRAINT data_exports_account FOREIGN KEY (account_id) REFERENCES accounts (id),
    CONSTRAINT data_exports_media FOREIGN KEY (media_id) REFERENCES media (id),
    CONSTRAINT data_exports_state_known CHECK (state IN ('queued', 'done', 'failed', 'ended')),
    CONSTRAINT data_exports_file_while_done CHECK ((media_id IS NOT NULL) = (state = 'done')),
    CONSTRAINT data_exports_finish_told CHECK ((state = 'queued') = (finished_at IS NULL))
);
-- One at a time.
CREATE UNIQUE INDEX data_exports_in_progress ON data_exports (account_id) WHERE state = 'queued';
CREATE INDEX data_exports_of_account ON data_exports (account_id, id DESC);
CREATE INDEX data_exports_media ON data_exports (media_id) WHERE media_id IS NOT NULL;

CREATE TABLE erasures (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    state text NOT NULL DEFAULT 'requested',
    -- What has to be settled first, where that put it off.
    held_by text[] NOT NULL DEFAULT '{}',
    requested_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT erasures_pkey PRIMARY KEY (id),
    CONSTRAINT erasures_account FOREIGN KEY (account_id) REFERENCES accounts (id),
    CONSTRAINT erasures_state_known CHECK (state IN ('requested', 'cancelled', 'done')),
    CONSTRAINT erasures_end_told CHECK ((state = 'requested') = (ended_at IS NULL))
);
CREATE UNIQUE INDEX erasures_waiting ON erasures (account_id) WHERE state = 'requested';
CREATE INDEX erasures_of_account ON erasures (account_id, id DESC);

-- By what else than their accounts people's orders and messages are found.
CREATE INDEX orders_of_guest ON orders (lower(email COLLATE "C")) WHERE customer_id IS NULL;
CREATE INDEX orders_of_guest_phone ON orders (phone) WHERE customer_id IS NULL AND phone IS NOT NULL;
CREATE INDEX emails_recipient ON emails (lower(recipient COLLATE "C"));
CREATE INDEX sms_messages_recipient ON sms_messages (recipient);
CREATE INDEX verifications_of_email ON verifications (lower(email COLLATE "C")) WHERE email IS NOT NULL;
CREATE INDEX verifications_of_phone ON verifications (phone) WHERE phone IS NOT NULL;
CREATE INDEX invitations_of_email ON invitations (email_key);

GRANT SELECT, INSERT (id, account_id, requested_at), UPDATE (state, media_id, finished_at, expires_at) ON data_exports TO haat_app;
GRANT SELECT, INSERT (id, account_id, requested_at, due_at), UPDATE (state, held_by, due_at, ended_at) ON erasures TO haat_app;
-- To forget people is the worker's.
GRANT UPDATE (erased_at) ON accounts TO haat_maintenance;
GRANT UPDATE (email, customer_name, phone, shipping_address, access_token_hash) ON orders TO haat_maintenance;
GRANT UPDATE (reason) ON support_sessions TO haat_maintenance;

GRANT SELECT ON data_exports, erasures TO haat_readonly;
GRANT SELECT (erased_at) ON accounts TO haat_readonly;
