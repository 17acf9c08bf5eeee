-- What the law asks of a listing differs by country and by day, and how goods are taxed does too: rows, never code.
CREATE TABLE tax_classes (
    code text NOT NULL,
    -- ISO 3166-1 alpha-2.
    country text NOT NULL,
    name text NOT NULL,
    valid_from date NOT NULL DEFAULT '-infinity',
    -- The first day on which it is not given any more.
    valid_to date NOT NULL DEFAULT 'infinity',
    CONSTRAINT tax_classes_pkey PRIMARY KEY (code),
    CONSTRAINT tax_classes_code_form CHECK (code ~ '^[a-z0-9_]{1,40}$'),
    CONSTRAINT tax_classes_country_code CHECK (country ~ '^[A-Z]{2}$'),
    CONSTRAINT tax_classes_period CHECK (valid_from < valid_to)
);
-- The classes of notification 9/2025-CT(Rate) and of the VAT and SD Act 2012. What each comes to is another table's.
INSERT INTO tax_classes (code, country, name, valid_from) VALUES
    ('in_nil', 'IN', 'Exempt goods', '-infinity'), ('in_merit', 'IN', 'Merit rate', '2025-09-22'),
    ('in_standard', 'IN', 'Standard rate', '2025-09-22'), ('in_demerit', 'IN', 'Luxury and sin goods', '2025-09-22'),
    ('in_apparel', 'IN', 'Apparel, by the price of a piece', '2025-09-22'),
    ('in_footwear', 'IN', 'Footwear, by the price of a pair', '2025-09-22'),
    ('bd_standard', 'BD', 'Standard rate', '-infinity'), ('bd_reduced', 'BD', 'Reduced rate', '-infinity'),
    ('bd_exempt', 'BD', 'Exempt goods', '-infinity');

-- What physical goods have to declare before they are shown to buyers in a country.
CREATE TABLE listing_duties (
    country text NOT NULL,
    declaration text NOT NULL,
    -- Goods from another country alone.
    is_for_imports boolean NOT NULL DEFAULT false,
    valid_from date NOT NULL DEFAULT '-infinity',
    valid_to date NOT NULL DEFAULT 'infinity',
    source text NOT NULL,
    CONSTRAINT listing_duties_pkey PRIMARY KEY (country, declaration, is_for_imports, valid_from),
    CONSTRAINT listing_duties_country_code CHECK (country ~ '^[A-Z]{2}$'),
    CONSTRAINT listing_duties_declaration_known CHECK (declaration IN ('country_of_origin', 'maker', 'importer',
        'generic_name', 'net_quantity', 'consumer_care', 'maximum_retail_price')),
    CONSTRAINT listing_duties_period CHECK (valid_from < valid_to)
);
-- UNCONFIRMED: since when each is asked of listings online.
INSERT INTO listing_duties (country, declaration, is_for_imports, source)
SELECT 'IN', declaration, is_for_imports, 'Legal Metrology (Packaged Commodities) Rules 2011, r.6 and r.6(10)'
FROM (VALUES ('country_of_origin', false), ('maker', false), ('importer', true), ('generic_name', false),
    ('net_quantity', false), ('consumer_care', false), ('maximum_retail_price', false)) AS duty (declaration, is_for_imports);

-- How the marketplace runs its catalogue. Its row is also the lock under which the category tree changes.
CREATE TABLE catalogue_settings (
    -- Whether what vendors publish is looked at before: never, when it first goes on sale, or after each edit as well.
    moderation text NOT NULL DEFAULT 'none',
    -- Where it sells: whose duties listings have.
    countries text[] NOT NULL DEFAULT '{}',
    -- The language of the texts that stand with the things themselves.
    locale text NOT NULL DEFAULT 'en',
    version bigint NOT NULL DEFAULT 1,
    the_only boolean NOT NULL DEFAULT true,
    CONSTRAINT catalogue_settings_pkey PRIMARY KEY (the_only),
    CONSTRAINT catalogue_settings_one_row CHECK (the_only),
    CONSTRAINT catalogue_settings_moderation_known CHECK (moderation IN ('none', 'publication', 'edits')),
    CONSTRAINT catalogue_settings_countries_few CHECK (cardinality(countries) <= 20)
);
INSERT INTO catalogue_settings DEFAULT VALUES;

