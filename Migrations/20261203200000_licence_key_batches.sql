-- Licence keys in batches: where they came from, how long they last and what became of each, and files of them that a job reads in. What
-- enters or leaves a pool moves the variant's stock with it: the pool and what is for sale can't part.

-- Keys that were received together: they may turn out bad together.
CREATE TABLE licence_key_batches (
    id uuid NOT NULL,
    vendor_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    -- From whom they are.
    source text NOT NULL,
    -- What the supplier calls the delivery.
    supplier_reference text NOT NULL,
    note text NOT NULL,
    received_on date NOT NULL,
    -- The last day on which its keys can be used, unless a key has one of its own; NULL: they don't end.
    expires_on date,
    -- A buyer has so many days of a key at least: the last of its life, in which it isn't sold.
    minimum_days integer NOT NULL,
    -- Since when its keys are neither sold nor trusted.
    quarantined_at timestamptz,
    quarantine_reason text,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT licence_key_batches_pkey PRIMARY KEY (id),
    CONSTRAINT licence_key_batches_variant FOREIGN KEY (variant_id, vendor_id) REFERENCES variants (id, vendor_id) ON DELETE CASCADE,
    -- What keys refer to, so that a key's batch is always its variant's.
    CONSTRAINT licence_key_batches_id_variant UNIQUE (id, variant_id),
    CONSTRAINT licence_key_batches_minimum_days_few CHECK (minimum_days BETWEEN 0 AND 3650),
    CONSTRAINT licence_key_batches_quarantine_told CHECK (num_nonnulls(quarantined_at, quarantine_reason) IN (0, 2))
);
CREATE INDEX licence_key_batches_of_vendor ON licence_key_batches (vendor_id, id DESC);
CREATE INDEX licence_key_batches_of_variant ON licence_key_batches (variant_id, id DESC);

-- Files of keys, read in by a job; what is kept of them is sealed, and only until they are read.
CREATE TABLE licence_key_imports (
    id uuid NOT NULL,
    vendor_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    batch_id uuid NOT NULL,
    format text NOT NULL,
    -- Whether nothing is written but the report.
    is_dry_run boolean NOT NULL,
    state text NOT NULL DEFAULT 'queued',
    -- How many keys of the file are done: whoever goes on begins behind them.
    position bigint NOT NULL DEFAULT 0,
    imported bigint NOT NULL DEFAULT 0,
    repeated bigint NOT NULL DEFAULT 0,
    known bigint NOT NULL DEFAULT 0,
    elsewhere bigint NOT NULL DEFAULT 0,
    expired bigint NOT NULL DEFAULT 0,
    refused bigint NOT NULL DEFAULT 0,
    -- Why it ended early.
    problem text,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    CONSTRAINT licence_key_imports_pkey PRIMARY KEY (id),
    CONSTRAINT licence_key_imports_variant FOREIGN KEY (variant_id, vendor_id) REFERENCES variants (id, vendor_id) ON DELETE CASCADE,
    CONSTRAINT licence_key_imports_batch FOREIGN KEY (batch_id, variant_id) REFERENCES licence_key_batches (id, variant_id)
        ON DELETE CASCADE,
    CONSTRAINT licence_key_imports_format_known CHECK (format IN ('csv', 'lines', 'blocks')),
    CONSTRAINT licence_key_imports_state_known CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    CONSTRAINT licence_key_imports_counted CHECK (position = imported + repeated + known + elsewhere + expired + refused),
    CONSTRAINT licence_key_imports_finish_told CHECK ((state IN ('queued', 'running')) = (finished_at IS NULL)),
    CONSTRAINT licence_key_imports_problem_told CHECK ((state = 'failed') = (problem IS NOT NULL))
);
CREATE INDEX licence_key_imports_of_vendor ON licence_key_imports (vendor_id, id DESC);
CREATE INDEX licence_key_imports_of_batch ON licence_key_imports (batch_id);

CREATE TABLE licence_key_import_parts (
    import_id uuid NOT NULL,
    number integer NOT NULL,
    ciphertext bytea NOT NULL,
    CONSTRAINT licence_key_import_parts_pkey PRIMARY KEY (import_id, number),
    CONSTRAINT licence_key_import_parts_import FOREIGN KEY (import_id) REFERENCES licence_key_imports (id) ON DELETE CASCADE
);

