-- Where units stand and of which batch they are, how they move between places, how they are counted, and how far a variant may be sold
-- before it is there.

-- A place of stock is where couriers fetch parcels: what refers to one is always its vendor's.
ALTER TABLE pickup_locations ADD CONSTRAINT pickup_locations_id_vendor UNIQUE (id, vendor_id);

-- The row of a variant stays what orders lock: its sellable units, wherever they stand.
ALTER TABLE stock
    -- Told once when no more than so many can be bought; NULL: never.
    ADD COLUMN low_stock_threshold bigint,
    -- Units that may be sold beyond those that are there; 0: none.
    ADD COLUMN backorder_limit bigint NOT NULL DEFAULT 0,
    -- The limit, or what was owed already when it was lowered.
    ADD COLUMN backorder_bound bigint NOT NULL DEFAULT 0,
    ADD CONSTRAINT stock_low_stock_threshold_not_negative CHECK (low_stock_threshold >= 0),
    ADD CONSTRAINT stock_backorders_in_order CHECK (0 <= backorder_limit AND backorder_limit <= backorder_bound),
    DROP CONSTRAINT stock_reserved_within_on_hand,
    -- The last line against overselling, whatever a caller forgets.
    ADD CONSTRAINT stock_reserved_within_on_hand CHECK (0 <= reserved AND reserved <= on_hand + backorder_bound),
    -- What a variant that was never traded is set to goes with it.
    DROP CONSTRAINT stock_variant,
    ADD CONSTRAINT stock_variant FOREIGN KEY (variant_id, vendor_id) REFERENCES variants (id, vendor_id) ON DELETE CASCADE;
CREATE INDEX stock_of_vendor ON stock (vendor_id, variant_id);
CREATE INDEX stock_watched ON stock (variant_id) WHERE low_stock_threshold IS NOT NULL;

-- Units that were made together and end together.
CREATE TABLE stock_batches (
    id uuid NOT NULL,
    variant_id uuid NOT NULL,
    vendor_id uuid NOT NULL,
    -- As it is printed on the package.
    code text NOT NULL,
    manufactured_on date,
    best_before date,
    expires_on date,
    -- The last day on which it is sold: buyers want some days of it. NULL: it does not end.
    sell_until date,
    created_at timestamptz NOT NULL,
    CONSTRAINT stock_batches_pkey PRIMARY KEY (id),
    CONSTRAINT stock_batches_variant FOREIGN KEY (variant_id, vendor_id) REFERENCES variants (id, vendor_id) ON DELETE CASCADE,
    -- What units refer to, so that a unit's batch is always its variant's.
    CONSTRAINT stock_batches_id_variant UNIQUE (id, variant_id),
    CONSTRAINT stock_batches_code UNIQUE (variant_id, code),
    CONSTRAINT stock_batches_days_in_order CHECK (
        manufactured_on <= best_before AND manufactured_on <= expires_on AND best_before <= expires_on
        AND sell_until <= expires_on),
    -- What may not be eaten any more may not be sold.
    CONSTRAINT stock_batches_expired_unsold CHECK (expires_on IS NULL OR sell_until IS NOT NULL)
);
CREATE INDEX stock_batches_ending ON stock_batches (sell_until, id) WHERE sell_until IS NOT NULL;

-- Goods on their way from one of a vendor's places to another; NULL is the vendor's usual place.
CREATE TABLE stock_transfers (
    id uuid NOT NULL,
    vendor_id uuid NOT NULL,
    from_location_id uuid,
    to_location_id uuid,
    state text NOT NULL DEFAULT 'draft',
    note text NOT NULL DEFAULT '',
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    sent_at timestamptz,
    closed_at timestamptz,
    CONSTRAINT stock_transfers_pkey PRIMARY KEY (id),
    CONSTRAINT stock_transfers_vendor FOREIGN KEY (vendor_id) REFERENCES vendors (id),
    CONSTRAINT stock_transfers_id_vendor UNIQUE (id, vendor_id),
    CONSTRAINT stock_transfers_from FOREIGN KEY (from_location_id, vendor_id) REFERENCES pickup_locations (id, vendor_id),
    CONSTRAINT stock_transfers_to FOREIGN KEY (to_location_id, vendor_id) REFERENCES pickup_locations (id, vendor_id),
    CONSTRAINT stock_transfers_somewhere_else CHECK (from_location_id IS DISTINCT FROM to_location_id),
    CONSTRAINT stock_transfers_state_known CHECK (state IN ('draft', 'in_transit', 'received', 'cancelled')),
    CONSTRAINT stock_transfers_sent_at CHECK (
        (state = 'draft') <= (sent_at IS NULL) AND (state IN ('in_transit', 'received')) <= (sent_at IS NOT NULL)),
    CONSTRAINT stock_transfers_closed_at CHECK ((state IN ('received', 'cancelled')) = (closed_at IS NOT NULL))
);
CREATE INDEX stock_transfers_of_vendor ON stock_transfers (vendor_id, id DESC);

