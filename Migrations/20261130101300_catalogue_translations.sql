-- In which languages a text is looked for after the one that is wanted, the first rank first. What has no row falls back to its language
-- without the region, and all of them at last to the catalogue's own.
CREATE TABLE locale_fallbacks (
    locale text NOT NULL,
    rank integer NOT NULL,
    fallback text NOT NULL,
    CONSTRAINT locale_fallbacks_pkey PRIMARY KEY (locale, rank),
    CONSTRAINT locale_fallbacks_once UNIQUE (locale, fallback),
    CONSTRAINT locale_fallbacks_few CHECK (rank BETWEEN 1 AND 5),
    CONSTRAINT locale_fallbacks_other CHECK (fallback <> locale),
    CONSTRAINT locale_fallbacks_form CHECK (locale ~ '^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$'
        AND fallback ~ '^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$')
);
INSERT INTO locale_fallbacks (locale, rank, fallback) VALUES
    ('bn-BD', 1, 'bn'), ('bn-BD', 2, 'en'), ('en-BD', 1, 'en'), ('en-BD', 2, 'bn'),
    ('bn-IN', 1, 'bn'), ('bn-IN', 2, 'hi'), ('bn-IN', 3, 'en'), ('en-IN', 1, 'en'), ('en-IN', 2, 'hi'),
    ('hi-IN', 1, 'hi'), ('hi-IN', 2, 'en'), ('ta-IN', 1, 'ta'), ('ta-IN', 2, 'en'), ('te-IN', 1, 'te'), ('te-IN', 2, 'en'),
    ('mr-IN', 1, 'mr'), ('mr-IN', 2, 'hi'), ('mr-IN', 3, 'en'), ('ne-NP', 1, 'ne'), ('ne-NP', 2, 'en'),
    ('ur-PK', 1, 'ur'), ('ur-PK', 2, 'en'), ('si-LK', 1, 'si'), ('si-LK', 2, 'en'), ('ta-LK', 1, 'ta'), ('ta-LK', 2, 'en');

-- The texts of products, categories and attributes in further languages; those in the catalogue's own stand with the things.
CREATE TABLE product_translations (
    product_id uuid NOT NULL,
    locale text NOT NULL,
    title text NOT NULL,
    description text NOT NULL DEFAULT '',
    seo_title text NOT NULL DEFAULT '',
    seo_description text NOT NULL DEFAULT '',
    CONSTRAINT product_translations_pkey PRIMARY KEY (product_id, locale),
    CONSTRAINT product_translations_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
    CONSTRAINT product_translations_locale_form CHECK (locale ~ '^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$')
);

CREATE TABLE category_translations (
    category_id uuid NOT NULL,
    locale text NOT NULL,
    name text NOT NULL,
    description text NOT NULL DEFAULT '',
    seo_title text NOT NULL DEFAULT '',
    seo_description text NOT NULL DEFAULT '',
    CONSTRAINT category_translations_pkey PRIMARY KEY (category_id, locale),
    CONSTRAINT category_translations_category FOREIGN KEY (category_id) REFERENCES categories (id) ON DELETE CASCADE,
    CONSTRAINT category_translations_locale_form CHECK (locale ~ '^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$')
);

CREATE TABLE attribute_translations (
    attribute_id uuid NOT NULL,
    locale text NOT NULL,
    name text NOT NULL,
    -- The names of its choices by their codes; those that are missing fall back one by one.
    choices jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT attribute_translations_pkey PRIMARY KEY (attribute_id, locale),
    CONSTRAINT attribute_translations_attribute FOREIGN KEY (attribute_id) REFERENCES attributes (id) ON DELETE CASCADE,
    CONSTRAINT attribute_translations_choices_by_code CHECK (jsonb_typeof(choices) = 'object'),
    CONSTRAINT attribute_translations_locale_form CHECK (locale ~ '^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$')
);

-- The languages in which a text is looked for, in this order: what is wanted and what it falls back to, without the catalogue's own and
-- what would come after it.
-- PL/pgSQL keeps its plan, which a page of products would otherwise pay for each time.
CREATE FUNCTION locale_chain(wanted text[]) RETURNS text[]
LANGUAGE plpgsql STABLE SET search_path FROM CURRENT AS $$
DECLARE
    own text := (SELECT locale FROM catalogue_settings);
    chain text[] := '{}';
    tried text;
BEGIN
    FOR tried IN
        SELECT found.locale FROM unnest(wanted) WITH ORDINALITY AS want (locale, place), LATERAL (
            SELECT want.locale, 0 AS rank
            UNION ALL SELECT fallback, rank FROM locale_fallbacks WHERE locale_fallbacks.locale = want.locale
            UNION ALL SELECT split_part(want.locale, '-', 1), 100
        ) AS found
        ORDER BY want.place, found.rank
    LOOP
        EXIT WHEN tried = own;
        IF tried <> ALL (chain) THEN
            chain := chain || tried;
        END IF;
    END LOOP;
    RETURN chain;
END
$$;

REVOKE EXECUTE ON FUNCTION locale_chain(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION locale_chain(text[]) TO haat_app;
GRANT SELECT, INSERT (locale, rank, fallback), DELETE ON locale_fallbacks TO haat_app;
GRANT SELECT, INSERT (product_id, locale, title, description, seo_title, seo_description),
    UPDATE (title, description, seo_title, seo_description), DELETE
    ON product_translations TO haat_app;
GRANT SELECT, INSERT (category_id, locale, name, description, seo_title, seo_description),
    UPDATE (name, description, seo_title, seo_description), DELETE
    ON category_translations TO haat_app;
GRANT SELECT, INSERT (attribute_id, locale, name, choices), UPDATE (name, choices), DELETE ON attribute_translations TO haat_app;
GRANT SELECT ON locale_fallbacks, product_translations, category_translations, attribute_translations TO haat_readonly;