ALTER TABLE products
    ADD COLUMN slug text,
    -- What it is sold in; its variants may have prices in other currencies besides.
    ADD COLUMN currency text,
    ADD COLUMN brand text NOT NULL DEFAULT '',
    ADD COLUMN seo_title text NOT NULL DEFAULT '',
    ADD COLUMN seo_description text NOT NULL DEFAULT '',
    -- The Harmonised System's code with 4, 6 or 8 digits.
    ADD COLUMN hsn text,
    ADD COLUMN tax_class text,
    ADD COLUMN country_of_origin text,
    ADD COLUMN generic_name text NOT NULL DEFAULT '',
    ADD COLUMN manufacturer_name text,
    ADD COLUMN manufacturer_address text,
    ADD COLUMN packer_name text,
    ADD COLUMN packer_address text,
    ADD COLUMN importer_name text,
    ADD COLUMN importer_address text,
    -- Whom buyers turn to, as the package says.
    ADD COLUMN consumer_care_name text,
    ADD COLUMN consumer_care_phone text,
    ADD COLUMN consumer_care_email text,
    ADD COLUMN published_at timestamptz,
    -- What became of the last review, and who decided.
    ADD COLUMN review_reason text,
    ADD COLUMN reviewed_by text,
    ADD COLUMN reviewed_at timestamptz,
    ADD COLUMN deleted_at timestamptz,
    DROP CONSTRAINT products_status_known,
    ADD CONSTRAINT products_status_known CHECK (status IN ('draft', 'in_review', 'active', 'archived')),
    ADD CONSTRAINT products_hsn_form CHECK (hsn ~ '^[0-9]{4}([0-9]{2}){0,2}$'),
    ADD CONSTRAINT products_tax_class FOREIGN KEY (tax_class) REFERENCES tax_classes (code),
    ADD CONSTRAINT products_country_of_origin_code CHECK (country_of_origin ~ '^[A-Z]{2}$'),
    ADD CONSTRAINT products_manufacturer_whole CHECK (num_nulls(manufacturer_name, manufacturer_address) <> 1),
    ADD CONSTRAINT products_packer_whole CHECK (num_nulls(packer_name, packer_address) <> 1),
    ADD CONSTRAINT products_importer_whole CHECK (num_nulls(importer_name, importer_address) <> 1),
    ADD CONSTRAINT products_consumer_care_whole
        CHECK (num_nulls(consumer_care_name, consumer_care_phone, consumer_care_email) IN (0, 3)),
    ADD CONSTRAINT products_review_whole CHECK (num_nulls(reviewed_by, reviewed_at) <> 1
        AND (review_reason IS NULL OR reviewed_at IS NOT NULL)),
    -- What was deleted is not for sale.
    ADD CONSTRAINT products_deleted_off_sale CHECK (deleted_at IS NULL OR status IN ('draft', 'archived'));

UPDATE products SET slug = 'product-' || right(replace(id::text, '-', ''), 12),
    currency = coalesce((SELECT currency FROM variants WHERE product_id = products.id ORDER BY position LIMIT 1), 'BDT'),
    published_at = CASE WHEN status = 'draft' THEN NULL ELSE created_at END;

ALTER TABLE products
    ALTER COLUMN slug SET NOT NULL,
    ALTER COLUMN currency SET NOT NULL,
    ADD CONSTRAINT products_currency_code CHECK (currency ~ '^[A-Z]{3}$');

-- Every name that a product has had: a link to an old one still leads to it, and nobody else gets it.
CREATE TABLE product_slugs (
    slug text NOT NULL,
    product_id uuid NOT NULL,
    CONSTRAINT product_slugs_pkey PRIMARY KEY (slug),
    CONSTRAINT product_slugs_slug_product UNIQUE (slug, product_id),
    CONSTRAINT product_slugs_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
    CONSTRAINT product_slugs_form CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 120)
);
CREATE INDEX product_slugs_of_product ON product_slugs (product_id);
INSERT INTO product_slugs (slug, product_id) SELECT slug, id FROM products;
ALTER TABLE products ADD CONSTRAINT products_slug FOREIGN KEY (slug, id) REFERENCES product_slugs (slug, product_id)
    DEFERRABLE INITIALLY DEFERRED;

-- With a generic plan a partial index serves only what stands in the statement's text.
DROP INDEX products_active;
CREATE INDEX products_on_sale ON products (id DESC) WHERE status = 'active' AND deleted_at IS NULL;
CREATE INDEX products_of_vendor_on_sale ON products (vendor_id, id DESC) WHERE status = 'active' AND deleted_at IS NULL;
CREATE INDEX products_in_review ON products (id DESC) WHERE status = 'in_review' AND deleted_at IS NULL;
CREATE INDEX products_archived ON products (id DESC) WHERE status = 'archived' AND deleted_at IS NULL;
CREATE INDEX products_draft ON products (id DESC) WHERE status = 'draft' AND deleted_at IS NULL;
CREATE INDEX products_deleted ON products (id DESC) WHERE deleted_at IS NOT NULL;

