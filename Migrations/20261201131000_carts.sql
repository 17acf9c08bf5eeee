-- What somebody means to buy, and what an order of it keeps of how it is shipped and paid. A cart is a wish: its lines name variants that may be gone by now, so they refer to none; they are looked
-- up whenever it is read.

CREATE TABLE carts (
    id uuid NOT NULL,
    -- The account of a customer who has signed in, who has one open cart.
    customer_id uuid,
    -- SHA-256 of a guest's token, which opens it.
    token_hash bytea,
    state text NOT NULL DEFAULT 'open',
    -- Codes, as they were typed.
    coupons text[] NOT NULL DEFAULT '{}',
    -- What vendors are told, and what gifts are to say: [{"vendor_id", "note", "gift_message"}].
    notes jsonb NOT NULL DEFAULT '[]',
    -- What it was ordered as.
    order_id uuid,
    -- Grows with every change: of two at once the second sees the first.
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    -- Moves on with every change.
    expires_at timestamptz NOT NULL,
    -- When it was noticed that nobody has changed it for long.
    abandoned_at timestamptz,
    CONSTRAINT carts_pkey PRIMARY KEY (id),
    CONSTRAINT carts_token UNIQUE (token_hash),
    CONSTRAINT carts_order FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT carts_somebodys CHECK (num_nonnulls(customer_id, token_hash) = 1),
    CONSTRAINT carts_token_hash_complete CHECK (octet_length(token_hash) = 32),
    CONSTRAINT carts_state_known CHECK (state IN ('open', 'ordered', 'merged')),
    CONSTRAINT carts_ordered_as_something CHECK ((state = 'ordered') = (order_id IS NOT NULL)),
    CONSTRAINT carts_coupons_few CHECK (cardinality(coupons) <= 10),
    CONSTRAINT carts_notes_few CHECK (jsonb_typeof(notes) = 'array' AND jsonb_array_length(notes) <= 50)
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX carts_open_of_customer ON carts (customer_id) WHERE state = 'open' AND customer_id IS NOT NULL;
CREATE INDEX carts_of_customer ON carts (customer_id, id) WHERE customer_id IS NOT NULL;
CREATE INDEX carts_silent ON carts (changed_at) WHERE state = 'open' AND abandoned_at IS NULL;
CREATE INDEX carts_expiry ON carts (expires_at);
CREATE UNIQUE INDEX carts_ordered_as ON carts (order_id) WHERE order_id IS NOT NULL;

CREATE TABLE cart_lines (
    cart_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    quantity bigint NOT NULL,
    -- Whether it waits for another time and is not ordered.
    is_saved boolean NOT NULL DEFAULT false,
    -- What a unit cost when it was last put there.
    unit_price_minor bigint NOT NULL,
    currency text NOT NULL,
    added_at timestamptz NOT NULL,
    CONSTRAINT cart_lines_pkey PRIMARY KEY (cart_id, variant_id),
    CONSTRAINT cart_lines_cart FOREIGN KEY (cart_id) REFERENCES carts (id) ON DELETE CASCADE,
    CONSTRAINT cart_lines_quantity_bounded CHECK (quantity BETWEEN 1 AND 1000),
    CONSTRAINT cart_lines_price_not_negative CHECK (unit_price_minor >= 0),
    CONSTRAINT cart_lines_currency_code CHECK (currency ~ '^[A-Z]{3}$')
);

ALTER TABLE orders
    ADD COLUMN payment_method text NOT NULL DEFAULT 'online',
    -- Of an order that is paid on delivery: what has become of the question whether its customer means it.
    ADD COLUMN cash_confirmation text,
    -- When it was settled that it is shipped before all of its money is there.
    ADD COLUMN confirmed_at timestamptz,
    ADD CONSTRAINT orders_payment_method_known CHECK (payment_method IN ('online', 'cash_on_delivery')),
    ADD CONSTRAINT orders_cash_confirmation_known CHECK (
        cash_confirmation IN ('not_asked', 'pending', 'confirmed', 'rejected', 'unreachable')),
    ADD CONSTRAINT orders_cash_confirmation_of_cash CHECK (
        (payment_method = 'cash_on_delivery') = (cash_confirmation IS NOT NULL)),
    ADD CONSTRAINT orders_confirmed_when_settled CHECK (
        confirmed_at IS NULL OR coalesce(cash_confirmation IN ('not_asked', 'confirmed'), false));
-- What a customer has ordered before decides on promotions and on cash.
CREATE INDEX orders_of_email ON orders (lower(email COLLATE "C"), id);
CREATE INDEX orders_of_phone ON orders (phone, id) WHERE phone IS NOT NULL;

ALTER TABLE vendor_orders
    -- How its goods go, as it was agreed; NULL where nothing was charged or nothing is shipped.
    ADD COLUMN shipping_method_id uuid,
    ADD COLUMN shipping_name text,
    -- Where the customer fetches them; NULL: they are delivered.
    ADD COLUMN pickup_location_id uuid,
    -- Business days until they are there.
    ADD COLUMN earliest_days integer,
    ADD COLUMN latest_days integer,
    -- What the vendor is told, and what a gift is to say.
    ADD COLUMN note text NOT NULL DEFAULT '',
    ADD COLUMN gift_message text NOT NULL DEFAULT '',
    ADD CONSTRAINT vendor_orders_shipping_method FOREIGN KEY (shipping_method_id) REFERENCES shipping_methods (id),
    ADD CONSTRAINT vendor_orders_pickup_location FOREIGN KEY (pickup_location_id, vendor_id)
        REFERENCES pickup_locations (id, vendor_id),
    ADD CONSTRAINT vendor_orders_shipping_whole CHECK (num_nulls(shipping_method_id, shipping_name) IN (0, 2)),
    ADD CONSTRAINT vendor_orders_promise_whole CHECK (num_nulls(earliest_days, latest_days) IN (0, 2));

ALTER TABLE verifications
    DROP CONSTRAINT verifications_purpose,
    ADD CONSTRAINT verifications_purpose CHECK (
        purpose IN ('sign_up', 'sign_in', 'password_reset', 'contact_change', 'order_confirmation'));

GRANT INSERT (payment_method, cash_confirmation, confirmed_at), UPDATE (cash_confirmation, confirmed_at) ON orders TO haat_app;
GRANT SELECT (payment_method, cash_confirmation, confirmed_at) ON orders TO haat_readonly;
GRANT INSERT (shipping_method_id, shipping_name, pickup_location_id, earliest_days, latest_days, note, gift_message)
    ON vendor_orders TO haat_app;
GRANT SELECT, INSERT (id, customer_id, token_hash, created_at, changed_at, expires_at),
    UPDATE (state, coupons, notes, order_id, version, changed_at, expires_at, abandoned_at)
    ON carts TO haat_app;
GRANT SELECT, INSERT (cart_id, variant_id, quantity, is_saved, unit_price_minor, currency, added_at),
    UPDATE (quantity, is_saved, unit_price_minor, currency), DELETE
    ON cart_lines TO haat_app;
GRANT SELECT, DELETE ON carts TO haat_maintenance;

GRANT SELECT (id, customer_id, state, coupons, order_id, version, created_at, changed_at, expires_at, abandoned_at)
    ON carts TO haat_readonly;
GRANT SELECT ON cart_lines TO haat_readonly;
