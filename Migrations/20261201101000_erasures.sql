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
CREATE INDEX emails_recipient ON emails (lower(recipient COLLATE "C"));
CREATE INDEX sms_messages_recipient ON sms_messages (recipient);
CREATE INDEX verifications_of_email ON verifications (lower(email COLLATE "C")) WHERE email IS NOT NULL;
CREATE INDEX verifications_of_phone ON verifications (phone) WHERE phone IS NOT NULL;
CREATE INDEX invitations_of_email ON invitations (email_key);

-- Whose an order is, nobody changes but in this way: of somebody who has asked to be forgotten. Of the address stays the region, which
-- taxes follow. The access token that was sent with an order opens it no more.
CREATE FUNCTION forget_orders(person uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    contact record;
BEGIN
    IF NOT EXISTS (SELECT FROM erasures WHERE account_id = person AND state = 'requested') THEN
        RAISE EXCEPTION 'account % has not asked to be forgotten', person USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT lower(email COLLATE "C") AS email, phone INTO contact FROM accounts WHERE id = person;
    UPDATE orders SET email = 'erased@erased.invalid', customer_name = NULL, phone = NULL,
        access_token_hash = sha256(uuid_send(gen_random_uuid())),
        shipping_address = CASE WHEN shipping_address IS NOT NULL THEN jsonb_strip_nulls(jsonb_build_object(
            'name', 'erased', 'line1', 'erased', 'city', coalesce(shipping_address->>'city', 'erased'),
            'region', shipping_address->'region', 'country', shipping_address->'country')) END
    WHERE email <> 'erased@erased.invalid'
        AND (customer_id = person OR customer_id IS NULL AND lower(email COLLATE "C") = contact.email);
    -- A guest who gave the same number may be somebody else; the number is this person's all the same.
    UPDATE orders SET phone = NULL WHERE customer_id IS NULL AND phone = contact.phone AND state <> 'open';
END
$$;

GRANT SELECT, INSERT (id, account_id, requested_at), UPDATE (state, media_id, finished_at, expires_at) ON data_exports TO haat_app;
GRANT SELECT, INSERT (id, account_id, requested_at, due_at), UPDATE (state, held_by, due_at, ended_at) ON erasures TO haat_app;
-- To forget people is the worker's.
GRANT UPDATE (erased_at) ON accounts TO haat_maintenance;
GRANT EXECUTE ON FUNCTION forget_orders(uuid) TO haat_maintenance;
GRANT UPDATE (reason) ON support_sessions TO haat_maintenance;

GRANT SELECT ON data_exports, erasures TO haat_readonly;
GRANT SELECT (erased_at) ON accounts TO haat_readonly;