CREATE TABLE stock_transfer_lines (
    transfer_id uuid NOT NULL,
    vendor_id uuid NOT NULL,
    position integer NOT NULL,
    variant_id uuid NOT NULL,
    batch_id uuid,
    quantity bigint NOT NULL,
    -- What arrived; the rest is lost.
    received bigint,
    -- Of its transfer, while it is on its way.
    is_in_transit boolean NOT NULL DEFAULT false,
    CONSTRAINT stock_transfer_lines_pkey PRIMARY KEY (transfer_id, position),
    CONSTRAINT stock_transfer_lines_transfer FOREIGN KEY (transfer_id, vendor_id) REFERENCES stock_transfers (id, vendor_id),
    CONSTRAINT stock_transfer_lines_variant FOREIGN KEY (variant_id, vendor_id) REFERENCES variants (id, vendor_id),
    CONSTRAINT stock_transfer_lines_batch FOREIGN KEY (batch_id, variant_id) REFERENCES stock_batches (id, variant_id),
    CONSTRAINT stock_transfer_lines_once UNIQUE NULLS NOT DISTINCT (transfer_id, variant_id, batch_id),
    CONSTRAINT stock_transfer_lines_few CHECK (position BETWEEN 1 AND 200),
    CONSTRAINT stock_transfer_lines_quantity_positive CHECK (quantity > 0),
    CONSTRAINT stock_transfer_lines_received_within CHECK (received BETWEEN 0 AND quantity)
);
CREATE INDEX stock_transfer_lines_of_variant ON stock_transfer_lines (variant_id);
CREATE INDEX stock_transfer_lines_in_transit ON stock_transfer_lines (variant_id) WHERE is_in_transit;

-- Where a change happened: at a location, and to units of a batch. What is neither stands at the vendor's usual place, of no batch.
ALTER TABLE stock_movements
    ADD COLUMN location_id uuid,
    ADD COLUMN batch_id uuid,
    ADD COLUMN transfer_id uuid,
    -- As the audit record names them; NULL where an order caused it.
    ADD COLUMN actor text,
    ADD CONSTRAINT stock_movements_location FOREIGN KEY (location_id, vendor_id) REFERENCES pickup_locations (id, vendor_id),
    ADD CONSTRAINT stock_movements_batch FOREIGN KEY (batch_id, variant_id) REFERENCES stock_batches (id, variant_id),
    ADD CONSTRAINT stock_movements_transfer FOREIGN KEY (transfer_id, vendor_id) REFERENCES stock_transfers (id, vendor_id),
    DROP CONSTRAINT stock_movements_reason_known,
    ADD CONSTRAINT stock_movements_reason_known CHECK (
        reason IN ('imported', 'adjusted', 'reserved', 'released', 'committed', 'returned', 'received', 'counted', 'damaged',
            'lost', 'expired', 'placed', 'transferred', 'picked', 'reconciled'));

-- What stands at each place and of each batch but the usual place's units of no batch: those are the row's of `stock` without all of
-- these. They can be less than none: so many were sold and not yet taken from where they stand.
CREATE TABLE stock_levels (
    variant_id uuid NOT NULL,
    vendor_id uuid NOT NULL,
    location_id uuid,
    batch_id uuid,
    on_hand bigint NOT NULL,
    CONSTRAINT stock_levels_place UNIQUE NULLS NOT DISTINCT (variant_id, location_id, batch_id),
    CONSTRAINT stock_levels_variant FOREIGN KEY (variant_id, vendor_id) REFERENCES variants (id, vendor_id),
    CONSTRAINT stock_levels_location FOREIGN KEY (location_id, vendor_id) REFERENCES pickup_locations (id, vendor_id),
    CONSTRAINT stock_levels_batch FOREIGN KEY (batch_id, variant_id) REFERENCES stock_batches (id, variant_id),
    CONSTRAINT stock_levels_not_usual CHECK (num_nonnulls(location_id, batch_id) > 0),
    CONSTRAINT stock_levels_not_negative CHECK (on_hand >= 0)
) WITH (fillfactor = 80);
CREATE INDEX stock_levels_at_location ON stock_levels (location_id, variant_id) WHERE location_id IS NOT NULL;
CREATE INDEX stock_levels_of_batch ON stock_levels (batch_id) WHERE batch_id IS NOT NULL AND on_hand > 0;

