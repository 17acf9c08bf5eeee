-- A demand's attempts through several gateways.
ALTER TABLE payments
    -- Since when the customer pays through another gateway instead: the checkout is to be closed. NULL: they may pay through this one.
    ADD COLUMN superseded_at timestamptz,
    -- Why captured money had no order to pay.
    ADD COLUMN unclaimed_reason text
        CONSTRAINT payments_unclaimed_reason_known CHECK (unclaimed_reason IN ('paid_twice', 'cancelled', 'refunded', 'out_of_stock'));

-- What somebody has to look at, newest first.
CREATE INDEX payments_in_conflict ON payments (id) WHERE conflict IS NOT NULL;
-- What is open past its time is asked about.
CREATE INDEX payments_open ON payments (gateway, session_expires_at) WHERE state IN ('created', 'pending', 'authorised');

GRANT INSERT (conflict, unclaimed_reason), UPDATE (superseded_at, unclaimed_reason) ON payments TO haat_app;
