CREATE SEQUENCE order_numbers START 100001;

-- What a customer placed at once. All money is in minor units of the order's currency.
CREATE TABLE orders (
    id uuid NOT NULL,
    -- For people: short enough to be read out on the telephone.
    number bigint NOT NULL DEFAULT nextval('order_numbers'),
    state text NOT NULL DEFAULT 'open',
    -- The account of a customer who had signed in; guests have none.
    customer_id uuid,
    email text NOT NULL,
    customer_name text,
    phone text,
    currency text NOT NULL,
    total_minor bigint NOT NULL,
    authorised_minor bigint NOT NULL DEFAULT 0,
    captured_minor bigint NOT NULL DEFAULT 0,
    refunded_minor bigint NOT NULL DEFAULT 0,
    -- How far all of its vendor orders have come together.
    fulfilment_state text NOT NULL DEFAULT 'unfulfilled',
    -- The address as it was given with the order; later edits elsewhere don't touch it.
    shipping_address jsonb,
    -- SHA-256 of the access token, which only the customer has.
    access_token_hash bytea NOT NULL,
    reservation_expires_at timestamptz NOT NULL,
    placed_at timestamptz NOT NULL,
    -- When all of its money had arrived.
    paid_at timestamptz,
    delivered_at timestamptz,
    -- When it was cancelled, expired or completed.
    closed_at timestamptz,
    payment_state text NOT NULL GENERATED ALWAYS AS (CASE
        WHEN refunded_minor > 0 AND refunded_minor >= captured_minor THEN 'refunded'
        WHEN refunded_minor > 0 THEN 'partially_refunded'
        WHEN paid_at IS NOT NULL AND captured_minor >= total_minor THEN 'paid'
        WHEN captured_minor > 0 THEN 'partially_paid'
        WHEN authorised_minor > 0 THEN 'authorised'
        ELSE 'unpaid'
    END) STORED,
    -- The one word that people see, derived from the states.
    status text NOT NULL GENERATED ALWAYS AS (CASE
        WHEN state IN ('cancelled', 'expired') THEN state
        WHEN refunded_minor > 0 AND refunded_minor >= captured_minor THEN 'refunded'
        WHEN fulfilment_state IN ('delivered', 'returned') THEN 'delivered'
        WHEN fulfilment_state IN ('fulfilled', 'partially_delivered') THEN 'shipped'
        WHEN fulfilment_state = 'partially_fulfilled' THEN 'partially_shipped'
        WHEN paid_at IS NOT NULL AND captured_minor >= total_minor THEN 'paid'
        ELSE 'pending_payment'
    END) STORED,
    CONSTRAINT orders_pkey PRIMARY KEY (id),
    CONSTRAINT orders_number UNIQUE (number),
    -- What vendor orders refer to, so that their amounts are in their order's currency.
    CONSTRAINT orders_id_currency UNIQUE (id, currency),
    CONSTRAINT orders_state_known CHECK (state IN ('open', 'cancelled', 'expired', 'completed')),
    CONSTRAINT orders_fulfilment_state_known CHECK (fulfilment_state IN (
        'unfulfilled', 'partially_fulfilled', 'fulfilled', 'partially_delivered', 'delivered', 'returned')),
    CONSTRAINT orders_total_not_negative CHECK (total_minor >= 0),
    CONSTRAINT orders_authorised_not_negative CHECK (authorised_minor >= 0),
    CONSTRAINT orders_refunded_within_captured CHECK (0 <= refunded_minor AND refunded_minor <= captured_minor),
    CONSTRAINT orders_currency_code CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT orders_token_hash_complete CHECK (octet_length(access_token_hash) = 32),
    CONSTRAINT orders_closed_has_time CHECK ((state = 'open') = (closed_at IS NULL)),
    CONSTRAINT orders_given_up_unpaid CHECK (state NOT IN ('cancelled', 'expired') OR captured_minor = 0),
    CONSTRAINT orders_delivered_has_time CHECK ((fulfilment_state IN ('delivered', 'returned')) = (delivered_at IS NOT NULL))
) WITH (fillfactor = 80);
ALTER SEQUENCE order_numbers OWNED BY orders.number;
-- For lists by status: most orders are delivered, and what operators look for is rare.
CREATE INDEX orders_of_status ON orders (status, id);
CREATE INDEX orders_of_customer ON orders (customer_id, id) WHERE customer_id IS NOT NULL;

