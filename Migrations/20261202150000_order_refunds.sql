-- What comes back of an order by units: those that are not sent any more, and what units are worth that a customer gets money for.

-- Units of a line that are not handed over any more; which ones is told by cancelled_units.
ALTER TABLE order_lines
    ADD COLUMN cancelled_quantity bigint NOT NULL DEFAULT 0,
    ADD CONSTRAINT order_lines_cancelled_within_quantity CHECK (cancelled_quantity BETWEEN 0 AND quantity);

ALTER TABLE orders
    DROP CONSTRAINT orders_fulfilment_state_known,
    ADD CONSTRAINT orders_fulfilment_state_known CHECK (fulfilment_state IN (
        'unfulfilled', 'partially_fulfilled', 'fulfilled', 'partially_delivered', 'delivered', 'returned', 'cancelled'));
ALTER TABLE vendor_orders
    DROP CONSTRAINT vendor_orders_fulfilment_state_known,
    ADD CONSTRAINT vendor_orders_fulfilment_state_known CHECK (fulfilment_state IN (
        'unfulfilled', 'partially_fulfilled', 'fulfilled', 'partially_delivered', 'delivered', 'returned', 'cancelled'));

CREATE TABLE cancelled_units (
    order_id uuid NOT NULL,
    vendor_order_id uuid NOT NULL,
    line_id uuid NOT NULL,
    -- Units of a line are counted from 0.
    first_unit bigint NOT NULL,
    quantity bigint NOT NULL,
    -- For customer and vendor.
    reason text NOT NULL,
    actor text NOT NULL,
    cancelled_at timestamptz NOT NULL,
    CONSTRAINT cancelled_units_pkey PRIMARY KEY (line_id, first_unit),
    CONSTRAINT cancelled_units_order FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT cancelled_units_line FOREIGN KEY (line_id, vendor_order_id) REFERENCES order_lines (id, vendor_order_id),
    CONSTRAINT cancelled_units_range CHECK (first_unit >= 0 AND quantity > 0),
    CONSTRAINT cancelled_units_reason_length CHECK (length(reason) BETWEEN 1 AND 500)
);
CREATE INDEX cancelled_units_of_order ON cancelled_units (order_id);
CREATE INDEX cancelled_units_of_vendor_order ON cancelled_units (vendor_order_id);
SELECT make_append_only('cancelled_units');

-- What was given back for units, at the prices of the sale. The money goes by the refunds of the order's payments.
CREATE TABLE order_refunds (
    id uuid NOT NULL,
    order_id uuid NOT NULL,
    -- What becomes of delivery and fees.
    charges text NOT NULL,
    reason text NOT NULL,
    currency text NOT NULL,
    total_minor bigint NOT NULL,
    -- Of it, what vendors give back and what the marketplace does.
    vendor_minor bigint NOT NULL,
    marketplace_minor bigint NOT NULL,
    -- What it consists of: [{"kind", "line_id", "amount_minor", "taxable_minor", "is_included", "bearer", "source"}].
    parts jsonb NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT order_refunds_pkey PRIMARY KEY (id),
    CONSTRAINT order_refunds_order FOREIGN KEY (order_id, currency) REFERENCES orders (id, currency),
    -- What payments' refunds refer to.
    CONSTRAINT order_refunds_of_order UNIQUE (id, order_id),
    CONSTRAINT order_refunds_charges_known CHECK (charges IN ('keep', 'with_last_unit', 'proportionate')),
    CONSTRAINT order_refunds_reason_length CHECK (length(reason) BETWEEN 1 AND 500),
    CONSTRAINT order_refunds_total CHECK (total_minor >= 0 AND total_minor = vendor_minor + marketplace_minor)
);
CREATE INDEX order_refunds_of_order_newest ON order_refunds (order_id, id DESC);
SELECT make_append_only('order_refunds');

CREATE TABLE order_refund_units (
    order_refund_id uuid NOT NULL,
    order_id uuid NOT NULL,
    line_id uuid NOT NULL,
    first_unit bigint NOT NULL,
    quantity bigint NOT NULL,
    -- A unit is given back once.
    CONSTRAINT order_refund_units_pkey PRIMARY KEY (line_id, first_unit),
    CONSTRAINT order_refund_units_refund FOREIGN KEY (order_refund_id, order_id) REFERENCES order_refunds (id, order_id),
    CONSTRAINT order_refund_units_line FOREIGN KEY (line_id) REFERENCES order_lines (id),
    CONSTRAINT order_refund_units_range CHECK (first_unit >= 0 AND quantity > 0)
);
CREATE INDEX order_refund_units_of_refund ON order_refund_units (order_refund_id);
CREATE INDEX order_refund_units_of_order ON order_refund_units (order_id);
SELECT make_append_only('order_refund_units');

ALTER TABLE refunds
    ADD COLUMN order_refund_id uuid,
    ADD CONSTRAINT refunds_order_refund FOREIGN KEY (order_refund_id, order_id) REFERENCES order_refunds (id, order_id);
CREATE INDEX refunds_of_order_refund ON refunds (order_refund_id) WHERE order_refund_id IS NOT NULL;

GRANT UPDATE (cancelled_quantity) ON order_lines TO haat_app;
GRANT SELECT, INSERT (order_id, vendor_order_id, line_id, first_unit, quantity, reason, actor, cancelled_at)
    ON cancelled_units TO haat_app;
GRANT SELECT, INSERT (id, order_id, charges, reason, currency, total_minor, vendor_minor, marketplace_minor, parts,
    created_by, created_at) ON order_refunds TO haat_app;
GRANT SELECT, INSERT (order_refund_id, order_id, line_id, first_unit, quantity) ON order_refund_units TO haat_app;
GRANT INSERT (order_refund_id) ON refunds TO haat_app;
GRANT SELECT ON cancelled_units, order_refunds, order_refund_units TO haat_readonly;