-- What became of each key of a file but of those that joined the pool, which tell it themselves; of a dry run all. Partitioned by month
-- through their UUIDv7 ids.
CREATE TABLE licence_key_import_rows (
    id uuid NOT NULL,
    import_id uuid NOT NULL,
    -- Where it begins in the file.
    line bigint NOT NULL,
    outcome text NOT NULL,
    -- Where the same key stands further up.
    repeated_line bigint,
    code text,
    message text,
    CONSTRAINT licence_key_import_rows_pkey PRIMARY KEY (id),
    CONSTRAINT licence_key_import_rows_import FOREIGN KEY (import_id) REFERENCES licence_key_imports (id) ON DELETE CASCADE,
    CONSTRAINT licence_key_import_rows_outcome_known CHECK (
        outcome IN ('imported', 'repeated', 'known', 'elsewhere', 'expired', 'refused')),
    CONSTRAINT licence_key_import_rows_reason_told CHECK ((outcome = 'refused') = (code IS NOT NULL AND message IS NOT NULL))
) PARTITION BY RANGE (id);
CREATE INDEX licence_key_import_rows_of_import ON licence_key_import_rows (import_id, line);
CREATE TABLE licence_key_import_rows_default PARTITION OF licence_key_import_rows DEFAULT;
INSERT INTO retention (table_name, months) VALUES ('licence_key_import_rows', 12);
SELECT make_next_partitions();

ALTER TABLE licence_keys
    ADD COLUMN batch_id uuid,
    -- The file that it came with, and its line there.
    ADD COLUMN import_id uuid,
    ADD COLUMN line bigint,
    -- The same key has the same one, whosever it is; NULL for keys from before there was one.
    ADD COLUMN marketplace_fingerprint bytea,
    -- The last day on which it can be used, and the last on which it is sold; NULL: it does not end.
    ADD COLUMN expires_on date,
    ADD COLUMN sell_until date,
    -- Evidence of its delivery: when, and from where, its buyer first saw it.
    ADD COLUMN first_revealed_at timestamptz,
    ADD COLUMN first_revealed_from text,
    -- Why somebody of the staff has revoked or replaced it; NULL where the money went back.
    ADD COLUMN closed_reason text,
    ADD COLUMN closed_at timestamptz,
    ADD CONSTRAINT licence_keys_batch FOREIGN KEY (batch_id, variant_id) REFERENCES licence_key_batches (id, variant_id),
    ADD CONSTRAINT licence_keys_sold_before_expiry CHECK (sell_until <= expires_on AND num_nonnulls(sell_until, expires_on) IN (0, 2)),
    ADD CONSTRAINT licence_keys_origin_complete CHECK (num_nonnulls(import_id, line) IN (0, 2)),
    ADD CONSTRAINT licence_keys_closing_told CHECK (
        num_nonnulls(closed_reason, closed_at) IN (0, 2) AND (state <> 'replaced' OR closed_at IS NOT NULL)),
    DROP CONSTRAINT licence_keys_state_known,
    ADD CONSTRAINT licence_keys_state_known CHECK (
        state IN ('available', 'assigned', 'revoked', 'quarantined', 'expired', 'replaced')),
    DROP CONSTRAINT licence_keys_assignment_complete,
    ADD CONSTRAINT licence_keys_assignment_complete CHECK (
        num_nonnulls(order_line_id, unit_number, line_quantity, assigned_at) IN (0, 4)
        AND (state = 'revoked' OR (state IN ('assigned', 'replaced')) = (order_line_id IS NOT NULL))),
    DROP CONSTRAINT licence_keys_one_per_unit;
