-- Files that are sold with a variant, such as an installer beside its licence key; who has bought it fetches them by links that end, so
-- and so often.

ALTER TABLE media
    DROP CONSTRAINT media_purpose_known,
    ADD CONSTRAINT media_purpose_known CHECK (purpose IN (
        'product_image', 'vendor_image', 'vendor_document', 'import', 'order_document', 'order_export', 'complaint_attachment',
        'personal_data', 'download')),
    DROP CONSTRAINT media_content_type_known,
    ADD CONSTRAINT media_content_type_known CHECK (content_type IN (
        'image/jpeg', 'image/png', 'image/webp', 'image/gif', 'application/pdf', 'text/csv', 'application/json', 'application/zip',
        'application/octet-stream'));

CREATE TABLE variant_downloads (
    variant_id uuid NOT NULL,
    vendor_id uuid NOT NULL,
    media_id uuid NOT NULL,
    position integer NOT NULL,
    title text NOT NULL,
    -- How often each order may fetch it.
    download_limit integer NOT NULL,
    CONSTRAINT variant_downloads_pkey PRIMARY KEY (variant_id, media_id),
    CONSTRAINT variant_downloads_variant FOREIGN KEY (variant_id, vendor_id) REFERENCES variants (id, vendor_id) ON DELETE CASCADE,
    CONSTRAINT variant_downloads_media FOREIGN KEY (media_id) REFERENCES media (id),
    CONSTRAINT variant_downloads_few CHECK (position BETWEEN 1 AND 20),
    CONSTRAINT variant_downloads_limit_few CHECK (download_limit BETWEEN 1 AND 1000)
);
CREATE INDEX variant_downloads_of_media ON variant_downloads (media_id);

-- How often a line's buyer was given a link; each is one download, however often it is interrupted.
CREATE TABLE order_downloads (
    line_id uuid NOT NULL,
    media_id uuid NOT NULL,
    links integer NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    CONSTRAINT order_downloads_pkey PRIMARY KEY (line_id, media_id),
    CONSTRAINT order_downloads_line FOREIGN KEY (line_id) REFERENCES order_lines (id),
    CONSTRAINT order_downloads_media FOREIGN KEY (media_id) REFERENCES media (id),
    CONSTRAINT order_downloads_counted CHECK (links > 0 AND first_at <= last_at)
);

GRANT SELECT, INSERT (variant_id, vendor_id, media_id, position, title, download_limit), UPDATE (position, title, download_limit), DELETE
    ON variant_downloads TO haat_app;
GRANT SELECT, INSERT (line_id, media_id, links, first_at, last_at), UPDATE (links, last_at) ON order_downloads TO haat_app;
GRANT SELECT ON variant_downloads, order_downloads TO haat_readonly;
