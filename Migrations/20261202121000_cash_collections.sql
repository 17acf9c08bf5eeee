-- What somebody says to have collected at a customer's door, whatever came of it: the evidence for whoever has to settle a doubt later.
CREATE TABLE cash_collections (
    id uuid NOT NULL,
    payment_id uuid NOT NULL,
    order_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    -- How whoever collects calls it.
    reference text NOT NULL,
    collected_by text NOT NULL,
    -- The TypeID of a vendor who has collected.
    vendor_id text,
    collected_at timestamptz NOT NULL,
    reported_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT cash_collections_pkey PRIMARY KEY (id),
    CONSTRAINT cash_collections_payment_of_order FOREIGN KEY (payment_id, order_id) REFERENCES payments (id, order_id),
    CONSTRAINT cash_collections_amount_positive CHECK (amount_minor > 0),
    CONSTRAINT cash_collections_collector_known CHECK (collected_by IN ('courier', 'vendor')),
    CONSTRAINT cash_collections_vendor_named CHECK ((collected_by = 'vendor') = (vendor_id IS NOT NULL))
);
CREATE INDEX cash_collections_order ON cash_collections (order_id, id);
SELECT make_append_only('cash_collections');

GRANT SELECT, INSERT (id, payment_id, order_id, amount_minor, currency, reference, collected_by, vendor_id, collected_at,
        reported_by, recorded_at)
    ON cash_collections TO haat_app;
GRANT SELECT ON cash_collections TO haat_readonly;
