-- Products that come in as tables, and go out as such.
CREATE TABLE product_imports (
    id uuid NOT NULL,
    vendor_id uuid NOT NULL,
    media_id uuid NOT NULL,
    -- NULL until it is known from the file's head.
    layout text,
    -- What prices are in where the file doesn't say.
    currency text NOT NULL,
    -- Whether nothing is written but the report.
    is_dry_run boolean NOT NULL,
    state text NOT NULL DEFAULT 'queued',
    -- How many products of the file are done: whoever goes on begins behind them.
    position bigint NOT NULL DEFAULT 0,
    created bigint NOT NULL DEFAULT 0,
    updated bigint NOT NULL DEFAULT 0,
    unchanged bigint NOT NULL DEFAULT 0,
    refused bigint NOT NULL DEFAULT 0,
    skipped bigint NOT NULL DEFAULT 0,
    -- The columns that the catalogue has no place for: they are kept with the products.
    kept_columns text[] NOT NULL DEFAULT '{}',
    -- Why it ended early.
    problem text,
    -- As the audit record names them.
    created_by text NOT NULL,
    -- Whether what they publish needs nobody's approval.
    may_moderate boolean NOT NULL,
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    CONSTRAINT product_imports_pkey PRIMARY KEY (id),
    CONSTRAINT product_imports_vendor FOREIGN KEY (vendor_id) REFERENCES vendors (id),
    CONSTRAINT product_imports_media FOREIGN KEY (media_id) REFERENCES media (id),
    CONSTRAINT product_imports_layout_known CHECK (layout IN ('haat', 'shopify', 'woocommerce')),
    CONSTRAINT product_imports_currency_code CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT product_imports_state_known CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    CONSTRAINT product_imports_counted CHECK (position = created + updated + unchanged + refused + skipped),
    CONSTRAINT product_imports_finish_told CHECK ((state IN ('queued', 'running')) = (finished_at IS NULL)),
    CONSTRAINT product_imports_problem_told CHECK ((state = 'failed') = (problem IS NOT NULL))
);
CREATE INDEX product_imports_of_vendor ON product_imports (vendor_id, id DESC);
CREATE INDEX product_imports_media ON product_imports (media_id);

-- What became of each product of a file; partitioned by month through their UUIDv7 ids.
CREATE TABLE product_import_rows (
    id uuid NOT NULL,
    import_id uuid NOT NULL,
    -- The first and the last of its lines in the file.
    line bigint NOT NULL,
    last_line bigint NOT NULL,
    -- What the file calls it.
    key text NOT NULL,
    outcome text NOT NULL,
    -- No reference: the report outlives what it tells of.
    product_id uuid,
    -- What was refused, assumed or left out, by line and column.
    problems jsonb NOT NULL DEFAULT '[]',
    -- The columns of it that are kept and mean nothing to the catalogue.
    kept_columns text[] NOT NULL DEFAULT '{}',
    CONSTRAINT product_import_rows_pkey PRIMARY KEY (id),
    CONSTRAINT product_import_rows_import FOREIGN KEY (import_id) REFERENCES product_imports (id),
    CONSTRAINT product_import_rows_outcome_known CHECK (
        outcome IN ('created', 'updated', 'unchanged', 'refused', 'skipped')),
    CONSTRAINT product_import_rows_lines CHECK (0 < line AND line <= last_line)
) PARTITION BY RANGE (id);
CREATE INDEX product_import_rows_of_import ON product_import_rows (import_id, id);
CREATE INDEX product_import_rows_of_outcome ON product_import_rows (import_id, outcome, id);
CREATE TABLE product_import_rows_default PARTITION OF product_import_rows DEFAULT;
INSERT INTO retention (table_name, months) VALUES ('product_import_rows', 12);
SELECT make_next_partitions();

-- What a vendor's own systems call its products: a file that names one again means the same.
CREATE TABLE product_external_refs (
    vendor_id uuid NOT NULL,
    key text NOT NULL,
    product_id uuid NOT NULL,
    -- A digest of the pictures that the last file named; NULL where they are to be fetched again.
    pictures_sha256 bytea,
    CONSTRAINT product_external_refs_pkey PRIMARY KEY (vendor_id, key),
    CONSTRAINT product_external_refs_product FOREIGN KEY (product_id, vendor_id) REFERENCES products (id, vendor_id)
        ON DELETE CASCADE,
    CONSTRAINT product_external_refs_key_length CHECK (length(key) BETWEEN 1 AND 255)
);
CREATE INDEX product_external_refs_of_product ON product_external_refs (product_id);

-- A vendor's own columns: an export gives them back.
CREATE TABLE product_extra_fields (
    product_id uuid NOT NULL,
    -- Whose row has them; NULL for a row of the product alone.
    variant_id uuid,
    fields jsonb NOT NULL,
    CONSTRAINT product_extra_fields_once UNIQUE NULLS NOT DISTINCT (product_id, variant_id),
    CONSTRAINT product_extra_fields_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
    CONSTRAINT product_extra_fields_variant FOREIGN KEY (variant_id, product_id) REFERENCES variants (id, product_id)
        ON DELETE CASCADE,
    CONSTRAINT product_extra_fields_object CHECK (jsonb_typeof(fields) = 'object')
);

