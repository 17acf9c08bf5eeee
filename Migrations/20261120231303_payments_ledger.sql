-- One attempt of a customer to satisfy a payment demand through one gateway. All money is in minor units of its currency.
CREATE TABLE payments (
    id uuid NOT NULL,
    order_id uuid NOT NULL,
    demand_id uuid NOT NULL,
    gateway text NOT NULL,
    -- The account and mode (test or live) that this payment was opened in; a report from another one is a conflict.
    merchant_account text NOT NULL,
    state text NOT NULL DEFAULT 'created',
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    refunded_minor bigint NOT NULL DEFAULT 0,
    -- What the captured money was booked for: the order's vendors, or the way back to the customer.
    settlement text,
    -- Counts the idempotency keys used to open the checkout; a new one only where the old one can't succeed any more.
    attempt integer NOT NULL DEFAULT 1,
    session_reference text,
    reference text,
    redirect_url text,
    -- What the session was asked for: a replay under the same key has to send the same.
    success_url text NOT NULL,
    cancel_url text NOT NULL,
    session_expires_at timestamptz NOT NULL,
    -- Why an operator has to look, beside the state.
    conflict text,
    dispute_state text,
    -- When the gateway said it: a stale statement does not replace a newer one.
    dispute_stated_at timestamptz,
    -- The last thing that moved this row, with the gateway's own words where there are any.
    report jsonb,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    captured_at timestamptz,
    CONSTRAINT payments_pkey PRIMARY KEY (id),
    CONSTRAINT payments_demand_of_order FOREIGN KEY (demand_id, order_id) REFERENCES payment_demands (id, order_id),
    -- What refunds, disputes and bookings refer to, so that their order is always their payment's.
    CONSTRAINT payments_of_order UNIQUE (id, order_id),
    CONSTRAINT payments_state_known CHECK (state IN ('created', 'pending', 'authorised', 'failed', 'expired',
        'cancelled', 'conflicted', 'captured', 'partially_refunded', 'refunded')),
    CONSTRAINT payments_amount_positive CHECK (amount_minor > 0),
    CONSTRAINT payments_currency_code CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT payments_refunded_within_amount CHECK (refunded_minor BETWEEN 0 AND amount_minor),
    CONSTRAINT payments_settlement_known CHECK (settlement IN ('order', 'customer')),
    CONSTRAINT payments_settled_when_captured
        CHECK ((settlement IS NOT NULL) = (state IN ('captured', 'partially_refunded', 'refunded'))),
    CONSTRAINT payments_session_reference_unique UNIQUE (session_reference, gateway),
    CONSTRAINT payments_reference_unique UNIQUE (reference, gateway)
);
CREATE INDEX payments_order ON payments (order_id);
-- A second click on "pay" finds the first checkout instead of opening another one.
CREATE UNIQUE INDEX payments_one_open_per_demand ON payments (demand_id, gateway)
    WHERE state IN ('created', 'pending', 'authorised');
-- What else is captured goes back to the customer.
CREATE UNIQUE INDEX payments_one_capture_per_demand ON payments (demand_id) WHERE settlement = 'order';

CREATE TABLE refunds (
    id uuid NOT NULL,
    payment_id uuid NOT NULL,
    order_id uuid NOT NULL,
    -- 'automatic' and 'operator' begin here; 'gateway' was made in the gateway's own dashboard.
    origin text NOT NULL,
    reason text NOT NULL,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    state text NOT NULL DEFAULT 'requested',
    -- Counts the idempotency keys used to ask for it; a new one only where the old one can't succeed any more.
    attempt integer NOT NULL DEFAULT 1,
    reference text,
    -- Why the gateway did not make it, in its own words.
    failure_reason text,
    report jsonb,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT refunds_pkey PRIMARY KEY (id),
    CONSTRAINT refunds_payment_of_order FOREIGN KEY (payment_id, order_id) REFERENCES payments (id, order_id),
    CONSTRAINT refunds_origin_known CHECK (origin IN ('automatic', 'operator', 'gateway')),
    CONSTRAINT refunds_state_known CHECK (state IN ('requested', 'pending', 'succeeded', 'cancelled', 'failed')),
    CONSTRAINT refunds_amount_positive CHECK (amount_minor > 0),
    CONSTRAINT refunds_reference_unique UNIQUE (payment_id, reference)
);
-- A captured payment that has no order to pay is sent back once, however often that is noticed.
CREATE UNIQUE INDEX refunds_one_automatic_per_payment ON refunds (payment_id) WHERE origin = 'automatic';
CREATE INDEX refunds_order ON refunds (order_id);
-- A payment's refunds are listed newest first.
CREATE INDEX refunds_payment ON refunds (payment_id, id);

