-- Complaints about orders, and the time that laws give for them.

-- How long a step may take by the law of a country. Which row holds is decided by the day on which a complaint was filed; what was due
-- then stays due. A change of the law is another row.
CREATE TABLE complaint_clocks (
    country text NOT NULL,
    step text NOT NULL,
    -- So many months of the calendar, and so many hours after that.
    months integer NOT NULL DEFAULT 0,
    hours integer NOT NULL DEFAULT 0,
    -- How long before it is over somebody is warned.
    warning_hours integer NOT NULL,
    -- Days of that country; the last one is not among them.
    valid_from date NOT NULL,
    valid_until date,
    -- What says so.
    source text NOT NULL,
    CONSTRAINT complaint_clocks_pkey PRIMARY KEY (country, step, valid_from),
    CONSTRAINT complaint_clocks_country_code CHECK (country ~ '^[A-Z]{2}$'),
    CONSTRAINT complaint_clocks_step_known CHECK (step IN ('acknowledgement', 'redress')),
    CONSTRAINT complaint_clocks_length CHECK (months BETWEEN 0 AND 12 AND hours BETWEEN 0 AND 8784 AND months + hours > 0),
    CONSTRAINT complaint_clocks_warning CHECK (warning_hours BETWEEN 0 AND 720),
    CONSTRAINT complaint_clocks_ends_later CHECK (valid_until > valid_from),
    CONSTRAINT complaint_clocks_source_length CHECK (length(source) BETWEEN 1 AND 400)
);
INSERT INTO complaint_clocks (country, step, months, hours, warning_hours, valid_from, source) VALUES
    ('IN', 'acknowledgement', 0, 48, 1, '2020-07-23', 'Consumer Protection (E-Commerce) Rules, 2020'),
    ('IN', 'redress', 1, 0, 72, '2020-07-23', 'Consumer Protection (E-Commerce) Rules, 2020'),
    ('BD', 'redress', 0, 72, 24, '2021-07-04', 'Digital Commerce Operation Guidelines, 2021');

CREATE SEQUENCE complaint_numbers START 100001;

CREATE TABLE complaints (
    id uuid NOT NULL,
    -- For people: the ticket by which it is followed.
    number bigint NOT NULL DEFAULT nextval('complaint_numbers'),
    order_id uuid NOT NULL,
    -- The vendor whose part it is about; NULL where it is about the order as a whole.
    vendor_id uuid,
    -- Whose law holds; NULL where nothing says it.
    country text,
    kind text NOT NULL,
    state text NOT NULL DEFAULT 'open',
    outcome text,
    -- As the audit record names them.
    filed_by text NOT NULL,
    filed_at timestamptz NOT NULL,
    -- When it was resolved or rejected.
    closed_at timestamptz,
    reopenings integer NOT NULL DEFAULT 0,
    -- The first of its deadlines that is not met; NULL where there is none.
    due_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT complaints_pkey PRIMARY KEY (id),
    CONSTRAINT complaints_number UNIQUE (number),
    -- What attachments refer to, so that their order is always their complaint's.
    CONSTRAINT complaints_of_order_once UNIQUE (id, order_id),
    CONSTRAINT complaints_order FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT complaints_vendor_order FOREIGN KEY (order_id, vendor_id) REFERENCES vendor_orders (order_id, vendor_id),
    CONSTRAINT complaints_country_code CHECK (country ~ '^[A-Z]{2}$'),
    CONSTRAINT complaints_kind_known CHECK (kind IN ('not_delivered', 'damaged', 'wrong_item', 'not_as_described', 'missing_parts',
        'counterfeit', 'licence_key', 'payment', 'refund', 'conduct', 'other')),
    CONSTRAINT complaints_state_known CHECK (state IN ('open', 'acknowledged', 'awaiting_customer', 'awaiting_vendor', 'escalated',
        'resolved', 'rejected', 'reopened')),
    CONSTRAINT complaints_outcome_known CHECK (outcome IN ('refunded', 'partially_refunded', 'replaced', 'repaired', 'delivered',
        'compensated', 'explained', 'withdrawn')),
    CONSTRAINT complaints_outcome_of_resolved CHECK ((outcome IS NOT NULL) = (state = 'resolved')),
    CONSTRAINT complaints_closed_has_time CHECK ((state IN ('resolved', 'rejected')) = (closed_at IS NOT NULL)),
    CONSTRAINT complaints_closed_is_not_due CHECK (closed_at IS NULL OR due_at IS NULL),
    CONSTRAINT complaints_reopenings_few CHECK (reopenings BETWEEN 0 AND 10)
);
ALTER SEQUENCE complaint_numbers OWNED BY complaints.number;
CREATE INDEX complaints_of_order ON complaints (order_id, id);
-- The queue: what is due first comes first, what is not due last.
CREATE INDEX complaints_queue ON complaints ((coalesce(due_at, timestamptz '9999-12-31 00:00:00+00')), id) WHERE closed_at IS NULL;
CREATE INDEX complaints_queue_of_vendor
    ON complaints (vendor_id, (coalesce(due_at, timestamptz '9999-12-31 00:00:00+00')), id) WHERE closed_at IS NULL;
