-- A message may be about anything that has a TypeID, not only about an order.
ALTER TABLE emails ALTER COLUMN order_id DROP NOT NULL;
ALTER TABLE emails ADD COLUMN subject text;
ALTER TABLE emails ADD CONSTRAINT emails_one_subject CHECK (num_nonnulls(order_id, subject) = 1);
ALTER TABLE emails ADD CONSTRAINT emails_vendor_of_order CHECK (vendor_id IS NULL OR order_id IS NOT NULL);
CREATE INDEX emails_subject ON emails (subject) WHERE subject IS NOT NULL;

-- The same for texts to telephones.
CREATE TABLE sms_messages (
    -- The job's id.
    id uuid NOT NULL,
    order_id uuid,
    vendor_id uuid,
    subject text,
    template text NOT NULL,
    template_version integer NOT NULL,
    locale text NOT NULL,
    recipient text NOT NULL,
    -- 'sending' that lasts means that a process died between the gateway's acceptance and our note of it, or before it.
    state text NOT NULL DEFAULT 'queued',
    attempts integer NOT NULL DEFAULT 0,
    -- What the gateway knows the message by.
    message_id text NOT NULL,
    last_error text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    sent_at timestamptz,
    CONSTRAINT sms_messages_pkey PRIMARY KEY (id),
    CONSTRAINT sms_messages_order_exists FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT sms_messages_vendor_exists FOREIGN KEY (vendor_id) REFERENCES vendors (id),
    CONSTRAINT sms_messages_one_subject CHECK (num_nonnulls(order_id, subject) = 1),
    CONSTRAINT sms_messages_vendor_of_order CHECK (vendor_id IS NULL OR order_id IS NOT NULL),
    CONSTRAINT sms_messages_state_known CHECK (state IN ('queued', 'sending', 'sent', 'failed')),
    CONSTRAINT sms_messages_sent_at_when_sent CHECK ((sent_at IS NOT NULL) = (state = 'sent'))
);
CREATE INDEX sms_messages_order ON sms_messages (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX sms_messages_subject ON sms_messages (subject) WHERE subject IS NOT NULL;
-- For operators: what is stuck or was refused.
CREATE INDEX sms_messages_unsent ON sms_messages (created_at) WHERE state <> 'sent';

GRANT INSERT (subject) ON emails TO haat_app;
GRANT SELECT, INSERT (id, order_id, vendor_id, subject, template, template_version, locale, recipient, state, attempts, message_id,
        created_at, updated_at),
    UPDATE (state, attempts, template_version, recipient, last_error, updated_at, sent_at)
    ON sms_messages TO haat_app;
GRANT SELECT ON sms_messages TO haat_readonly;
