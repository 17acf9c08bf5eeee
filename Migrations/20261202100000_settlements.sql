-- What gateways have paid out to our bank. All money is in minor units of its currency.
CREATE TABLE settlements (
    id uuid NOT NULL,
    gateway text NOT NULL,
    -- The gateway's name of it.
    reference text NOT NULL,
    -- What arrives at the bank; negative where the gateway takes more than it owes.
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    -- What the bank's statement calls it, where the gateway says so.
    bank_reference text,
    settled_at timestamptz NOT NULL,
    -- Its lines are read page by page, and booked with what they cost; then it is complete, and booked as paid out.
    state text NOT NULL DEFAULT 'reading',
    -- Where reading goes on.
    cursor text,
    line_count bigint NOT NULL DEFAULT 0,
    lines_minor bigint NOT NULL DEFAULT 0,
    -- What the gateway kept, taxes included, and these alone.
    fee_minor bigint NOT NULL DEFAULT 0,
    tax_minor bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    completed_at timestamptz,
    CONSTRAINT settlements_pkey PRIMARY KEY (id),
    CONSTRAINT settlements_reference_unique UNIQUE (gateway, reference),
    CONSTRAINT settlements_currency_code CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT settlements_state_known CHECK (state IN ('reading', 'complete')),
    CONSTRAINT settlements_completed CHECK ((completed_at IS NOT NULL) = (state = 'complete'))
);
CREATE INDEX settlements_of_gateway ON settlements (gateway, id);

-- What a settlement consists of, as the gateway says, and what of ours that is.
CREATE TABLE settlement_lines (
    id uuid NOT NULL,
    settlement_id uuid NOT NULL,
    -- The gateway's name of the line: it counts once.
    reference text NOT NULL,
    kind text NOT NULL,
    -- The gateway's names of the payment, and of the refund or dispute.
    payment_reference text,
    subject_reference text,
    debit_minor bigint NOT NULL,
    credit_minor bigint NOT NULL,
    -- Kept of it, and within debit and credit; the tax is a part of the fee.
    fee_minor bigint NOT NULL,
    tax_minor bigint NOT NULL,
    occurred_at timestamptz NOT NULL,
    payment_id uuid,
    order_id uuid,
    refund_id uuid,
    dispute_id uuid,
    CONSTRAINT settlement_lines_pkey PRIMARY KEY (id),
    CONSTRAINT settlement_lines_settlement_exists FOREIGN KEY (settlement_id) REFERENCES settlements (id),
    CONSTRAINT settlement_lines_once UNIQUE (settlement_id, reference),
    CONSTRAINT settlement_lines_kind_known CHECK (kind IN ('payment', 'refund', 'dispute', 'fee', 'adjustment')),
    CONSTRAINT settlement_lines_not_negative CHECK (debit_minor >= 0 AND credit_minor >= 0)
);
CREATE INDEX settlement_lines_page ON settlement_lines (settlement_id, id);
CREATE INDEX settlement_lines_payment ON settlement_lines (payment_id) WHERE payment_id IS NOT NULL;

-- Where a gateway's record and ours part, until somebody or something has dealt with it.
CREATE TABLE reconciliation_findings (
    id uuid NOT NULL,
    gateway text NOT NULL,
    kind text NOT NULL,
    -- Our id where there is one, else the gateway's.
    subject text NOT NULL,
    -- Both sides, for people.
    detail text NOT NULL,
    state text NOT NULL DEFAULT 'open',
    -- By how much our clearing account is off because of it, where that is known: writing it off books so much.
    amount_minor bigint,
    currency text,
    payment_id uuid,
    order_id uuid,
    settlement_id uuid,
    explanation text,
    -- Who explained it, and who wants it written off: another person agrees to that.
    explained_by text,
    proposed_by text,
    written_off_by text,
    version bigint NOT NULL DEFAULT 1,
    found_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT reconciliation_findings_pkey PRIMARY KEY (id),
    CONSTRAINT reconciliation_findings_once UNIQUE (gateway, kind, subject),
    CONSTRAINT reconciliation_findings_state_known
        CHECK (state IN ('open', 'explained', 'write_off_proposed', 'mended', 'written_off')),
    CONSTRAINT reconciliation_findings_money CHECK ((amount_minor IS NULL) = (currency IS NULL)),
    CONSTRAINT reconciliation_findings_two_people CHECK (state <> 'written_off' OR written_off_by <> proposed_by)
);
CREATE INDEX reconciliation_findings_undone ON reconciliation_findings (id)
    WHERE state IN ('open', 'explained', 'write_off_proposed');

-- A settlement is nobody's payment.
ALTER TABLE ledger_transactions ALTER COLUMN payment_id DROP NOT NULL, ALTER COLUMN order_id DROP NOT NULL,
    ADD CONSTRAINT ledger_transactions_whose CHECK ((payment_id IS NULL) = (order_id IS NULL)
        AND (payment_id IS NOT NULL OR kind IN ('settlement_fees', 'settlement_payout', 'write_off'))) NOT VALID;

-- Until when somebody has to answer the bank.
ALTER TABLE disputes ADD COLUMN respond_by timestamptz;

GRANT SELECT, INSERT (id, gateway, reference, amount_minor, currency, bank_reference, settled_at, created_at),
    UPDATE (state, cursor, line_count, lines_minor, fee_minor, tax_minor, completed_at)
    ON settlements TO haat_app;
GRANT SELECT, INSERT (id, settlement_id, reference, kind, payment_reference, subject_reference, debit_minor, credit_minor, fee_minor,
        tax_minor, occurred_at, payment_id, order_id, refund_id, dispute_id),
    UPDATE (payment_id, order_id, refund_id, dispute_id)
    ON settlement_lines TO haat_app;
GRANT SELECT, INSERT (id, gateway, kind, subject, detail, amount_minor, currency, payment_id, order_id, settlement_id, found_at, seen_at,
        updated_at),
    UPDATE (state, detail, explanation, explained_by, proposed_by, written_off_by, version, seen_at, updated_at)
    ON reconciliation_findings TO haat_app;
GRANT INSERT (respond_by), UPDATE (respond_by) ON disputes TO haat_app;
-- What a checkout brings beside its own payment is captured from the first.
GRANT INSERT (settlement, reference, report, captured_at) ON payments TO haat_app;
GRANT SELECT ON settlements, settlement_lines, reconciliation_findings TO haat_readonly;