CREATE INDEX complaints_closed ON complaints (id) WHERE closed_at IS NOT NULL;
CREATE INDEX complaints_closed_of_vendor ON complaints (vendor_id, id) WHERE closed_at IS NOT NULL;

-- The lines that it is about.
CREATE TABLE complaint_lines (
    complaint_id uuid NOT NULL,
    line_id uuid NOT NULL,
    quantity bigint NOT NULL,
    CONSTRAINT complaint_lines_pkey PRIMARY KEY (complaint_id, line_id),
    CONSTRAINT complaint_lines_complaint FOREIGN KEY (complaint_id) REFERENCES complaints (id),
    CONSTRAINT complaint_lines_line FOREIGN KEY (line_id) REFERENCES order_lines (id),
    CONSTRAINT complaint_lines_quantity_positive CHECK (quantity > 0)
);
CREATE INDEX complaint_lines_of_line ON complaint_lines (line_id);

-- What has to be done until when; each reopening begins a further round.
CREATE TABLE complaint_deadlines (
    complaint_id uuid NOT NULL,
    step text NOT NULL,
    round integer NOT NULL,
    due_at timestamptz NOT NULL,
    warn_at timestamptz NOT NULL,
    met_at timestamptz,
    -- When somebody was told that it is near, and that it was missed.
    warned_at timestamptz,
    missed_at timestamptz,
    CONSTRAINT complaint_deadlines_pkey PRIMARY KEY (complaint_id, step, round),
    CONSTRAINT complaint_deadlines_complaint FOREIGN KEY (complaint_id) REFERENCES complaints (id),
    CONSTRAINT complaint_deadlines_step_known CHECK (step IN ('acknowledgement', 'redress')),
    CONSTRAINT complaint_deadlines_warned_before CHECK (warn_at <= due_at)
);
CREATE INDEX complaint_deadlines_to_warn ON complaint_deadlines (warn_at) WHERE met_at IS NULL AND warned_at IS NULL;
CREATE INDEX complaint_deadlines_to_miss ON complaint_deadlines (due_at) WHERE met_at IS NULL AND missed_at IS NULL;

-- What customer, vendor and staff write to one another.
CREATE TABLE complaint_messages (
    id uuid NOT NULL,
    complaint_id uuid NOT NULL,
    -- Who writes: for whom, not who in person.
    side text NOT NULL,
    -- Who reads it besides the staff.
    audience text NOT NULL,
    body text NOT NULL,
    -- As the audit record names them.
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT complaint_messages_pkey PRIMARY KEY (id),
    CONSTRAINT complaint_messages_of_complaint_once UNIQUE (id, complaint_id),
    CONSTRAINT complaint_messages_complaint FOREIGN KEY (complaint_id) REFERENCES complaints (id),
    CONSTRAINT complaint_messages_side_known CHECK (side IN ('customer', 'vendor', 'staff')),
    CONSTRAINT complaint_messages_audience_known CHECK (audience IN ('everyone', 'customer', 'vendor', 'staff')),
    CONSTRAINT complaint_messages_read_by_their_side CHECK (audience = 'everyone' OR audience = side OR side = 'staff'),
    CONSTRAINT complaint_messages_body_length CHECK (length(body) BETWEEN 1 AND 8000)
);
CREATE INDEX complaint_messages_of_complaint ON complaint_messages (complaint_id, id);

