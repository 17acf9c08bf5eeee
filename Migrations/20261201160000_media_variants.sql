-- Smaller pictures that are made of uploaded ones. Each is a file of its own, fetched and removed as all are.
ALTER TABLE media ADD COLUMN original_id uuid;
ALTER TABLE media ADD COLUMN width integer;
ALTER TABLE media ADD COLUMN height integer;
ALTER TABLE media ADD CONSTRAINT media_original FOREIGN KEY (original_id) REFERENCES media (id);
ALTER TABLE media ADD CONSTRAINT media_variant_measured
    CHECK (num_nonnulls(original_id, width, height) IN (0, 3) AND width > 0 AND height > 0);
ALTER TABLE media ADD CONSTRAINT media_variant_is_picture CHECK (original_id IS NULL OR content_type LIKE 'image/%');
CREATE UNIQUE INDEX media_variants ON media (original_id, width, content_type) WHERE original_id IS NOT NULL;

-- People list what they have uploaded.
DROP INDEX media_vendor_newest;
CREATE INDEX media_vendor_newest ON media (vendor_id, id DESC) WHERE original_id IS NULL;

GRANT INSERT (original_id, width, height) ON media TO haat_app;
GRANT SELECT (original_id, width, height) ON media TO haat_readonly;