-- One vendor's part of an order.
CREATE TABLE vendor_orders (
    id uuid NOT NULL,
    order_id uuid NOT NULL,
    vendor_id uuid NOT NULL,
    -- Its place in the order: the 2 of "H100001-2".
    sequence integer NOT NULL,
    fulfilment_state text NOT NULL DEFAULT 'unfulfilled',
    currency text NOT NULL,
    total_minor bigint NOT NULL,
    CONSTRAINT vendor_orders_pkey PRIMARY KEY (id),
    CONSTRAINT vendor_orders_order FOREIGN KEY (order_id, currency) REFERENCES orders (id, currency),
    CONSTRAINT vendor_orders_vendor FOREIGN KEY (vendor_id) REFERENCES vendors (id),
    CONSTRAINT vendor_orders_sequence UNIQUE (order_id, sequence),
    CONSTRAINT vendor_orders_one_per_vendor UNIQUE (order_id, vendor_id),
    -- What lines refer to, so that a line's order and vendor are always its vendor order's.
    CONSTRAINT vendor_orders_of_order_and_vendor UNIQUE (id, order_id, vendor_id),
    CONSTRAINT vendor_orders_sequence_positive CHECK (sequence > 0),
    CONSTRAINT vendor_orders_total_not_negative CHECK (total_minor >= 0),
    CONSTRAINT vendor_orders_fulfilment_state_known CHECK (fulfilment_state IN (
        'unfulfilled', 'partially_fulfilled', 'fulfilled', 'partially_delivered', 'delivered', 'returned'))
) WITH (fillfactor = 80);
CREATE INDEX vendor_orders_of_vendor ON vendor_orders (vendor_id, id);
-- What is still to be done is rare among what was done.
CREATE INDEX vendor_orders_of_vendor_in_state ON vendor_orders (vendor_id, fulfilment_state, id)
    WHERE fulfilment_state <> 'delivered';
CREATE INDEX vendor_orders_in_state ON vendor_orders (fulfilment_state, id) WHERE fulfilment_state <> 'delivered';

CREATE TABLE order_lines (
    id uuid NOT NULL,
    order_id uuid NOT NULL,
    vendor_order_id uuid NOT NULL,
    vendor_id uuid NOT NULL,
    position integer NOT NULL,
    variant_id uuid NOT NULL,
    product_id uuid NOT NULL,
    kind text NOT NULL,
    -- Everything from here to the commission is frozen at the sale.
    title text NOT NULL,
    sku text NOT NULL,
    quantity bigint NOT NULL,
    unit_price_minor bigint NOT NULL,
    commission_ppm integer NOT NULL,
    fulfilled_at timestamptz,
    delivered_at timestamptz,
    CONSTRAINT order_lines_pkey PRIMARY KEY (id),
    CONSTRAINT order_lines_vendor_order FOREIGN KEY (vendor_order_id, order_id, vendor_id)
        REFERENCES vendor_orders (id, order_id, vendor_id),
    CONSTRAINT order_lines_variant FOREIGN KEY (variant_id) REFERENCES variants (id),
    CONSTRAINT order_lines_position UNIQUE (order_id, position),
    CONSTRAINT order_lines_one_per_variant UNIQUE (order_id, variant_id),
    -- What licence keys refer to: a key goes only to a line of its own variant and carries the line's quantity.
    CONSTRAINT order_lines_for_keys UNIQUE (id, variant_id, quantity),
    -- What adjustments refer to.
    CONSTRAINT order_lines_of_vendor_order UNIQUE (id, vendor_order_id),
    CONSTRAINT order_lines_kind_known CHECK (kind IN ('physical', 'licence_key')),
    CONSTRAINT order_lines_quantity_positive CHECK (quantity > 0),
    CONSTRAINT order_lines_price_not_negative CHECK (unit_price_minor >= 0),
    CONSTRAINT order_lines_commission_share CHECK (commission_ppm BETWEEN 0 AND 1000000),
    CONSTRAINT order_lines_delivered_when_fulfilled CHECK (delivered_at IS NULL OR fulfilled_at IS NOT NULL)
) WITH (fillfactor = 80);

ALTER TABLE licence_keys ADD CONSTRAINT licence_keys_line_of_same_variant
    FOREIGN KEY (order_line_id, variant_id, line_quantity) REFERENCES order_lines (id, variant_id, quantity);

-- Everything that an order costs beside the unit prices of its lines. Corrections are further rows.
CREATE TABLE order_adjustments (
    id uuid NOT NULL,
    order_id uuid NOT NULL,
    -- What it applies to: a line, else a vendor order, else the order.
    vendor_order_id uuid,
    line_id uuid,
    kind text NOT NULL,
    -- Signed: what it adds to the price.
    amount_minor bigint NOT NULL,
    -- Whether the price it applies to contains it already, as prices with tax do: then it adds nothing to the total.
    is_included boolean NOT NULL DEFAULT false,
    -- Who gives or gets it.
    bearer text NOT NULL,
    -- In parts per million, where it was computed from a rate.
    rate_ppm integer,
    -- Where it came from, such as a promotion, a tax rate or a shipping rate.
    source text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT order_adjustments_pkey PRIMARY KEY (id),
    CONSTRAINT order_adjustments_order FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT order_adjustments_vendor_order FOREIGN KEY (vendor_order_id) REFERENCES vendor_orders (id),
    CONSTRAINT order_adjustments_line FOREIGN KEY (line_id, vendor_order_id) REFERENCES order_lines (id, vendor_order_id),
    CONSTRAINT order_adjustments_line_within_vendor_order CHECK (line_id IS NULL OR vendor_order_id IS NOT NULL),
    CONSTRAINT order_adjustments_kind_known CHECK (kind IN ('discount', 'shipping', 'tax', 'fee', 'rounding')),
    CONSTRAINT order_adjustments_bearer_known CHECK (bearer IN ('vendor', 'marketplace')),
    -- What no vendor has a part in can't be a vendor's.
    CONSTRAINT order_adjustments_vendor_known CHECK (bearer = 'marketplace' OR vendor_order_id IS NOT NULL),
    CONSTRAINT order_adjustments_included_in_a_price CHECK (NOT is_included OR vendor_order_id IS NOT NULL),
    CONSTRAINT order_adjustments_amount_not_zero CHECK (amount_minor <> 0)
);
CREATE INDEX order_adjustments_of_order ON order_adjustments (order_id);
SELECT make_append_only('order_adjustments');

