-- One tree. Each category keeps its way from the root, itself last, so that all below one are found, and moved, in one statement.
CREATE TABLE categories (
    id uuid NOT NULL,
    parent_id uuid,
    path uuid[] NOT NULL,
    -- Among its siblings.
    position integer NOT NULL DEFAULT 0,
    slug text NOT NULL,
    name text NOT NULL,
    description text NOT NULL DEFAULT '',
    seo_title text NOT NULL DEFAULT '',
    seo_description text NOT NULL DEFAULT '',
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT categories_pkey PRIMARY KEY (id),
    CONSTRAINT categories_parent FOREIGN KEY (parent_id) REFERENCES categories (id),
    CONSTRAINT categories_path_ends_here CHECK (path[cardinality(path)] = id
        AND path[cardinality(path) - 1] IS NOT DISTINCT FROM parent_id),
    CONSTRAINT categories_depth CHECK (cardinality(path) BETWEEN 1 AND 8)
);
CREATE INDEX categories_of_parent ON categories (parent_id);
CREATE INDEX categories_below ON categories USING gin (path);

-- Every name that a category has had, as of products.
CREATE TABLE category_slugs (
    slug text NOT NULL,
    category_id uuid NOT NULL,
    CONSTRAINT category_slugs_pkey PRIMARY KEY (slug),
    CONSTRAINT category_slugs_slug_category UNIQUE (slug, category_id),
    CONSTRAINT category_slugs_category FOREIGN KEY (category_id) REFERENCES categories (id) ON DELETE CASCADE,
    CONSTRAINT category_slugs_form CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 120)
);
CREATE INDEX category_slugs_of_category ON category_slugs (category_id);
ALTER TABLE categories ADD CONSTRAINT categories_slug FOREIGN KEY (slug, id) REFERENCES category_slugs (slug, category_id)
    DEFERRABLE INITIALLY DEFERRED;

-- Where a vendor has put a product.
CREATE TABLE product_categories (
    product_id uuid NOT NULL,
    category_id uuid NOT NULL,
    -- The first is the product's own: where it is shown to stand.
    position integer NOT NULL,
    CONSTRAINT product_categories_pkey PRIMARY KEY (product_id, category_id),
    CONSTRAINT product_categories_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
    CONSTRAINT product_categories_category FOREIGN KEY (category_id) REFERENCES categories (id),
    CONSTRAINT product_categories_position UNIQUE (product_id, position),
    CONSTRAINT product_categories_few CHECK (position BETWEEN 1 AND 10)
);
CREATE INDEX product_categories_of_category ON product_categories (category_id, product_id);

-- What is on sale in each category or below it: what pages of a category read, however many categories are below.
CREATE TABLE category_listings (
    category_id uuid NOT NULL,
    product_id uuid NOT NULL,
    CONSTRAINT category_listings_pkey PRIMARY KEY (category_id, product_id),
    CONSTRAINT category_listings_category FOREIGN KEY (category_id) REFERENCES categories (id),
    CONSTRAINT category_listings_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE
);
CREATE INDEX category_listings_of_product ON category_listings (product_id);

-- Brings the listings of products in line with what they are and where they stand, while nobody rearranges the tree.
CREATE FUNCTION list_in_categories(products_changed uuid[]) RETURNS void
LANGUAGE sql SET search_path FROM CURRENT AS $$
    SELECT FROM catalogue_settings FOR KEY SHARE;
    WITH listed AS (
        SELECT DISTINCT unnest(category.path) AS category_id, product.id AS product_id
        FROM products AS product
        JOIN product_categories AS placed ON placed.product_id = product.id
        JOIN categories AS category ON category.id = placed.category_id
        WHERE product.id = ANY (products_changed) AND product.status = 'active' AND product.deleted_at IS NULL
    ), unlisted AS (
        DELETE FROM category_listings AS listing WHERE product_id = ANY (products_changed)
            AND NOT EXISTS (SELECT FROM listed WHERE (listed.category_id, listed.product_id) =
                (listing.category_id, listing.product_id))
    )
    INSERT INTO category_listings (category_id, product_id) SELECT category_id, product_id FROM listed
    ON CONFLICT DO NOTHING
$$;

-- Products that are shown together, put there by hand: the marketplace's, or a vendor's own.
CREATE TABLE collections (
    id uuid NOT NULL,
    vendor_id uuid,
    slug text NOT NULL,
    title text NOT NULL,
    description text NOT NULL DEFAULT '',
    is_published boolean NOT NULL DEFAULT false,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT collections_pkey PRIMARY KEY (id),
    CONSTRAINT collections_vendor FOREIGN KEY (vendor_id) REFERENCES vendors (id),
    CONSTRAINT collections_slug UNIQUE (slug),
    CONSTRAINT collections_slug_form CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 120)
);
CREATE INDEX collections_published ON collections (id DESC) WHERE is_published;
CREATE INDEX collections_of_vendor ON collections (vendor_id, id DESC);

CREATE TABLE collection_products (
    collection_id uuid NOT NULL,
    product_id uuid NOT NULL,
    position integer NOT NULL,
    CONSTRAINT collection_products_pkey PRIMARY KEY (collection_id, position),
    CONSTRAINT collection_products_once UNIQUE (collection_id, product_id),
    CONSTRAINT collection_products_collection FOREIGN KEY (collection_id) REFERENCES collections (id) ON DELETE CASCADE,
    CONSTRAINT collection_products_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
    CONSTRAINT collection_products_few CHECK (position BETWEEN 1 AND 1000)
);
CREATE INDEX collection_products_of_product ON collection_products (product_id);

REVOKE EXECUTE ON FUNCTION list_in_categories(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION list_in_categories(uuid[]) TO haat_app;
GRANT SELECT, INSERT (id, parent_id, path, position, slug, name, description, seo_title, seo_description, created_at, updated_at),
    UPDATE (parent_id, path, position, slug, name, description, seo_title, seo_description, version, updated_at), DELETE
    ON categories TO haat_app;
GRANT SELECT, INSERT (slug, category_id), DELETE ON category_slugs TO haat_app;
GRANT SELECT, INSERT (product_id, category_id, position), DELETE ON product_categories TO haat_app;
GRANT SELECT, INSERT (category_id, product_id), DELETE ON category_listings TO haat_app;
GRANT SELECT, INSERT (id, vendor_id, slug, title, description, is_published, created_at, updated_at),
    UPDATE (slug, title, description, is_published, version, updated_at), DELETE
    ON collections TO haat_app;
GRANT SELECT, INSERT (collection_id, product_id, position), DELETE ON collection_products TO haat_app;
GRANT SELECT ON categories, category_slugs, product_categories, category_listings, collections, collection_products TO haat_readonly;