-- Pictures that a file names by their addresses.
CREATE TABLE product_import_pictures (
    import_id uuid NOT NULL,
    product_id uuid NOT NULL,
    position integer NOT NULL,
    line bigint NOT NULL,
    url text NOT NULL,
    alt_text text NOT NULL,
    variant_id uuid,
    state text NOT NULL DEFAULT 'waiting',
    attempts integer NOT NULL DEFAULT 0,
    media_id uuid,
    problem text,
    CONSTRAINT product_import_pictures_pkey PRIMARY KEY (import_id, product_id, position),
    CONSTRAINT product_import_pictures_import FOREIGN KEY (import_id) REFERENCES product_imports (id),
    CONSTRAINT product_import_pictures_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
    CONSTRAINT product_import_pictures_media FOREIGN KEY (media_id) REFERENCES media (id),
    CONSTRAINT product_import_pictures_state_known CHECK (state IN ('waiting', 'fetched', 'failed')),
    CONSTRAINT product_import_pictures_fetched CHECK ((state = 'fetched') = (media_id IS NOT NULL)),
    CONSTRAINT product_import_pictures_failed CHECK ((state = 'failed') = (problem IS NOT NULL)),
    CONSTRAINT product_import_pictures_few CHECK (position BETWEEN 1 AND 50)
);
CREATE INDEX product_import_pictures_of_product ON product_import_pictures (product_id);
CREATE INDEX product_import_pictures_failed_of ON product_import_pictures (import_id, product_id) WHERE state = 'failed';

-- From where pictures were fetched: the same address is asked once for each vendor.
CREATE TABLE picture_sources (
    vendor_id uuid NOT NULL,
    url_sha256 bytea NOT NULL,
    media_id uuid NOT NULL,
    CONSTRAINT picture_sources_pkey PRIMARY KEY (vendor_id, url_sha256),
    CONSTRAINT picture_sources_vendor FOREIGN KEY (vendor_id) REFERENCES vendors (id),
    CONSTRAINT picture_sources_media FOREIGN KEY (media_id) REFERENCES media (id)
);
-- The same picture is kept once for each vendor.
CREATE INDEX media_pictures_by_content ON media (vendor_id, sha256)
    WHERE purpose = 'product_image' AND is_public AND deleted_at IS NULL;

CREATE TABLE product_exports (
    id uuid NOT NULL,
    vendor_id uuid NOT NULL,
    state text NOT NULL DEFAULT 'queued',
    -- The file, once it is written.
    media_id uuid,
    products bigint,
    problem text,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    CONSTRAINT product_exports_pkey PRIMARY KEY (id),
    CONSTRAINT product_exports_vendor FOREIGN KEY (vendor_id) REFERENCES vendors (id),
    CONSTRAINT product_exports_media FOREIGN KEY (media_id) REFERENCES media (id),
    CONSTRAINT product_exports_state_known CHECK (state IN ('queued', 'done', 'failed')),
    CONSTRAINT product_exports_done CHECK ((state = 'done') = (media_id IS NOT NULL AND products IS NOT NULL)),
    CONSTRAINT product_exports_finish_told CHECK ((state = 'queued') = (finished_at IS NULL)),
    CONSTRAINT product_exports_problem_told CHECK ((state = 'failed') = (problem IS NOT NULL))
);
CREATE INDEX product_exports_of_vendor ON product_exports (vendor_id, id DESC);

GRANT SELECT, INSERT (id, vendor_id, media_id, layout, currency, is_dry_run, created_by, may_moderate, created_at),
    UPDATE (layout, state, position, created, updated, unchanged, refused, skipped, kept_columns, problem, finished_at)
    ON product_imports TO haat_app;
GRANT SELECT, INSERT (id, import_id, line, last_line, key, outcome, product_id, problems, kept_columns)
    ON product_import_rows TO haat_app;
GRANT SELECT, INSERT (vendor_id, key, product_id, pictures_sha256), UPDATE (pictures_sha256)
    ON product_external_refs TO haat_app;
GRANT SELECT, INSERT (product_id, variant_id, fields), UPDATE (fields) ON product_extra_fields TO haat_app;
GRANT SELECT, INSERT (import_id, product_id, position, line, url, alt_text, variant_id),
    UPDATE (state, attempts, media_id, problem)
    ON product_import_pictures TO haat_app;
GRANT SELECT, INSERT (vendor_id, url_sha256, media_id), UPDATE (media_id) ON picture_sources TO haat_app;
GRANT SELECT, INSERT (id, vendor_id, created_by, created_at), UPDATE (state, media_id, products, problem, finished_at)
    ON product_exports TO haat_app;
GRANT SELECT ON product_imports, product_import_rows, product_extra_fields, product_import_pictures, product_exports
    TO haat_readonly;
GRANT SELECT (vendor_id, key, product_id) ON product_external_refs TO haat_readonly;
GRANT SELECT (vendor_id, media_id) ON picture_sources TO haat_readonly;