-- A customer's bank questions a payment. What the gateway takes and gives back for it is booked in the ledger under its id.
CREATE TABLE disputes (
    id uuid NOT NULL,
    payment_id uuid NOT NULL,
    order_id uuid NOT NULL,
    -- The gateway's id of the dispute.
    reference text NOT NULL,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    -- The gateway's own word for where it stands.
    status text NOT NULL,
    -- What the gateway took from our balance for it, and what it gave back; both only grow.
    taken_minor bigint NOT NULL DEFAULT 0,
    returned_minor bigint NOT NULL DEFAULT 0,
    -- What was taken out of the capture's shares because the dispute was lost; part of what refunds count from.
    lost_minor bigint NOT NULL DEFAULT 0,
    -- Counts its bookings.
    revision integer NOT NULL DEFAULT 0,
    -- When the gateway said so: a stale statement does not replace a newer one.
    stated_at timestamptz NOT NULL,
    report jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT disputes_pkey PRIMARY KEY (id),
    CONSTRAINT disputes_payment_of_order FOREIGN KEY (payment_id, order_id) REFERENCES payments (id, order_id),
    CONSTRAINT disputes_reference_unique UNIQUE (payment_id, reference),
    CONSTRAINT disputes_amount_positive CHECK (amount_minor > 0),
    CONSTRAINT disputes_currency_code CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT disputes_funds_not_negative CHECK (taken_minor >= 0 AND returned_minor >= 0),
    CONSTRAINT disputes_lost_within_amount CHECK (lost_minor BETWEEN 0 AND amount_minor)
);
CREATE INDEX disputes_order ON disputes (order_id);

-- What was said to gateways and what they answered, secrets masked: the evidence for whoever has to settle a doubt later.
CREATE TABLE gateway_calls (
    id uuid NOT NULL,
    -- The TypeID of the payment that the call was about.
    subject text,
    order_id uuid,
    provider text NOT NULL,
    operation text NOT NULL,
    status integer,
    evidence jsonb NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT gateway_calls_pkey PRIMARY KEY (id)
);
CREATE INDEX gateway_calls_subject ON gateway_calls (subject, id);
CREATE INDEX gateway_calls_order ON gateway_calls (order_id, id);
SELECT make_append_only('gateway_calls');

CREATE TABLE ledger_accounts (
    id uuid NOT NULL,
    -- For people and reports, such as 'gateway.stripe.clearing' or 'vendor.ven_01….payable'.
    code text NOT NULL,
    kind text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ledger_accounts_pkey PRIMARY KEY (id),
    CONSTRAINT ledger_accounts_code_unique UNIQUE (code),
    CONSTRAINT ledger_accounts_kind_known CHECK (kind IN ('asset', 'liability', 'revenue', 'expense'))
);

CREATE TABLE ledger_transactions (
    id uuid NOT NULL,
    kind text NOT NULL,
    -- What it books, such as a payment's or refund's id. With the kind it makes a booking happen once.
    subject text NOT NULL,
    payment_id uuid NOT NULL,
    order_id uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    -- Entries belong to the database transaction that made their header: nothing can be added later, not even in balance.
    recorded_in xid8 NOT NULL,
    CONSTRAINT ledger_transactions_pkey PRIMARY KEY (id),
    CONSTRAINT ledger_transactions_once UNIQUE (kind, subject),
    CONSTRAINT ledger_transactions_payment_of_order FOREIGN KEY (payment_id, order_id) REFERENCES payments (id, order_id)
);
CREATE INDEX ledger_transactions_payment ON ledger_transactions (payment_id);
CREATE INDEX ledger_transactions_order ON ledger_transactions (order_id);

-- By a trigger and not by a default, which a writer could overrule.
CREATE FUNCTION stamp_recording_transaction() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    NEW.recorded_in := pg_current_xact_id();
    RETURN NEW;
END
$$;
CREATE TRIGGER ledger_transactions_stamped BEFORE INSERT ON ledger_transactions
    FOR EACH ROW EXECUTE FUNCTION stamp_recording_transaction();