-- Private files that one of them has shown. They belong to the marketplace.
CREATE TABLE complaint_attachments (
    media_id uuid NOT NULL,
    order_id uuid NOT NULL,
    side text NOT NULL,
    -- NULL until a message carries it.
    complaint_id uuid,
    message_id uuid,
    created_at timestamptz NOT NULL,
    CONSTRAINT complaint_attachments_pkey PRIMARY KEY (media_id),
    CONSTRAINT complaint_attachments_media FOREIGN KEY (media_id) REFERENCES media (id),
    CONSTRAINT complaint_attachments_order FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT complaint_attachments_complaint FOREIGN KEY (complaint_id, order_id) REFERENCES complaints (id, order_id),
    CONSTRAINT complaint_attachments_message FOREIGN KEY (message_id, complaint_id)
        REFERENCES complaint_messages (id, complaint_id),
    CONSTRAINT complaint_attachments_side_known CHECK (side IN ('customer', 'vendor', 'staff')),
    CONSTRAINT complaint_attachments_of_message CHECK ((message_id IS NULL) = (complaint_id IS NULL))
);
CREATE INDEX complaint_attachments_of_order ON complaint_attachments (order_id);
CREATE INDEX complaint_attachments_of_message ON complaint_attachments (message_id) WHERE message_id IS NOT NULL;

-- What happened to a complaint.
CREATE TABLE complaint_events (
    id bigint GENERATED ALWAYS AS IDENTITY,
    complaint_id uuid NOT NULL,
    order_id uuid NOT NULL,
    kind text NOT NULL,
    -- As the audit record names them.
    actor text NOT NULL,
    happened_at timestamptz NOT NULL,
    CONSTRAINT complaint_events_pkey PRIMARY KEY (id),
    CONSTRAINT complaint_events_complaint FOREIGN KEY (complaint_id, order_id) REFERENCES complaints (id, order_id)
);
CREATE INDEX complaint_events_of_complaint ON complaint_events (complaint_id, id);
CREATE INDEX complaint_events_of_order ON complaint_events (order_id, id);
SELECT make_append_only('complaint_events');

GRANT SELECT, INSERT (country, step, months, hours, warning_hours, valid_from, source), UPDATE (valid_until)
    ON complaint_clocks TO haat_app;
GRANT SELECT, INSERT (id, order_id, vendor_id, country, kind, filed_by, filed_at, due_at),
    UPDATE (state, outcome, closed_at, reopenings, due_at, version)
    ON complaints TO haat_app;
GRANT USAGE ON SEQUENCE complaint_numbers TO haat_app;
GRANT SELECT, INSERT (complaint_id, line_id, quantity) ON complaint_lines TO haat_app;
GRANT SELECT, INSERT (complaint_id, step, round, due_at, warn_at), UPDATE (met_at, warned_at, missed_at)
    ON complaint_deadlines TO haat_app;
GRANT SELECT, INSERT (id, complaint_id, side, audience, body, created_by, created_at) ON complaint_messages TO haat_app;
GRANT SELECT, INSERT (media_id, order_id, side, created_at), UPDATE (complaint_id, message_id)
    ON complaint_attachments TO haat_app;
GRANT SELECT, INSERT (complaint_id, order_id, kind, actor, happened_at) ON complaint_events TO haat_app;
GRANT SELECT ON complaint_clocks, complaints, complaint_lines, complaint_deadlines, complaint_messages, complaint_attachments,
    complaint_events TO haat_readonly;
