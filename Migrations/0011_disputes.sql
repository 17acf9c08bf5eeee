-- A customer's bank questions a payment. What the gateway takes and gives back for it is booked in the ledger under its id.
CREATE TABLE disputes (
    id uuid NOT NULL,
    payment_id uuid NOT NULL,
    -- The gateway's id of the dispute.
    reference text NOT NULL,
    amount bigint NOT NULL,
    currency text NOT NULL,
    -- The gateway's own word for where it stands.
    status text NOT NULL,
    -- Where the money is; it only moves from left to right.
    funds text NOT NULL DEFAULT 'untouched',
    -- What was taken out of the capture's shares because the dispute was lost; part of what refunds count from.
    lost bigint NOT NULL DEFAULT 0,
    -- When the gateway said so: a stale statement does not replace a newer one.
    stated_at timestamptz NOT NULL,
    evidence jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT disputes_pkey PRIMARY KEY (id),
    CONSTRAINT disputes_payment_exists FOREIGN KEY (payment_id) REFERENCES payments (id),
    CONSTRAINT disputes_reference_unique UNIQUE (payment_id, reference),
    CONSTRAINT disputes_amount_positive CHECK (amount > 0),
    CONSTRAINT disputes_currency_code CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT disputes_funds_known CHECK (funds IN ('untouched', 'withdrawn', 'reinstated')),
    CONSTRAINT disputes_lost_within_amount CHECK (lost BETWEEN 0 AND amount)
);
