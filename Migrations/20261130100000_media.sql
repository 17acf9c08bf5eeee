-- Files that vendors and the marketplace have uploaded. The bytes stand in a folder, under the id; a row says whose they are and who
-- may see them.
CREATE TABLE media (
    id uuid NOT NULL,
    -- NULL: the marketplace's own.
    vendor_id uuid,
    purpose text NOT NULL,
    is_public boolean NOT NULL,
    content_type text NOT NULL,
    size_bytes bigint NOT NULL,
    sha256 bytea NOT NULL,
    -- As the uploader calls it; gone with the file.
    file_name text,
    -- As the audit record names them.
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    deleted_at timestamptz,
    -- When the bytes were taken from the folder; until then they count against the vendor's quota.
    removed_at timestamptz,
    CONSTRAINT media_pkey PRIMARY KEY (id),
    CONSTRAINT media_vendor FOREIGN KEY (vendor_id) REFERENCES vendors (id),
    CONSTRAINT media_purpose_known CHECK (purpose IN (
        'product_image', 'vendor_image', 'vendor_document', 'import', 'order_document', 'complaint_attachment', 'personal_data')),
    CONSTRAINT media_content_type_known CHECK (content_type IN (
        'image/jpeg', 'image/png', 'image/webp', 'image/gif', 'application/pdf', 'text/csv', 'application/json')),
    CONSTRAINT media_public_purpose CHECK (NOT is_public OR purpose IN ('product_image', 'vendor_image')),
    CONSTRAINT media_size_positive CHECK (size_bytes > 0),
    CONSTRAINT media_sha256_length CHECK (octet_length(sha256) = 32),
    CONSTRAINT media_removed_after_deletion CHECK (removed_at IS NULL OR deleted_at IS NOT NULL),
    CONSTRAINT media_name_until_removed CHECK (removed_at IS NULL OR file_name IS NULL)
);
CREATE INDEX media_vendor_newest ON media (vendor_id, id DESC);
-- What is still to be taken from the folder.
CREATE INDEX media_unremoved ON media (deleted_at) WHERE deleted_at IS NOT NULL AND removed_at IS NULL;

-- What each vendor's files take in the folder.
CREATE TABLE media_usage (
    vendor_id uuid NOT NULL,
    size_bytes bigint NOT NULL,
    CONSTRAINT media_usage_pkey PRIMARY KEY (vendor_id),
    CONSTRAINT media_usage_vendor FOREIGN KEY (vendor_id) REFERENCES vendors (id),
    CONSTRAINT media_usage_not_negative CHECK (size_bytes >= 0)
);

-- What shows or keeps a file. While there is any, the file can't be deleted.
CREATE TABLE media_references (
    media_id uuid NOT NULL,
    -- A TypeID, such as prd_….
    subject text NOT NULL,
    -- What the file is to the subject, such as image or document.
    role text NOT NULL,
    CONSTRAINT media_references_pkey PRIMARY KEY (media_id, subject, role),
    CONSTRAINT media_references_media FOREIGN KEY (media_id) REFERENCES media (id)
);
CREATE INDEX media_references_subject ON media_references (subject, role);

GRANT SELECT, INSERT (id, vendor_id, purpose, is_public, content_type, size_bytes, sha256, file_name, created_by, created_at),
    UPDATE (deleted_at, removed_at, file_name)
    ON media TO haat_app;
GRANT SELECT, INSERT (vendor_id, size_bytes), UPDATE (size_bytes) ON media_usage TO haat_app;
GRANT SELECT, INSERT (media_id, subject, role), DELETE ON media_references TO haat_app;
GRANT SELECT (id, vendor_id, purpose, is_public, content_type, size_bytes, file_name, created_by, created_at, deleted_at, removed_at)
    ON media TO haat_readonly;
GRANT SELECT ON media_usage, media_references TO haat_readonly;