-- A level is the sum of its movements, whoever records them: nobody else writes it. The caller holds the variant's row of `stock`.
CREATE FUNCTION place_stock_movement() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE stock_levels SET on_hand = on_hand + NEW.on_hand_change
    WHERE variant_id = NEW.variant_id AND location_id IS NOT DISTINCT FROM NEW.location_id
        AND batch_id IS NOT DISTINCT FROM NEW.batch_id;
    IF NOT FOUND THEN
        INSERT INTO stock_levels (variant_id, vendor_id, location_id, batch_id, on_hand)
        VALUES (NEW.variant_id, NEW.vendor_id, NEW.location_id, NEW.batch_id, NEW.on_hand_change);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER stock_movements_are_placed AFTER INSERT ON stock_movements FOR EACH ROW
WHEN (NEW.location_id IS NOT NULL OR NEW.batch_id IS NOT NULL)
EXECUTE FUNCTION place_stock_movement();

-- Counts of what stands on the shelves, as tables say; each row keeps what came of it.
CREATE TABLE stock_takes (
    id uuid NOT NULL,
    vendor_id uuid NOT NULL,
    state text NOT NULL DEFAULT 'waiting',
    row_count integer NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    CONSTRAINT stock_takes_pkey PRIMARY KEY (id),
    CONSTRAINT stock_takes_vendor FOREIGN KEY (vendor_id) REFERENCES vendors (id),
    CONSTRAINT stock_takes_state_known CHECK (state IN ('waiting', 'done')),
    CONSTRAINT stock_takes_finished_at CHECK ((state = 'done') = (finished_at IS NOT NULL)),
    CONSTRAINT stock_takes_rows_few CHECK (row_count BETWEEN 1 AND 20000)
);
CREATE INDEX stock_takes_of_vendor ON stock_takes (vendor_id, id DESC);

CREATE TABLE stock_take_rows (
    take_id uuid NOT NULL,
    -- Of the table, its head included.
    line integer NOT NULL,
    sku text NOT NULL,
    -- Its name; empty for the usual place.
    location text NOT NULL,
    -- Its code; empty for units of none.
    batch text NOT NULL,
    expected bigint NOT NULL,
    counted bigint NOT NULL,
    outcome text,
    -- What was there where that is not what was expected.
    found bigint,
    CONSTRAINT stock_take_rows_pkey PRIMARY KEY (take_id, line),
    CONSTRAINT stock_take_rows_take FOREIGN KEY (take_id) REFERENCES stock_takes (id),
    CONSTRAINT stock_take_rows_outcome_known CHECK (
        outcome IN ('counted', 'unchanged', 'stale', 'reserved', 'unknown_sku', 'unknown_location', 'unknown_batch', 'licence_keys'))
);
CREATE INDEX stock_take_rows_of_outcome ON stock_take_rows (take_id, outcome, line);

REVOKE EXECUTE ON FUNCTION place_stock_movement() FROM PUBLIC;

-- Whether those of a vendor's team who may see stock are mailed when some is low.
ALTER TABLE vendors ADD COLUMN mails_low_stock boolean NOT NULL DEFAULT true;
GRANT UPDATE (mails_low_stock) ON vendors TO haat_app;

GRANT INSERT (low_stock_threshold, backorder_limit, backorder_bound),
    UPDATE (low_stock_threshold, backorder_limit, backorder_bound)
    ON stock TO haat_app;
GRANT INSERT (location_id, batch_id, transfer_id, actor) ON stock_movements TO haat_app;
GRANT SELECT, INSERT (id, variant_id, vendor_id, code, manufactured_on, best_before, expires_on, sell_until, created_at),
    UPDATE (code, manufactured_on, best_before, expires_on, sell_until)
    ON stock_batches TO haat_app;
GRANT SELECT ON stock_levels TO haat_app;
GRANT SELECT, INSERT (id, vendor_id, from_location_id, to_location_id, note, created_by, created_at),
    UPDATE (state, sent_at, closed_at)
    ON stock_transfers TO haat_app;
GRANT SELECT, INSERT (transfer_id, vendor_id, position, variant_id, batch_id, quantity), UPDATE (received, is_in_transit)
    ON stock_transfer_lines TO haat_app;
GRANT SELECT, INSERT (id, vendor_id, row_count, created_by, created_at), UPDATE (state, finished_at) ON stock_takes TO haat_app;
GRANT SELECT, INSERT (take_id, line, sku, location, batch, expected, counted), UPDATE (outcome, found)
    ON stock_take_rows TO haat_app;
GRANT SELECT ON stock_batches, stock_levels, stock_transfers, stock_transfer_lines, stock_takes, stock_take_rows TO haat_readonly;
