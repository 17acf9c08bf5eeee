-- What API and workers remember together of accounts at payment providers, where the provider keeps nothing that could be asked for.

-- Access tokens that a provider grants seldom: one for all processes. The digest is that of the credentials, so that others get a token
-- of their own.
CREATE TABLE gateway_tokens (
    gateway text NOT NULL,
    credentials bytea NOT NULL,
    -- The token and what it is refreshed by, under a data key of the scope "gateways"; what can't be opened any more is granted anew.
    sealed bytea,
    renew_at timestamptz,
    expires_at timestamptz,
    refreshable_until timestamptz,
    -- Who is asking for the next one, and how long the others wait for that.
    renewal uuid,
    renewal_ends_at timestamptz,
    -- When it was granted or refreshed of late, or may have been.
    calls timestamptz[] NOT NULL,
    CONSTRAINT gateway_tokens_pkey PRIMARY KEY (gateway, credentials),
    CONSTRAINT gateway_tokens_credentials_digest CHECK (octet_length(credentials) = 32),
    CONSTRAINT gateway_tokens_whole CHECK (
        (sealed IS NULL) = (renew_at IS NULL) AND (sealed IS NULL) = (expires_at IS NULL)
        AND (sealed IS NULL) = (refreshable_until IS NULL) AND (renewal IS NULL) = (renewal_ends_at IS NULL)),
    CONSTRAINT gateway_tokens_calls_few CHECK (cardinality(calls) <= 16)
);

-- What became of a checkout whose money moves only when we say so: that is said once, or never will be. Kept for as long as the
-- provider keeps the checkout open.
CREATE TABLE gateway_decisions (
    gateway text NOT NULL,
    session_reference text NOT NULL,
    decision text NOT NULL,
    decided_at timestamptz NOT NULL,
    CONSTRAINT gateway_decisions_pkey PRIMARY KEY (gateway, session_reference),
    CONSTRAINT gateway_decisions_decision CHECK (decision IN ('execute', 'leave'))
);
CREATE INDEX gateway_decisions_by_age ON gateway_decisions (decided_at);

-- Refunds that were asked for at a provider which knows no idempotency keys: what it had refunded before tells afterwards whether an
-- unanswered call has had its effect. One at a time for each transaction.
CREATE TABLE gateway_refund_requests (
    gateway text NOT NULL,
    refund_id uuid NOT NULL,
    transaction_reference text NOT NULL,
    amount_minor bigint NOT NULL,
    -- The provider's refunds of the transaction that there were before.
    known text[] NOT NULL,
    state text NOT NULL,
    -- The provider's id of it, once it has answered.
    reference text,
    requested_at timestamptz NOT NULL,
    CONSTRAINT gateway_refund_requests_pkey PRIMARY KEY (gateway, refund_id),
    CONSTRAINT gateway_refund_requests_refund FOREIGN KEY (refund_id) REFERENCES refunds (id),
    CONSTRAINT gateway_refund_requests_amount CHECK (amount_minor > 0),
    CONSTRAINT gateway_refund_requests_state CHECK (state IN ('open', 'answered', 'refused')),
    CONSTRAINT gateway_refund_requests_answer CHECK ((state = 'answered') = (reference IS NOT NULL))
);
CREATE UNIQUE INDEX gateway_refund_requests_open
    ON gateway_refund_requests (gateway, transaction_reference) WHERE state = 'open';
CREATE INDEX gateway_refund_requests_of_transaction
    ON gateway_refund_requests (gateway, transaction_reference, requested_at);

GRANT SELECT, INSERT (gateway, credentials, calls),
    UPDATE (sealed, renew_at, expires_at, refreshable_until, renewal, renewal_ends_at, calls)
    ON gateway_tokens TO haat_app;
GRANT SELECT (gateway, renew_at, expires_at, refreshable_until, renewal, renewal_ends_at, calls) ON gateway_tokens TO haat_readonly;
GRANT SELECT, INSERT (gateway, session_reference, decision, decided_at), UPDATE (decision), DELETE ON gateway_decisions TO haat_app;
GRANT SELECT, INSERT (gateway, refund_id, transaction_reference, amount_minor, known, state, requested_at),
    UPDATE (known, state, reference, requested_at)
    ON gateway_refund_requests TO haat_app;
GRANT SELECT ON gateway_decisions, gateway_refund_requests TO haat_readonly;