-- Checked at COMMIT, so that a total and what it is made of may be written one after the other.
CREATE FUNCTION check_order_total() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    checked uuid;
    wrong record;
BEGIN
    IF TG_TABLE_NAME = 'orders' THEN checked := NEW.id; ELSE checked := NEW.order_id; END IF;
    WITH part AS (
        SELECT v.id, v.total_minor AS claimed,
            (SELECT sum(quantity * unit_price_minor::numeric) FROM order_lines
             WHERE order_id = checked AND vendor_order_id = v.id) AS lines,
            (SELECT sum(amount_minor) FROM order_adjustments
             WHERE order_id = checked AND vendor_order_id = v.id AND NOT is_included) AS adjustments
        FROM vendor_orders v WHERE v.order_id = checked
    )
    SELECT * INTO wrong FROM (
        SELECT 'order' AS what, o.id, o.total_minor AS claimed,
            coalesce((SELECT sum(claimed) FROM part), 0) + coalesce((SELECT sum(amount_minor) FROM order_adjustments
                WHERE order_id = checked AND vendor_order_id IS NULL AND NOT is_included), 0) AS actual
        FROM orders o WHERE o.id = checked
        UNION ALL
        SELECT 'vendor order', id, claimed, coalesce(lines, 0) + coalesce(adjustments, 0) FROM part
    ) AS sums WHERE claimed <> actual LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '% % claims a total of %, its parts come to %', wrong.what, wrong.id, wrong.claimed, wrong.actual
            USING ERRCODE = 'check_violation', CONSTRAINT = 'order_totals_are_sums';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER order_totals_are_sums AFTER INSERT OR UPDATE OF total_minor ON orders
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_order_total();
CREATE CONSTRAINT TRIGGER order_totals_are_sums AFTER INSERT OR UPDATE OF total_minor ON vendor_orders
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_order_total();
CREATE CONSTRAINT TRIGGER order_totals_are_sums AFTER INSERT OR UPDATE OF quantity, unit_price_minor ON order_lines
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_order_total();
CREATE CONSTRAINT TRIGGER order_totals_are_sums AFTER INSERT ON order_adjustments
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_order_total();

-- What has to be paid for an order, and when: all at once, or in parts. Each has at most one capture.
CREATE TABLE payment_demands (
    id uuid NOT NULL,
    order_id uuid NOT NULL,
    kind text NOT NULL,
    state text NOT NULL DEFAULT 'open',
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    created_at timestamptz NOT NULL,
    satisfied_at timestamptz,
    CONSTRAINT payment_demands_pkey PRIMARY KEY (id),
    CONSTRAINT payment_demands_order FOREIGN KEY (order_id, currency) REFERENCES orders (id, currency),
    -- What payments refer to, so that a payment's order is always its demand's.
    CONSTRAINT payment_demands_of_order UNIQUE (id, order_id),
    CONSTRAINT payment_demands_kind_known CHECK (kind IN ('full', 'advance', 'balance', 'top_up')),
    CONSTRAINT payment_demands_state_known CHECK (state IN ('open', 'satisfied', 'cancelled')),
    CONSTRAINT payment_demands_amount_positive CHECK (amount_minor > 0),
    CONSTRAINT payment_demands_satisfied_has_time CHECK ((state = 'satisfied') = (satisfied_at IS NOT NULL))
) WITH (fillfactor = 80);
CREATE INDEX payment_demands_order ON payment_demands (order_id, id);

-- What happened to an order, in the words of its timeline.
CREATE TABLE order_events (
    id bigint GENERATED ALWAYS AS IDENTITY,
    order_id uuid NOT NULL,
    kind text NOT NULL,
    -- Tells repetitions of one kind apart, such as the e-mails by different templates.
    reference text NOT NULL DEFAULT '',
    happened_at timestamptz NOT NULL,
    CONSTRAINT order_events_pkey PRIMARY KEY (id),
    CONSTRAINT order_events_order FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT order_events_once UNIQUE (order_id, kind, reference)
);
SELECT make_append_only('order_events');
