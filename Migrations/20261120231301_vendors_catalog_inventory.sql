CREATE TABLE vendors (
    id uuid NOT NULL,
    -- As customers know it.
    name text NOT NULL,
    -- Where sales are announced.
    email text NOT NULL,
    status text NOT NULL,
    -- Who contracts, and under which country's law. An operator may admit a vendor before it is known.
    legal_name text,
    country text,
    kind text,
    -- Nothing of the vendor is for sale meanwhile.
    holiday_from timestamptz,
    holiday_until timestamptz,
    holiday_message text,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT vendors_pkey PRIMARY KEY (id),
    CONSTRAINT vendors_status_known CHECK (
        status IN ('applied', 'in_review', 'active', 'suspended', 'rejected', 'closed')),
    CONSTRAINT vendors_kind_known CHECK (
        kind IN ('individual', 'proprietorship', 'hindu_undivided_family', 'partnership', 'company', 'other')),
    CONSTRAINT vendors_country_code CHECK (country ~ '^[A-Z]{2}$'),
    CONSTRAINT vendors_identity_complete CHECK (num_nonnulls(legal_name, country, kind) IN (0, 3)),
    CONSTRAINT vendors_applicant_identified CHECK (
        status NOT IN ('applied', 'in_review', 'rejected') OR legal_name IS NOT NULL),
    CONSTRAINT vendors_holiday_complete CHECK (
        num_nonnulls(holiday_from, holiday_until, holiday_message) IN (0, 3) AND holiday_from < holiday_until)
);
CREATE INDEX vendors_in_review ON vendors (id DESC) WHERE status = 'in_review';

CREATE TABLE products (
    id uuid NOT NULL,
    vendor_id uuid NOT NULL,
    title text NOT NULL,
    description text NOT NULL DEFAULT '',
    status text NOT NULL DEFAULT 'draft',
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT products_pkey PRIMARY KEY (id),
    CONSTRAINT products_vendor FOREIGN KEY (vendor_id) REFERENCES vendors (id),
    -- What variants refer to, so that a variant's vendor is always its product's.
    CONSTRAINT products_id_vendor UNIQUE (id, vendor_id),
    CONSTRAINT products_status_known CHECK (status IN ('draft', 'active', 'archived'))
);
CREATE INDEX products_active ON products (id DESC) WHERE status = 'active';
CREATE INDEX products_of_vendor ON products (vendor_id, id DESC);

CREATE TABLE variants (
    id uuid NOT NULL,
    product_id uuid NOT NULL,
    vendor_id uuid NOT NULL,
    position integer NOT NULL,
    title text NOT NULL DEFAULT '',
    sku text NOT NULL,
    kind text NOT NULL,
    price_minor bigint NOT NULL,
    currency text NOT NULL,
    weight_grams integer,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT variants_pkey PRIMARY KEY (id),
    CONSTRAINT variants_product FOREIGN KEY (product_id, vendor_id) REFERENCES products (id, vendor_id),
    CONSTRAINT variants_position UNIQUE (product_id, position),
    CONSTRAINT variants_sku UNIQUE (vendor_id, sku),
    -- What licence keys refer to, so that a key's vendor is always its variant's.
    CONSTRAINT variants_id_vendor UNIQUE (id, vendor_id),
    CONSTRAINT variants_kind_known CHECK (kind IN ('physical', 'licence_key')),
    CONSTRAINT variants_price_not_negative CHECK (price_minor >= 0),
    CONSTRAINT variants_currency_code CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT variants_weight_if_physical CHECK ((kind = 'physical') = (weight_grams IS NOT NULL)),
    CONSTRAINT variants_weight_positive CHECK (weight_grams > 0)
);

CREATE TABLE stock (
    variant_id uuid NOT NULL,
    vendor_id uuid NOT NULL,
    on_hand bigint NOT NULL DEFAULT 0,
    reserved bigint NOT NULL DEFAULT 0,
    CONSTRAINT stock_pkey PRIMARY KEY (variant_id),
    CONSTRAINT stock_variant FOREIGN KEY (variant_id, vendor_id) REFERENCES variants (id, vendor_id),
    -- The last line against overselling, whatever a caller forgets.
    CONSTRAINT stock_reserved_within_on_hand CHECK (0 <= reserved AND reserved <= on_hand)
) WITH (fillfactor = 50);

