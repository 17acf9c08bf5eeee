-- What support finds orders by, and what it writes beside them.

-- Names are found by their parts, for which an index needs the extension pg_trgm: it is trusted, so that whoever owns the database may
-- make it. In a schema of its own, as its functions are not ours. Where the database belongs to somebody else, who migrates in the
-- owner's place, it is made by their own rights.
DO $$
DECLARE
    migrator name := current_user;
BEGIN
    IF NOT has_database_privilege(current_database(), 'CREATE') THEN
        RESET ROLE;
    END IF;
    CREATE SCHEMA IF NOT EXISTS trigrams;
    CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA trigrams;
    GRANT USAGE ON SCHEMA trigrams TO haat_owner;
    EXECUTE format('SET ROLE %I', migrator);
END
$$;

-- As it was given for the courier: its last nine digits, which are the same with a country's code and without.
CREATE INDEX orders_of_delivery_phone
    ON orders (right(regexp_replace(shipping_address ->> 'phone', '[^0-9]', '', 'g'), 9), id)
    WHERE shipping_address ->> 'phone' IS NOT NULL;
-- The buyer's name and the recipient's, in small letters, in a table so narrow that the newest thousands are read in a moment: what many
-- are called is found among those, all else by its parts. Written by the trigger alone, which keeps it in line with orders.
CREATE TABLE order_names (
    order_id uuid NOT NULL,
    names text NOT NULL,
    CONSTRAINT order_names_pkey PRIMARY KEY (order_id)
);
CREATE FUNCTION note_order_names() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO order_names AS known (order_id, names)
    VALUES (NEW.id, lower(concat_ws(' ', NEW.customer_name, NEW.shipping_address ->> 'name')))
    ON CONFLICT (order_id) DO UPDATE SET names = excluded.names WHERE known.names <> excluded.names;
    RETURN NULL;
END
$$;
CREATE TRIGGER orders_names_noted AFTER INSERT OR UPDATE OF customer_name, shipping_address ON orders
    FOR EACH ROW EXECUTE FUNCTION note_order_names();
INSERT INTO order_names (order_id, names)
    SELECT id, lower(concat_ws(' ', customer_name, shipping_address ->> 'name')) FROM orders ORDER BY id;
-- What waits to be sorted in is read by every search, so it is kept short.
DO $$
DECLARE
    operators text := (SELECT quote_ident(nspname) FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace
        WHERE extname = 'pg_trgm') || '.gin_trgm_ops';
BEGIN
    EXECUTE 'CREATE INDEX order_names_by_trigram ON order_names USING gin (names ' || operators
        || ') WITH (gin_pending_list_limit = 256)';
END
$$;
-- Most orders are paid, or never were.
CREATE INDEX orders_of_payment_state ON orders (payment_state, id) WHERE payment_state NOT IN ('paid', 'unpaid');
CREATE INDEX vendor_orders_of_vendor_by_order ON vendor_orders (vendor_id, order_id);

-- A payment's own reference and that of its session begin indexes already.
CREATE INDEX refunds_reference ON refunds (reference) WHERE reference IS NOT NULL;
CREATE INDEX disputes_reference ON disputes (reference);

-- The keys by which licence keys are found: one of each vendor.
CREATE INDEX data_keys_for_index ON data_keys (scope) WHERE purpose = 'index';

-- What staff or a vendor write about an order for themselves. A vendor's notes are on its own part and read by it and by the staff;
-- the staff's are read by the staff alone; customers read none.
CREATE TABLE order_notes (
    id uuid NOT NULL,
    order_id uuid NOT NULL,
    -- Whose it is; NULL: the staff's.
    vendor_id uuid,
    -- NULL once it was taken back.
    body text,
    -- As the audit record names them.
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    removed_at timestamptz,
    CONSTRAINT order_notes_pkey PRIMARY KEY (id),
    CONSTRAINT order_notes_order FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT order_notes_of_vendor_order FOREIGN KEY (order_id, vendor_id) REFERENCES vendor_orders (order_id, vendor_id),
    CONSTRAINT order_notes_body_until_removed CHECK ((body IS NULL) = (removed_at IS NOT NULL)),
    CONSTRAINT order_notes_body_length CHECK (length(body) BETWEEN 1 AND 4000)
);
CREATE INDEX order_notes_of_order ON order_notes (order_id, id);

-- The words with which the staff sort orders, as many as a person can overlook.
CREATE TABLE order_tags (
    id uuid NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL,
    removed_at timestamptz,
    CONSTRAINT order_tags_pkey PRIMARY KEY (id),
    CONSTRAINT order_tags_name_length CHECK (length(name) BETWEEN 1 AND 40)
);
CREATE UNIQUE INDEX order_tags_name ON order_tags (lower(name)) WHERE removed_at IS NULL;

CREATE TABLE order_taggings (
    order_id uuid NOT NULL,
    tag_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT order_taggings_pkey PRIMARY KEY (order_id, tag_id),
    CONSTRAINT order_taggings_order FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT order_taggings_tag FOREIGN KEY (tag_id) REFERENCES order_tags (id)
);
-- For the list of a tag's orders.
CREATE INDEX order_taggings_of_tag ON order_taggings (tag_id, order_id);

GRANT SELECT, INSERT (order_id, names), UPDATE (names) ON order_names TO haat_app;
GRANT SELECT ON order_names TO haat_readonly;
GRANT SELECT, INSERT (id, order_id, vendor_id, body, created_by, created_at), UPDATE (body, removed_at)
    ON order_notes TO haat_app;
GRANT SELECT, INSERT (id, name, created_at), UPDATE (name, removed_at) ON order_tags TO haat_app;
GRANT SELECT, INSERT (order_id, tag_id, created_at), DELETE ON order_taggings TO haat_app;
GRANT SELECT ON order_notes, order_tags, order_taggings TO haat_readonly;
-- A guest's order becomes that of an account which has shown that it is theirs.
GRANT UPDATE (customer_id) ON orders TO haat_app;
