-- Parcels on their way to customers: what lies in them, who carries them, where they are, and what couriers were asked for.

CREATE TABLE shipments (
    id uuid NOT NULL,
    order_id uuid NOT NULL,
    vendor_order_id uuid NOT NULL,
    vendor_id uuid NOT NULL,
    -- What was issued for the goods when they were packed.
    document_id uuid NOT NULL,
    -- Its place among the shipments of the vendor order.
    sequence integer NOT NULL,
    -- For people: "H100001-2-1".
    number text NOT NULL,
    -- An account of ours at a courier; "own_delivery" where the vendor brings the goods.
    courier text NOT NULL,
    pickup_location_id uuid,
    state text NOT NULL DEFAULT 'pending',
    -- When that happened which gave it its state, by the clock of who told.
    state_since timestamptz NOT NULL,
    -- Of the names under which the courier was asked for it: the present one. A further one is taken only where the one before leads to
    -- something that was cancelled.
    booking integer NOT NULL DEFAULT 1,
    reference text NOT NULL,
    -- What the courier calls it: an order of its own, a consignment, and what people track it by.
    courier_order text,
    consignment text,
    tracking_code text,
    -- Which of the courier's services carries it, and its name for people.
    service text,
    service_name text,
    currency text NOT NULL,
    -- What the goods are worth.
    declared_minor bigint NOT NULL,
    -- What is to be collected from the customer, and what was. What the courier takes for itself is known when it says so.
    cod_minor bigint NOT NULL,
    cod_collected_minor bigint,
    courier_charge_minor bigint,
    cod_fee_minor bigint,
    -- When it is to arrive, by what the customer was promised, and by what the courier says.
    promised_from date,
    promised_until date,
    expected_at timestamptz,
    -- Why the courier has not taken it on, or the next step is not taken, and when that is tried again.
    trouble text,
    trouble_detail text,
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz,
    handed_over_at timestamptz,
    delivered_at timestamptz,
    closed_at timestamptz,
    -- When the courier last said something about it or was asked.
    heard_at timestamptz NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT shipments_pkey PRIMARY KEY (id),
    CONSTRAINT shipments_vendor_order FOREIGN KEY (vendor_order_id, order_id, vendor_id)
        REFERENCES vendor_orders (id, order_id, vendor_id),
    CONSTRAINT shipments_document FOREIGN KEY (document_id) REFERENCES documents (id),
    CONSTRAINT shipments_location FOREIGN KEY (pickup_location_id) REFERENCES pickup_locations (id),
    CONSTRAINT shipments_sequence UNIQUE (vendor_order_id, sequence),
    CONSTRAINT shipments_number UNIQUE (number),
    CONSTRAINT shipments_reference UNIQUE (courier, reference),
    -- What lines refer to, so that they are always of its vendor order.
    CONSTRAINT shipments_of_vendor_order UNIQUE (id, vendor_order_id),
    CONSTRAINT shipments_sequence_positive CHECK (sequence > 0),
    CONSTRAINT shipments_booking_positive CHECK (booking > 0),
    CONSTRAINT shipments_reference_form CHECK (reference ~ '^[A-Za-z0-9-]{1,50}$'),
    CONSTRAINT shipments_state_known CHECK (state IN (
        'pending', 'created', 'awb_assigned', 'pickup_scheduled', 'picked_up', 'in_transit', 'out_for_delivery', 'delivered',
        'partially_delivered', 'undelivered', 'held', 'rto_initiated', 'rto_delivered', 'return_initiated', 'returned', 'damaged',
        'lost', 'cancelled')),
    CONSTRAINT shipments_trouble_known CHECK (trouble IN (
        'refused', 'credentials_refused', 'unavailable', 'unknown', 'funds_lacking', 'not_serviceable', 'integrity')),
    CONSTRAINT shipments_trouble_told CHECK ((trouble IS NULL) = (trouble_detail IS NULL)),
    CONSTRAINT shipments_currency_code CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT shipments_amounts CHECK (
        declared_minor >= 0 AND cod_minor >= 0 AND cod_collected_minor >= 0 AND courier_charge_minor >= 0 AND cod_fee_minor >= 0),
    CONSTRAINT shipments_promise CHECK (promised_from <= promised_until),
    CONSTRAINT shipments_delivered_has_time CHECK (
        state NOT IN ('delivered', 'partially_delivered') OR delivered_at IS NOT NULL),
    CONSTRAINT shipments_delivered_left CHECK (delivered_at IS NULL OR handed_over_at IS NOT NULL)
) WITH (fillfactor = 80);
CREATE INDEX shipments_of_vendor ON shipments (vendor_id, id);
CREATE INDEX shipments_of_order ON shipments (order_id, id);
CREATE INDEX shipments_in_state ON shipments (state, id);
-- What was packed travels once at a time: again only after it was cancelled or has come back.
CREATE UNIQUE INDEX shipments_once_of_document ON shipments (document_id) WHERE state NOT IN ('cancelled', 'rto_delivered');
CREATE INDEX shipments_of_document ON shipments (document_id);
CREATE INDEX shipments_by_consignment ON shipments (courier, consignment) WHERE consignment IS NOT NULL;
CREATE INDEX shipments_by_courier_order ON shipments (courier, courier_order) WHERE courier_order IS NOT NULL;
CREATE INDEX shipments_by_tracking_code ON shipments (tracking_code) WHERE tracking_code IS NOT NULL;
-- For asking about those of which nothing was heard.
CREATE INDEX shipments_silent ON shipments (heard_at) WHERE courier <> 'own_delivery' AND state IN (
    'created', 'awb_assigned', 'pickup_scheduled', 'picked_up', 'in_transit', 'out_for_delivery', 'undelivered', 'held', 'rto_initiated',
    'return_initiated');