-- Every change of a stock row; their sums are the row.
CREATE TABLE stock_movements (
    id bigint GENERATED ALWAYS AS IDENTITY,
    variant_id uuid NOT NULL,
    vendor_id uuid NOT NULL,
    reason text NOT NULL,
    on_hand_change bigint NOT NULL,
    reserved_change bigint NOT NULL,
    -- The order that caused it, where one did.
    holder_id uuid,
    note text NOT NULL DEFAULT '',
    recorded_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT stock_movements_pkey PRIMARY KEY (id),
    CONSTRAINT stock_movements_variant FOREIGN KEY (variant_id, vendor_id) REFERENCES variants (id, vendor_id),
    CONSTRAINT stock_movements_reason_known CHECK (
        reason IN ('imported', 'adjusted', 'reserved', 'released', 'committed', 'returned'))
);
CREATE INDEX stock_movements_of_variant ON stock_movements (variant_id, id);
SELECT make_append_only('stock_movements');

-- Units held for somebody (an order) until paid or given back.
CREATE TABLE reservations (
    holder_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    vendor_id uuid NOT NULL,
    quantity bigint NOT NULL,
    state text NOT NULL DEFAULT 'held',
    expires_at timestamptz NOT NULL,
    -- Digests of whom limits count while nobody has paid; forgotten once it is settled.
    client_key bigint,
    email_key bigint,
    CONSTRAINT reservations_pkey PRIMARY KEY (holder_id, variant_id),
    CONSTRAINT reservations_variant FOREIGN KEY (variant_id, vendor_id) REFERENCES variants (id, vendor_id),
    CONSTRAINT reservations_quantity_positive CHECK (quantity > 0),
    CONSTRAINT reservations_state_known CHECK (state IN ('held', 'released', 'committed'))
) WITH (fillfactor = 80);
CREATE INDEX reservations_held_for_client ON reservations (client_key) WHERE state = 'held' AND client_key IS NOT NULL;
CREATE INDEX reservations_held_for_email ON reservations (email_key) WHERE state = 'held' AND email_key IS NOT NULL;

CREATE TABLE licence_keys (
    id uuid NOT NULL,
    vendor_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    ciphertext bytea NOT NULL,
    data_key_id uuid NOT NULL,
    -- A keyed digest of the key: tells a duplicate without decrypting anything.
    fingerprint bytea NOT NULL,
    state text NOT NULL DEFAULT 'available',
    order_line_id uuid,
    unit_number bigint,
    line_quantity bigint,
    assigned_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT licence_keys_pkey PRIMARY KEY (id),
    CONSTRAINT licence_keys_variant FOREIGN KEY (variant_id, vendor_id) REFERENCES variants (id, vendor_id),
    CONSTRAINT licence_keys_data_key FOREIGN KEY (data_key_id) REFERENCES data_keys (id),
    -- The same key can't enter a vendor's pools twice, so it can't be sold twice either.
    CONSTRAINT licence_keys_once_per_vendor UNIQUE (vendor_id, fingerprint),
    -- Each bought unit gets at most one key …
    CONSTRAINT licence_keys_one_per_unit UNIQUE (order_line_id, unit_number),
    -- … and a line never more than it bought; line_quantity is the line's own by a foreign key.
    CONSTRAINT licence_keys_within_quantity CHECK (unit_number BETWEEN 1 AND line_quantity),
    CONSTRAINT licence_keys_state_known CHECK (state IN ('available', 'assigned', 'revoked')),
    CONSTRAINT licence_keys_assignment_complete CHECK (
        num_nonnulls(order_line_id, unit_number, line_quantity, assigned_at) IN (0, 4)
        AND (state = 'revoked' OR (state = 'assigned') = (order_line_id IS NOT NULL)))
);
CREATE INDEX licence_keys_available ON licence_keys (variant_id, id) WHERE state = 'available';

-- A key that was handed out belongs to its line for good: it may be revoked or sealed under another data key, never handed out again.
CREATE FUNCTION keep_licence_key_assignment() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    RAISE EXCEPTION 'licence key % is already assigned', OLD.id
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'licence_keys_assignment_is_final';
END
$$;
CREATE TRIGGER licence_keys_assignment_is_final BEFORE UPDATE ON licence_keys FOR EACH ROW
WHEN (OLD.order_line_id IS NOT NULL AND (
    (NEW.order_line_id, NEW.unit_number, NEW.fingerprint) IS DISTINCT FROM (OLD.order_line_id, OLD.unit_number, OLD.fingerprint)
    OR (NEW.ciphertext <> OLD.ciphertext AND NEW.data_key_id = OLD.data_key_id)
    OR NEW.state = 'available'))
EXECUTE FUNCTION keep_licence_key_assignment();