-- Each bought unit has at most one key; one that was replaced stays as evidence.
CREATE UNIQUE INDEX licence_keys_one_per_unit ON licence_keys (order_line_id, unit_number) WHERE state <> 'replaced';
CREATE INDEX licence_keys_of_line ON licence_keys (order_line_id) WHERE order_line_id IS NOT NULL;
-- The same key can't be sold by two vendors either.
CREATE UNIQUE INDEX licence_keys_once ON licence_keys (marketplace_fingerprint) WHERE marketplace_fingerprint IS NOT NULL;
-- In the order in which keys are handed out: those that end first come first.
CREATE INDEX licence_keys_of_variant ON licence_keys (variant_id, state, sell_until, id);
DROP INDEX licence_keys_available;
CREATE INDEX licence_keys_of_batch ON licence_keys (batch_id, state) WHERE batch_id IS NOT NULL;
CREATE INDEX licence_keys_of_import ON licence_keys (import_id, line) WHERE import_id IS NOT NULL;
CREATE INDEX licence_keys_ending ON licence_keys (sell_until, variant_id) WHERE state = 'available' AND sell_until IS NOT NULL;
-- What paid orders still wait for.
CREATE INDEX order_lines_awaiting_keys ON order_lines (variant_id) WHERE kind = 'licence_key' AND delivered_at IS NULL;

-- A key that was handed out belongs to its line for good: it may be revoked, replaced or sealed under another data key, never handed out
-- again. What was replaced, revoked by somebody or has ended does not come back.
DROP TRIGGER licence_keys_assignment_is_final ON licence_keys;
CREATE TRIGGER licence_keys_assignment_is_final BEFORE UPDATE ON licence_keys FOR EACH ROW
WHEN (
    (OLD.order_line_id IS NOT NULL AND (
        (NEW.order_line_id, NEW.unit_number, NEW.fingerprint)
            IS DISTINCT FROM (OLD.order_line_id, OLD.unit_number, OLD.fingerprint)
        OR (NEW.ciphertext <> OLD.ciphertext AND NEW.data_key_id = OLD.data_key_id)
        OR NEW.state NOT IN ('assigned', 'revoked', 'replaced')))
    OR (NEW.state <> OLD.state AND (
        OLD.state IN ('replaced', 'expired')
        OR (OLD.state = 'revoked' AND (OLD.order_line_id IS NULL OR (OLD.closed_at IS NOT NULL AND NEW.state <> 'replaced')))
        OR (OLD.state = 'quarantined' AND NEW.state NOT IN ('available', 'revoked', 'expired')))))
EXECUTE FUNCTION keep_licence_key_assignment();
CREATE OR REPLACE FUNCTION keep_licence_key_assignment() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    RAISE EXCEPTION 'licence key % can''t become % as it is %', OLD.id, NEW.state, OLD.state
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'licence_keys_assignment_is_final';
END
$$;

ALTER TABLE stock_movements
    DROP CONSTRAINT stock_movements_reason_known,
    ADD CONSTRAINT stock_movements_reason_known CHECK (
        reason IN ('imported', 'adjusted', 'reserved', 'released', 'committed', 'returned', 'received', 'counted', 'damaged',
            'lost', 'expired', 'placed', 'transferred', 'picked', 'reconciled', 'withdrawn', 'restored', 'replaced'));

-- Keys that enter a pool or leave it other than to the order that has taken them out of stock are counted in and out here, whoever moves
-- them. Available keys are therefore always those on hand and those that paid orders wait for: what is on hand less than none is owed.
CREATE FUNCTION count_licence_keys_in() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO stock (variant_id, vendor_id, on_hand)
    SELECT variant_id, vendor_id, count(*) FROM added WHERE state = 'available' GROUP BY variant_id, vendor_id ORDER BY variant_id
    ON CONFLICT (variant_id) DO UPDATE SET on_hand = stock.on_hand + excluded.on_hand,
        backorder_bound = greatest(stock.backorder_limit, stock.reserved - stock.on_hand - excluded.on_hand);
    INSERT INTO stock_movements (variant_id, vendor_id, reason, on_hand_change, reserved_change)
    SELECT variant_id, vendor_id, 'imported', count(*), 0 FROM added WHERE state = 'available'
    GROUP BY variant_id, vendor_id ORDER BY variant_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER licence_keys_are_counted_in AFTER INSERT ON licence_keys REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION count_licence_keys_in();

CREATE FUNCTION move_stock_with_licence_keys() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    variant uuid;
    vendor uuid;
    why text;
    change bigint;
