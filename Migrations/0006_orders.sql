CREATE SEQUENCE order_numbers START 100001;

CREATE TABLE orders (
    id uuid NOT NULL,
    -- For people: short enough to be read out on the telephone.
    number bigint NOT NULL DEFAULT nextval('order_numbers'),
    state text NOT NULL DEFAULT 'awaiting_payment',
    email text NOT NULL,
    currency text NOT NULL,
    total_minor bigint NOT NULL,
    -- The address as it was given with the order; later edits elsewhere don't touch it.
    shipping_address jsonb,
    -- SHA-256 of the access token, which only the customer has.
    access_token_hash bytea NOT NULL,
    reservation_expires_at timestamptz NOT NULL,
    placed_at timestamptz NOT NULL,
    paid_at timestamptz,
    fulfilled_at timestamptz,
    closed_at timestamptz,
    CONSTRAINT orders_pkey PRIMARY KEY (id),
    CONSTRAINT orders_number UNIQUE (number),
    CONSTRAINT orders_state_known CHECK (state IN (
        'awaiting_payment', 'paid', 'fulfilled', 'cancelled', 'expired', 'partially_refunded', 'refunded')),
    CONSTRAINT orders_total_not_negative CHECK (total_minor >= 0),
    CONSTRAINT orders_currency_code CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT orders_token_hash_complete CHECK (octet_length(access_token_hash) = 32),
    CONSTRAINT orders_paid_has_time CHECK (
        (state IN ('paid', 'fulfilled', 'partially_refunded', 'refunded')) = (paid_at IS NOT NULL))
) WITH (fillfactor = 80);
ALTER SEQUENCE order_numbers OWNED BY orders.number;
-- For lists by state: most orders are fulfilled, and what operators look for is rare.
CREATE INDEX orders_of_state ON orders (state, id);

CREATE TABLE order_lines (
    id uuid NOT NULL,
    order_id uuid NOT NULL,
    position integer NOT NULL,
    variant_id uuid NOT NULL,
    product_id uuid NOT NULL,
    vendor_id uuid NOT NULL,
    kind text NOT NULL,
    -- Everything from here to the commission is frozen at the sale.
    title text NOT NULL,
    sku text NOT NULL,
    quantity bigint NOT NULL,
    unit_price_minor bigint NOT NULL,
    commission_basis_points integer NOT NULL,
    fulfilled_at timestamptz,
    CONSTRAINT order_lines_pkey PRIMARY KEY (id),
    CONSTRAINT order_lines_order FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT order_lines_variant FOREIGN KEY (variant_id) REFERENCES variants (id),
    CONSTRAINT order_lines_position UNIQUE (order_id, position),
    CONSTRAINT order_lines_one_per_variant UNIQUE (order_id, variant_id),
    -- What licence keys refer to: a key goes only to a line of its own variant and carries the line's quantity.
    CONSTRAINT order_lines_for_keys UNIQUE (id, variant_id, quantity),
    CONSTRAINT order_lines_kind_known CHECK (kind IN ('physical', 'licence_key')),
    CONSTRAINT order_lines_quantity_positive CHECK (quantity > 0),
    CONSTRAINT order_lines_price_not_negative CHECK (unit_price_minor >= 0),
    CONSTRAINT order_lines_commission_share CHECK (commission_basis_points BETWEEN 0 AND 10000)
) WITH (fillfactor = 80);

ALTER TABLE licence_keys ADD CONSTRAINT licence_keys_line_of_same_variant
    FOREIGN KEY (order_line_id, variant_id, line_quantity) REFERENCES order_lines (id, variant_id, quantity);

-- What happened to an order, in the words of its timeline.
CREATE TABLE order_events (
    id bigint GENERATED ALWAYS AS IDENTITY,
    order_id uuid NOT NULL,
    kind text NOT NULL,
    -- Tells repetitions of one kind apart, such as the e-mails to different addresses.
    reference text NOT NULL DEFAULT '',
    happened_at timestamptz NOT NULL,
    CONSTRAINT order_events_pkey PRIMARY KEY (id),
    CONSTRAINT order_events_order FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT order_events_once UNIQUE (order_id, kind, reference)
);
SELECT make_append_only('order_events');
