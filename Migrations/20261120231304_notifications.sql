-- One row per message that the shop owes somebody; what was sent can be told from its template and version.
CREATE TABLE emails (
    -- The job's id, and the local part of the Message-ID: a repeat of the same message can be recognised by whoever gets it.
    id uuid NOT NULL,
    order_id uuid NOT NULL,
    vendor_id uuid,
    template text NOT NULL,
    template_version integer NOT NULL,
    locale text NOT NULL,
    recipient text NOT NULL,
    -- 'sending' that lasts means that a process died between the server's acceptance and our note of it, or before it.
    state text NOT NULL DEFAULT 'queued',
    attempts integer NOT NULL DEFAULT 0,
    message_id text NOT NULL,
    last_error text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    sent_at timestamptz,
    CONSTRAINT emails_pkey PRIMARY KEY (id),
    CONSTRAINT emails_order_exists FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT emails_vendor_exists FOREIGN KEY (vendor_id) REFERENCES vendors (id),
    CONSTRAINT emails_state_known CHECK (state IN ('queued', 'sending', 'sent', 'failed')),
    CONSTRAINT emails_sent_at_when_sent CHECK ((sent_at IS NOT NULL) = (state = 'sent'))
);
CREATE INDEX emails_order ON emails (order_id);
-- For operators: what is stuck or was refused.
CREATE INDEX emails_unsent ON emails (created_at) WHERE state <> 'sent';