CREATE TABLE ledger_entries (
    transaction_id uuid NOT NULL,
    line integer NOT NULL,
    account_id uuid NOT NULL,
    -- Debits are positive, credits negative.
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    CONSTRAINT ledger_entries_pkey PRIMARY KEY (transaction_id, line),
    CONSTRAINT ledger_entries_transaction_exists FOREIGN KEY (transaction_id) REFERENCES ledger_transactions (id),
    CONSTRAINT ledger_entries_account_exists FOREIGN KEY (account_id) REFERENCES ledger_accounts (id),
    CONSTRAINT ledger_entries_amount_not_zero CHECK (amount_minor <> 0),
    CONSTRAINT ledger_entries_currency_code CHECK (currency ~ '^[A-Z]{3}$')
);
CREATE INDEX ledger_entries_account ON ledger_entries (account_id);

-- The account of a code, opened with the id where nobody has opened it before.
CREATE FUNCTION ledger_account(account_code text, account_kind text, fresh_id uuid) RETURNS uuid
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    known uuid;
BEGIN
    -- Once more where somebody else opens it meanwhile.
    FOR attempt IN 1..2 LOOP
        SELECT id INTO known FROM ledger_accounts WHERE code = account_code;
        IF FOUND THEN RETURN known; END IF;
        INSERT INTO ledger_accounts (id, code, kind) VALUES (fresh_id, account_code, account_kind)
            ON CONFLICT (code) DO NOTHING RETURNING id INTO known;
        IF FOUND THEN RETURN known; END IF;
    END LOOP;
    RAISE EXCEPTION 'account % is being opened by others', account_code USING ERRCODE = 'serialization_failure';
END
$$;

SELECT make_append_only('ledger_accounts');
SELECT make_append_only('ledger_transactions');
SELECT make_append_only('ledger_entries');

CREATE FUNCTION ledger_refuse_late_entry() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_transactions t
                   WHERE t.id = NEW.transaction_id AND t.recorded_in = pg_current_xact_id()) THEN
        RAISE EXCEPTION 'ledger transaction % is closed', NEW.transaction_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER ledger_entries_not_late BEFORE INSERT ON ledger_entries
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_late_entry();

-- A booking is one statement: after each that adds some, every booking that it touched has entries, and they are in balance.
CREATE FUNCTION ledger_check_balance() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    wrong record;
BEGIN
    -- One booking at a time: the planner takes a transition table for large, and would read all entries there are.
    SELECT touched.id, booked.currency, booked.total INTO wrong
        FROM touched LEFT JOIN LATERAL (
            SELECT currency, sum(amount_minor) AS total FROM ledger_entries
            WHERE transaction_id = touched.id GROUP BY currency
        ) AS booked ON true WHERE booked.total IS DISTINCT FROM 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'ledger transaction % %', wrong.id,
            coalesce('is off by ' || wrong.total || ' ' || wrong.currency, 'has no entries')
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transactions_balanced';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER ledger_transactions_balanced AFTER INSERT ON ledger_transactions
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_balance();

CREATE FUNCTION ledger_check_entries() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    wrong record;
BEGIN
    SELECT touched.id, booked.currency, booked.total INTO wrong
        FROM (SELECT DISTINCT transaction_id AS id FROM added) AS touched CROSS JOIN LATERAL (
            SELECT currency, sum(amount_minor) AS total FROM ledger_entries
            WHERE transaction_id = touched.id GROUP BY currency
        ) AS booked WHERE booked.total <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'ledger transaction % is off by % %', wrong.id, wrong.total, wrong.currency
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transactions_balanced';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER ledger_entries_balanced AFTER INSERT ON ledger_entries
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_entries();

-- Reconciliation asks for what was captured and returned in a period.
CREATE INDEX payments_captured ON payments (gateway, captured_at) WHERE captured_at IS NOT NULL;
CREATE INDEX refunds_created ON refunds (created_at);

-- Reconciliation asks for what began before its period and has no end yet.
CREATE INDEX disputes_undecided ON disputes (created_at) WHERE status NOT IN ('won', 'lost');
-- And for disputes that changed in it.
CREATE INDEX disputes_updated ON disputes (updated_at);
CREATE INDEX refunds_pending ON refunds (created_at) WHERE state = 'pending';