CREATE INDEX shipments_in_trouble ON shipments (id) WHERE trouble IS NOT NULL;

-- Which units lie in a shipment: those of its document.
CREATE TABLE shipment_lines (
    shipment_id uuid NOT NULL,
    vendor_order_id uuid NOT NULL,
    line_id uuid NOT NULL,
    -- Units of a line are counted from 0.
    first_unit bigint NOT NULL,
    quantity bigint NOT NULL,
    CONSTRAINT shipment_lines_pkey PRIMARY KEY (shipment_id, line_id, first_unit),
    CONSTRAINT shipment_lines_shipment FOREIGN KEY (shipment_id, vendor_order_id) REFERENCES shipments (id, vendor_order_id),
    CONSTRAINT shipment_lines_line FOREIGN KEY (line_id, vendor_order_id) REFERENCES order_lines (id, vendor_order_id),
    CONSTRAINT shipment_lines_range CHECK (first_unit >= 0 AND quantity > 0)
);
CREATE INDEX shipment_lines_of_line ON shipment_lines (line_id);
SELECT make_append_only('shipment_lines');

CREATE TABLE shipment_parcels (
    shipment_id uuid NOT NULL,
    number integer NOT NULL,
    weight_grams integer NOT NULL,
    length_mm integer,
    width_mm integer,
    height_mm integer,
    CONSTRAINT shipment_parcels_pkey PRIMARY KEY (shipment_id, number),
    CONSTRAINT shipment_parcels_shipment FOREIGN KEY (shipment_id) REFERENCES shipments (id),
    CONSTRAINT shipment_parcels_number_positive CHECK (number > 0),
    CONSTRAINT shipment_parcels_weight CHECK (weight_grams > 0),
    CONSTRAINT shipment_parcels_size_whole CHECK (num_nulls(length_mm, width_mm, height_mm) IN (0, 3)),
    CONSTRAINT shipment_parcels_size CHECK (length_mm > 0 AND width_mm > 0 AND height_mm > 0)
);
SELECT make_append_only('shipment_parcels');

-- What was said of a shipment, by couriers, vendors and staff; told once, however often it comes.
CREATE TABLE shipment_events (
    id uuid NOT NULL,
    shipment_id uuid NOT NULL,
    -- The courier's push, its answer when it was asked, or a person or process of ours.
    source text NOT NULL,
    -- What duplicates are recognised by.
    key text NOT NULL,
    -- What it says, of the states that we know; null for news without one.
    state text,
    -- Whether that moved the shipment.
    moved boolean NOT NULL,
    -- The courier's own word, whatever it is.
    raw_status text,
    message text,
    place text,
    occurred_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT shipment_events_pkey PRIMARY KEY (id),
    CONSTRAINT shipment_events_shipment FOREIGN KEY (shipment_id) REFERENCES shipments (id),
    CONSTRAINT shipment_events_once UNIQUE (shipment_id, key),
    CONSTRAINT shipment_events_source_known CHECK (source IN ('push', 'answer', 'person', 'system'))
);
SELECT make_append_only('shipment_events');