-- What variants differ in: size, colour.
CREATE TABLE product_options (
    product_id uuid NOT NULL,
    position integer NOT NULL,
    name text NOT NULL,
    -- In the order in which they are shown.
    choices text[] NOT NULL,
    CONSTRAINT product_options_pkey PRIMARY KEY (product_id, position),
    CONSTRAINT product_options_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
    CONSTRAINT product_options_few CHECK (position BETWEEN 1 AND 3),
    CONSTRAINT product_options_choices_few CHECK (cardinality(choices) BETWEEN 1 AND 100),
    CONSTRAINT product_options_name UNIQUE (product_id, name)
);

ALTER TABLE variants
    -- One of each of the product's options, in their order; empty where it has none.
    ADD COLUMN choices text[] NOT NULL DEFAULT '{}',
    -- GTIN-8, -12, -13 or -14; equal goods of several vendors are grouped by it.
    ADD COLUMN gtin text,
    ADD COLUMN length_mm integer,
    ADD COLUMN width_mm integer,
    ADD COLUMN height_mm integer,
    -- Of one order.
    ADD COLUMN minimum_quantity bigint NOT NULL DEFAULT 1,
    ADD COLUMN maximum_quantity bigint,
    ADD COLUMN net_quantity integer,
    ADD COLUMN net_unit text,
    -- Orders still refer to it.
    ADD COLUMN removed_at timestamptz,
    DROP CONSTRAINT variants_position,
    DROP CONSTRAINT variants_sku,
    ADD CONSTRAINT variants_choices_few CHECK (cardinality(choices) <= 3),
    ADD CONSTRAINT variants_gtin_form CHECK (gtin ~ '^([0-9]{8}|[0-9]{12,14})$'),
    ADD CONSTRAINT variants_dimensions_whole CHECK (num_nulls(length_mm, width_mm, height_mm) IN (0, 3)
        AND (length_mm IS NULL OR kind = 'physical')),
    ADD CONSTRAINT variants_dimensions_positive CHECK (least(length_mm, width_mm, height_mm) > 0),
    ADD CONSTRAINT variants_quantities_in_order
        CHECK (minimum_quantity >= 1 AND (maximum_quantity IS NULL OR maximum_quantity >= minimum_quantity)),
    ADD CONSTRAINT variants_net_quantity_whole CHECK (num_nulls(net_quantity, net_unit) <> 1),
    ADD CONSTRAINT variants_net_quantity_positive CHECK (net_quantity > 0),
    ADD CONSTRAINT variants_net_unit_known CHECK (net_unit IN ('g', 'kg', 'ml', 'l', 'cm', 'm', 'piece')),
    -- What prices refer to.
    ADD CONSTRAINT variants_id_product UNIQUE (id, product_id);
CREATE UNIQUE INDEX variants_sku ON variants (vendor_id, sku) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX variants_choices ON variants (product_id, choices) WHERE removed_at IS NULL AND choices <> '{}';
CREATE INDEX variants_of_product ON variants (product_id, position, id) WHERE removed_at IS NULL;
CREATE INDEX variants_gtin ON variants (gtin) WHERE gtin IS NOT NULL AND removed_at IS NULL;

-- Whether sale prices follow one another: each ends after it begins, and not after the next one begins.
CREATE FUNCTION are_successive(starts timestamptz[], ends timestamptz[]) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path FROM CURRENT AS $$
    SELECT array_position(starts, NULL) IS NULL
        AND array_position(ends, NULL) IS NULL AND NOT EXISTS (
            SELECT FROM generate_subscripts(starts, 1) AS i
            WHERE starts[i] >= ends[i] OR (i > 1 AND ends[i - 1] > starts[i]))
$$;

