-- Orders as tables, for whoever counts, taxes or moves them elsewhere.

ALTER TABLE media DROP CONSTRAINT media_purpose_known,
    ADD CONSTRAINT media_purpose_known CHECK (purpose IN (
        'product_image', 'vendor_image', 'vendor_document', 'import', 'order_document', 'order_export', 'complaint_attachment',
        'personal_data'));

CREATE TABLE order_exports (
    id uuid NOT NULL,
    -- Whose parts of the orders it has, and who may have it; NULL: whole orders, for the marketplace alone.
    vendor_id uuid,
    -- Which orders: each NULL leaves nothing out.
    status text,
    payment_state text,
    placed_from timestamptz,
    placed_before timestamptz,
    tag_id uuid,
    total_currency text,
    total_from bigint,
    total_to bigint,
    state text NOT NULL DEFAULT 'queued',
    -- The private file, while it is there.
    media_id uuid,
    orders bigint,
    problem text,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    -- When the file is deleted.
    expires_at timestamptz,
    CONSTRAINT order_exports_pkey PRIMARY KEY (id),
    CONSTRAINT order_exports_vendor FOREIGN KEY (vendor_id) REFERENCES vendors (id),
    CONSTRAINT order_exports_tag FOREIGN KEY (tag_id) REFERENCES order_tags (id),
    CONSTRAINT order_exports_media FOREIGN KEY (media_id) REFERENCES media (id),
    CONSTRAINT order_exports_state_known CHECK (state IN ('queued', 'done', 'failed', 'ended')),
    CONSTRAINT order_exports_total_whole CHECK (num_nulls(total_currency, total_from, total_to) IN (0, 3)),
    CONSTRAINT order_exports_file_while_done CHECK ((media_id IS NOT NULL) = (state = 'done')),
    CONSTRAINT order_exports_finish_told CHECK ((state = 'queued') = (finished_at IS NULL)),
    CONSTRAINT order_exports_problem_told CHECK ((state = 'failed') = (problem IS NOT NULL))
);
CREATE INDEX order_exports_of_vendor ON order_exports (vendor_id, id DESC);
CREATE INDEX order_exports_media ON order_exports (media_id) WHERE media_id IS NOT NULL;

GRANT SELECT, INSERT (id, vendor_id, status, payment_state, placed_from, placed_before, tag_id, total_currency, total_from, total_to,
        created_by, created_at),
    UPDATE (state, media_id, orders, problem, finished_at, expires_at)
    ON order_exports TO haat_app;
GRANT SELECT ON order_exports TO haat_readonly;