-- What couriers are asked to carry: written before they are asked, so that whoever goes on after a crash knows that something may be
-- there. One parcel is asked for under one name, until the courier says that it leads nowhere.
CREATE TABLE shipment_bookings (
    shipment_id uuid NOT NULL,
    booking integer NOT NULL,
    courier text NOT NULL,
    reference text NOT NULL,
    state text NOT NULL DEFAULT 'open',
    -- How often it was asked for with an end that leaves it possible that something is there, and when last.
    asked integer NOT NULL DEFAULT 0,
    asked_at timestamptz NOT NULL,
    -- While somebody is asking, nobody else does.
    asking_until timestamptz,
    ended_at timestamptz,
    detail text,
    CONSTRAINT shipment_bookings_pkey PRIMARY KEY (shipment_id, booking),
    CONSTRAINT shipment_bookings_shipment FOREIGN KEY (shipment_id) REFERENCES shipments (id),
    CONSTRAINT shipment_bookings_reference UNIQUE (courier, reference),
    -- Spent: what the courier has under the name was cancelled there.
    CONSTRAINT shipment_bookings_state_known CHECK (state IN ('open', 'booked', 'refused', 'spent', 'cancelled')),
    CONSTRAINT shipment_bookings_ended CHECK ((state = 'open') = (ended_at IS NULL))
);

-- What all processes know of an account at a courier: whose turn it is to ask, and whether it is asked at all.
CREATE TABLE courier_accounts (
    courier text NOT NULL,
    -- When the next call would be due, were all made at the permitted rate.
    next_call_at timestamptz NOT NULL,
    -- Until then nobody asks.
    held_until timestamptz,
    hold_reason text,
    answered_at timestamptz,
    failed_at timestamptz,
    failure text,
    -- The last known balance of the account.
    balance_minor bigint,
    currency text,
    balance_at timestamptz,
    CONSTRAINT courier_accounts_pkey PRIMARY KEY (courier),
    CONSTRAINT courier_accounts_hold_told CHECK ((held_until IS NULL) = (hold_reason IS NULL)),
    CONSTRAINT courier_accounts_failure_told CHECK ((failed_at IS NULL) = (failure IS NULL)),
    CONSTRAINT courier_accounts_balance_whole CHECK (num_nulls(balance_minor, currency, balance_at) IN (0, 3))
) WITH (fillfactor = 50);

GRANT SELECT, INSERT (id, order_id, vendor_order_id, vendor_id, document_id, sequence, number, courier, pickup_location_id, state_since,
        reference, currency, declared_minor, cod_minor, promised_from, promised_until, heard_at, created_by, created_at),
    UPDATE (state, state_since, booking, reference, courier_order, consignment, tracking_code, service, service_name,
        cod_collected_minor, courier_charge_minor, cod_fee_minor, expected_at, trouble, trouble_detail, attempts, next_attempt_at,
        handed_over_at, delivered_at, closed_at, heard_at)
    ON shipments TO haat_app;
GRANT SELECT, INSERT (shipment_id, vendor_order_id, line_id, first_unit, quantity) ON shipment_lines TO haat_app;
GRANT SELECT, INSERT (shipment_id, number, weight_grams, length_mm, width_mm, height_mm) ON shipment_parcels TO haat_app;
GRANT SELECT, INSERT (id, shipment_id, source, key, state, moved, raw_status, message, place, occurred_at, recorded_by, recorded_at)
    ON shipment_events TO haat_app;
GRANT SELECT, INSERT (shipment_id, booking, courier, reference, asked_at), UPDATE (state, asked, asked_at, asking_until, ended_at, detail)
    ON shipment_bookings TO haat_app;
GRANT SELECT, INSERT (courier, next_call_at),
    UPDATE (next_call_at, held_until, hold_reason, answered_at, failed_at, failure, balance_minor, currency, balance_at)
    ON courier_accounts TO haat_app;
GRANT SELECT ON shipments, shipment_lines, shipment_parcels, shipment_events, shipment_bookings, courier_accounts TO haat_readonly;