-- What a variant costs in a currency. Sale prices stand in its row, so that no two of them can hold at once, and so that a page of the
-- catalogue finds the price that holds now without looking anywhere else.
CREATE TABLE prices (
    variant_id uuid NOT NULL,
    product_id uuid NOT NULL,
    currency text NOT NULL,
    amount_minor bigint NOT NULL,
    -- What it is said to have cost before.
    compare_at_minor bigint,
    -- The maximum retail price that is printed on the package, taxes included: a ceiling.
    maximum_retail_minor bigint,
    sale_amounts bigint[] NOT NULL DEFAULT '{}',
    sale_starts timestamptz[] NOT NULL DEFAULT '{}',
    sale_ends timestamptz[] NOT NULL DEFAULT '{}',
    CONSTRAINT prices_pkey PRIMARY KEY (variant_id, currency),
    CONSTRAINT prices_variant FOREIGN KEY (variant_id, product_id) REFERENCES variants (id, product_id) ON DELETE CASCADE,
    CONSTRAINT prices_currency_code CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT prices_not_negative CHECK (amount_minor >= 0),
    CONSTRAINT prices_compared_with_more CHECK (compare_at_minor > amount_minor),
    CONSTRAINT prices_within_maximum CHECK (amount_minor <= maximum_retail_minor),
    CONSTRAINT prices_sales_few CHECK (cardinality(sale_amounts) <= 20),
    CONSTRAINT prices_sales_whole CHECK (cardinality(sale_amounts) = cardinality(sale_starts)
        AND cardinality(sale_amounts) = cardinality(sale_ends)),
    CONSTRAINT prices_sales_successive CHECK (sale_starts = '{}' OR are_successive(sale_starts, sale_ends)),
    CONSTRAINT prices_sales_lower CHECK (0 <= ALL (sale_amounts) AND amount_minor > ALL (sale_amounts))
);
INSERT INTO prices (variant_id, product_id, currency, amount_minor)
SELECT id, product_id, currency, price_minor FROM variants;
ALTER TABLE variants DROP COLUMN price_minor, DROP COLUMN currency;

-- Pictures and documents, in the order in which they are shown.
CREATE TABLE product_media (
    product_id uuid NOT NULL,
    position integer NOT NULL,
    media_id uuid NOT NULL,
    -- The variant that it shows; NULL for all of them.
    variant_id uuid,
    alt_text text NOT NULL DEFAULT '',
    CONSTRAINT product_media_pkey PRIMARY KEY (product_id, position),
    CONSTRAINT product_media_media FOREIGN KEY (media_id) REFERENCES media (id),
    CONSTRAINT product_media_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
    CONSTRAINT product_media_variant FOREIGN KEY (variant_id, product_id) REFERENCES variants (id, product_id) ON DELETE CASCADE,
    CONSTRAINT product_media_once UNIQUE (product_id, media_id),
    CONSTRAINT product_media_few CHECK (position BETWEEN 1 AND 50)
);

REVOKE EXECUTE ON FUNCTION are_successive(timestamptz[], timestamptz[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION are_successive(timestamptz[], timestamptz[]) TO haat_app;

GRANT SELECT ON tax_classes, listing_duties TO haat_app;
GRANT SELECT, UPDATE (moderation, countries, locale, version) ON catalogue_settings TO haat_app;
GRANT INSERT (slug, currency, brand, seo_title, seo_description, hsn, tax_class, country_of_origin, generic_name,
        manufacturer_name, manufacturer_address, packer_name, packer_address, importer_name, importer_address,
        consumer_care_name, consumer_care_phone, consumer_care_email, published_at),
    UPDATE (slug, brand, seo_title, seo_description, hsn, tax_class, country_of_origin, generic_name,
        manufacturer_name, manufacturer_address, packer_name, packer_address, importer_name, importer_address,
        consumer_care_name, consumer_care_phone, consumer_care_email, published_at, review_reason, reviewed_by, reviewed_at,
        deleted_at), DELETE
    ON products TO haat_app;
GRANT SELECT, INSERT (slug, product_id), DELETE ON product_slugs TO haat_app;
GRANT SELECT, INSERT (product_id, position, name, choices), DELETE ON product_options TO haat_app;
GRANT INSERT (choices, gtin, length_mm, width_mm, height_mm, minimum_quantity, maximum_quantity, net_quantity, net_unit),
    UPDATE (title, sku, position, choices, gtin, weight_grams, length_mm, width_mm, height_mm, minimum_quantity,
        maximum_quantity, net_quantity, net_unit, removed_at), DELETE
    ON variants TO haat_app;
GRANT SELECT,
    INSERT (variant_id, product_id, currency, amount_minor, compare_at_minor, maximum_retail_minor, sale_amounts, sale_starts,
        sale_ends),
    UPDATE (amount_minor, compare_at_minor, maximum_retail_minor, sale_amounts, sale_starts, sale_ends), DELETE
    ON prices TO haat_app;
GRANT SELECT, INSERT (product_id, position, media_id, variant_id, alt_text), DELETE ON product_media TO haat_app;
GRANT SELECT ON tax_classes, listing_duties, catalogue_settings, product_slugs, product_options, prices, product_media
    TO haat_readonly;
