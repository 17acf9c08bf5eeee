-- What buyers find goods by. All of it is made of other tables and can be made again at any time: `haat-worker search rebuild`.

-- Whatever a search can be narrowed by, as a small number: a category, a vendor, a country, a choice of an attribute, and what is in
-- stock. Documents carry the numbers, so that thousands of them are counted in a few milliseconds.
CREATE TABLE search_facets (
    id integer GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL,
    -- The category, the vendor or the attribute.
    subject uuid,
    -- The country, or what is chosen of an attribute.
    code text NOT NULL DEFAULT '',
    CONSTRAINT search_facets_pkey PRIMARY KEY (id),
    CONSTRAINT search_facets_once UNIQUE NULLS NOT DISTINCT (kind, subject, code),
    CONSTRAINT search_facets_kind_known CHECK (kind IN ('category', 'vendor', 'country', 'attribute', 'stock')),
    CONSTRAINT search_facets_subject_of_kind CHECK ((subject IS NOT NULL) = (kind IN ('category', 'vendor', 'attribute')))
);

-- A product of an active vendor that is on sale. What is read of many documents stands first.
CREATE TABLE search_documents (
    product_id uuid NOT NULL,
    -- Whether its vendor sells now, not being on holiday.
    is_listed boolean NOT NULL,
    -- Which of 64 samples it belongs to, as a negative number; then ids of search_facets: its vendor, its country, in stock, each 0
    -- where it has none; and behind them its categories, with those above, and choices of attributes.
    facets integer[] NOT NULL,
    -- What its cheapest variant costs now, in each currency.
    currencies text[] NOT NULL,
    prices bigint[] NOT NULL,
    -- When time alone changes it: a sale or its vendor's holiday begins or ends.
    changes_at timestamptz,
    -- Words by their weight: A of titles, B of the brand and of numbers, C of categories and attributes.
    names tsvector NOT NULL,
    -- The same with those of descriptions, weight D.
    words tsvector NOT NULL,
    -- What it adds to search_terms.
    terms text[] NOT NULL,
    CONSTRAINT search_documents_pkey PRIMARY KEY (product_id),
    CONSTRAINT search_documents_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
    CONSTRAINT search_documents_prices_whole CHECK (cardinality(currencies) = cardinality(prices))
);
-- Every search reads it, so that nothing waits in a list to be sorted in.
CREATE INDEX search_documents_found ON search_documents USING gin (words, facets) WITH (fastupdate = off);
CREATE INDEX search_documents_named ON search_documents USING gin (names) WITH (fastupdate = off);
CREATE INDEX search_documents_changing ON search_documents (changes_at) WHERE changes_at IS NOT NULL;

-- Its prices once more, in order: so that a page of a large part of the catalogue reads a page of it.
CREATE TABLE search_prices (
    product_id uuid NOT NULL,
    currency text NOT NULL,
    amount_minor bigint NOT NULL,
    CONSTRAINT search_prices_pkey PRIMARY KEY (product_id, currency),
    CONSTRAINT search_prices_document FOREIGN KEY (product_id) REFERENCES search_documents (product_id) ON DELETE CASCADE
);
CREATE INDEX search_prices_in_order ON search_prices (currency, amount_minor, product_id);

-- The words that names are made of, and the beginnings of titles: by these what is typed is completed and, where it is misspelt,
-- corrected.
CREATE TABLE search_terms (
    term text COLLATE "C" NOT NULL,
    is_word boolean NOT NULL,
    -- How a word sounds, in Latin letters whatever its script: words that differ in spelling or script share it. Empty for phrases.
    sound text COLLATE "C" NOT NULL,
    -- The trigrams of a word in Latin letters.
    trigrams text[] NOT NULL,
    -- How many products have it, as of the last count.
    products integer NOT NULL DEFAULT 1,
    CONSTRAINT search_terms_pkey PRIMARY KEY (term)
);
CREATE INDEX search_terms_sound ON search_terms (sound) WHERE sound <> '';
CREATE INDEX search_terms_common ON search_terms (left(term, 1), products DESC);
CREATE INDEX search_terms_trigrams ON search_terms USING gin (trigrams) WITH (fastupdate = off);

-- Words and phrases that are searched for as one.
CREATE TABLE search_synonyms (
    id uuid NOT NULL,
    -- As they were entered.
    terms text[] NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT search_synonyms_pkey PRIMARY KEY (id),
    CONSTRAINT search_synonyms_several CHECK (cardinality(terms) BETWEEN 2 AND 20)
);
CREATE TABLE search_synonym_terms (
    synonym_id uuid NOT NULL,
    -- As searches see it: its words with spaces between them.
    term text COLLATE "C" NOT NULL,
    CONSTRAINT search_synonym_terms_pkey PRIMARY KEY (term, synonym_id),
    CONSTRAINT search_synonym_terms_synonym FOREIGN KEY (synonym_id) REFERENCES search_synonyms (id) ON DELETE CASCADE
);
CREATE INDEX search_synonym_terms_of_synonym ON search_synonym_terms (synonym_id);

-- Products whose documents are to be made anew; one may be named many times. Whoever names them waits for nobody.
CREATE TABLE search_stale (
    id bigint GENERATED ALWAYS AS IDENTITY,
    product_id uuid NOT NULL,
    CONSTRAINT search_stale_pkey PRIMARY KEY (id)
);

-- Every way in which stock changes comes by here; only what runs out or comes back is worth a word.
CREATE FUNCTION note_stock_for_search() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO search_stale (product_id) SELECT product_id FROM variants WHERE id = NEW.variant_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER stock_began AFTER INSERT ON stock FOR EACH ROW
    WHEN (NEW.on_hand + NEW.backorder_limit > NEW.reserved) EXECUTE FUNCTION note_stock_for_search();
CREATE TRIGGER stock_ran_out_or_came_back AFTER UPDATE OF on_hand, reserved, backorder_limit ON stock FOR EACH ROW
    WHEN ((OLD.on_hand + OLD.backorder_limit > OLD.reserved) IS DISTINCT FROM (NEW.on_hand + NEW.backorder_limit > NEW.reserved))
    EXECUTE FUNCTION note_stock_for_search();

REVOKE EXECUTE ON FUNCTION note_stock_for_search() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION note_stock_for_search() TO haat_app;
GRANT SELECT, INSERT (kind, subject, code) ON search_facets TO haat_app;
GRANT SELECT, INSERT (product_id, is_listed, facets, currencies, prices, changes_at, names, words, terms),
    UPDATE (is_listed, facets, currencies, prices, changes_at, names, words, terms), DELETE
    ON search_documents TO haat_app;
GRANT SELECT, INSERT (product_id, currency, amount_minor), UPDATE (amount_minor), DELETE ON search_prices TO haat_app;
GRANT SELECT, INSERT (term, is_word, sound, trigrams, products), UPDATE (products), DELETE ON search_terms TO haat_app;
GRANT SELECT, INSERT (id, terms, created_at), DELETE ON search_synonyms TO haat_app;
GRANT SELECT, INSERT (synonym_id, term) ON search_synonym_terms TO haat_app;
-- To take a turn at them takes a right to change something of their rows.
GRANT SELECT, INSERT (product_id), UPDATE (product_id), DELETE ON search_stale TO haat_app;
GRANT SELECT ON search_facets, search_documents, search_prices, search_terms, search_synonyms, search_synonym_terms, search_stale
    TO haat_readonly;

-- What is on sale already.
INSERT INTO search_stale (product_id) SELECT id FROM products WHERE status = 'active' AND deleted_at IS NULL;