BEGIN
    -- Keys that are handed out, which is nearly always.
    IF NOT EXISTS (SELECT FROM later WHERE state <> 'assigned') THEN RETURN NULL; END IF;
    FOR variant, vendor, why, change IN
        SELECT move.variant_id, move.vendor_id, move.reason, sum(move.change)
        FROM (
            SELECT later.variant_id, later.vendor_id,
                CASE WHEN later.state = 'replaced' THEN 'replaced' WHEN earlier.state = 'quarantined' THEN 'restored'
                    WHEN later.state = 'expired' THEN 'expired' ELSE 'withdrawn' END AS reason,
                CASE WHEN earlier.state = 'quarantined' THEN 1 ELSE -1 END AS change
            FROM earlier JOIN later ON later.id = earlier.id
            WHERE (earlier.state = 'available' AND later.state IN ('quarantined', 'revoked', 'expired'))
                OR (earlier.state = 'quarantined' AND later.state = 'available')
                -- Another key takes its place, which no order has paid for.
                OR (earlier.state <> 'replaced' AND later.state = 'replaced')
        ) AS move
        GROUP BY move.variant_id, move.vendor_id, move.reason ORDER BY move.variant_id, move.reason
    LOOP
        -- Orders that hold units keep them, and are owed what there is not.
        UPDATE stock SET on_hand = on_hand + change,
            backorder_bound = greatest(backorder_limit, reserved - on_hand - change)
        WHERE variant_id = variant;
        INSERT INTO stock_movements (variant_id, vendor_id, reason, on_hand_change, reserved_change)
        VALUES (variant, vendor, why, change, 0);
    END LOOP;
    RETURN NULL;
END
$$;
CREATE TRIGGER licence_keys_move_stock AFTER UPDATE ON licence_keys REFERENCING OLD TABLE AS earlier NEW TABLE AS later
FOR EACH STATEMENT EXECUTE FUNCTION move_stock_with_licence_keys();

-- Nobody counts keys by hand.
CREATE FUNCTION refuse_movement_of_licence_keys() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (SELECT FROM variants WHERE id = NEW.variant_id AND kind = 'licence_key') THEN
        RAISE EXCEPTION 'the stock of variant % is its pool of licence keys', NEW.variant_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'stock_of_licence_keys_is_their_pool';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER stock_of_licence_keys_is_their_pool BEFORE INSERT ON stock_movements FOR EACH ROW
WHEN (NEW.reason IN ('adjusted', 'received', 'counted', 'damaged', 'lost', 'placed', 'transferred', 'picked'))
EXECUTE FUNCTION refuse_movement_of_licence_keys();

REVOKE EXECUTE ON FUNCTION count_licence_keys_in(), move_stock_with_licence_keys(), refuse_movement_of_licence_keys() FROM PUBLIC;

GRANT SELECT, INSERT (id, vendor_id, variant_id, source, supplier_reference, note, received_on, expires_on, minimum_days,
        created_by, created_at),
    UPDATE (quarantined_at, quarantine_reason)
    ON licence_key_batches TO haat_app;
GRANT SELECT, INSERT (id, vendor_id, variant_id, batch_id, format, is_dry_run, created_by, created_at),
    UPDATE (state, position, imported, repeated, known, elsewhere, expired, refused, problem, finished_at)
    ON licence_key_imports TO haat_app;
GRANT SELECT, INSERT (import_id, number, ciphertext), DELETE ON licence_key_import_parts TO haat_app;
GRANT SELECT, INSERT (id, import_id, line, outcome, repeated_line, code, message) ON licence_key_import_rows TO haat_app;
GRANT INSERT (batch_id, import_id, line, marketplace_fingerprint, expires_on, sell_until),
    UPDATE (first_revealed_at, first_revealed_from, closed_reason, closed_at)
    ON licence_keys TO haat_app;
GRANT SELECT ON licence_key_batches, licence_key_imports, licence_key_import_rows TO haat_readonly;
GRANT SELECT (import_id, number) ON licence_key_import_parts TO haat_readonly;
GRANT SELECT (batch_id, import_id, line, expires_on, sell_until, first_revealed_at, closed_reason, closed_at)
    ON licence_keys TO haat_readonly;
