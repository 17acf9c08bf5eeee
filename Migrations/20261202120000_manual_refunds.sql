-- Refunds through gateways that send nothing back by API: a person makes them by hand, and another one than asked for them says so.
ALTER TABLE refunds
    ADD COLUMN requested_by text,
    ADD COLUMN confirmed_by text,
    DROP CONSTRAINT refunds_state_known,
    ADD CONSTRAINT refunds_state_known CHECK (state IN ('requested', 'awaiting_transfer', 'pending', 'succeeded', 'cancelled',
        'failed')),
    ADD CONSTRAINT refunds_confirmed_by_another CHECK (confirmed_by <> requested_by);
CREATE INDEX refunds_awaiting_transfer ON refunds (id) WHERE state = 'awaiting_transfer';

GRANT INSERT (requested_by), UPDATE (confirmed_by) ON refunds TO haat_app;
