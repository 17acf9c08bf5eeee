-- What customers keep with the marketplace, what they have agreed to, and how they come in as tables.

-- Where post codes lie, by the digits that they begin with. UNCONFIRMED: the postal circles and the borders that codes straddle, which is
-- why a person can say that their State is right all the same. Codes that begin with 9 are the army's, and lie anywhere.
CREATE TABLE postal_zones (
    country text NOT NULL,
    prefix text NOT NULL,
    -- Their codes in `regions`.
    regions text[] NOT NULL,
    CONSTRAINT postal_zones_pkey PRIMARY KEY (country, prefix),
    CONSTRAINT postal_zones_prefix_digits CHECK (prefix ~ '^[0-9]{1,6}$'),
    CONSTRAINT postal_zones_regions_some CHECK (cardinality(regions) > 0)
);
INSERT INTO postal_zones (country, prefix, regions) VALUES
    ('IN', '11', '{07}'), ('IN', '12', '{06}'), ('IN', '13', '{06}'), ('IN', '14', '{03,04}'), ('IN', '15', '{03}'),
    ('IN', '16', '{03,04,06}'), ('IN', '17', '{02}'), ('IN', '18', '{01}'), ('IN', '19', '{01}'), ('IN', '194', '{01,38}'),
    ('IN', '20', '{09}'), ('IN', '21', '{09}'), ('IN', '22', '{09}'), ('IN', '23', '{09}'), ('IN', '24', '{05,09}'),
    ('IN', '25', '{09}'), ('IN', '26', '{05,09}'), ('IN', '27', '{09}'), ('IN', '28', '{09}'),
    ('IN', '30', '{08}'), ('IN', '31', '{08}'), ('IN', '32', '{08}'), ('IN', '33', '{08}'), ('IN', '34', '{08}'),
    ('IN', '36', '{24}'), ('IN', '362', '{24,26}'), ('IN', '37', '{24}'), ('IN', '38', '{24}'), ('IN', '39', '{24}'),
    ('IN', '396', '{24,26}'),
    ('IN', '40', '{27}'), ('IN', '403', '{30}'), ('IN', '41', '{27}'), ('IN', '42', '{27}'), ('IN', '43', '{27}'),
    ('IN', '44', '{27}'), ('IN', '45', '{23}'), ('IN', '46', '{23}'), ('IN', '47', '{23}'), ('IN', '48', '{23}'),
    ('IN', '49', '{22}'),
    ('IN', '50', '{36,37}'), ('IN', '51', '{36,37}'), ('IN', '52', '{36,37}'), ('IN', '53', '{36,37}'),
    ('IN', '533', '{34,37}'), ('IN', '56', '{29}'), ('IN', '57', '{29}'), ('IN', '58', '{29}'), ('IN', '59', '{29}'),
    ('IN', '60', '{33,34}'), ('IN', '61', '{33}'), ('IN', '62', '{33}'), ('IN', '63', '{33}'), ('IN', '64', '{33}'),
    ('IN', '67', '{32}'), ('IN', '673', '{32,34}'), ('IN', '68', '{32}'), ('IN', '682', '{31,32}'), ('IN', '69', '{32}'),
    ('IN', '70', '{19}'), ('IN', '71', '{19}'), ('IN', '72', '{19}'), ('IN', '73', '{19}'), ('IN', '737', '{11}'),
    ('IN', '74', '{19}'), ('IN', '744', '{35}'), ('IN', '75', '{21}'), ('IN', '76', '{21}'), ('IN', '77', '{21}'),
    ('IN', '78', '{18}'), ('IN', '79', '{12,13,14,15,16,17,18}'),
    ('IN', '80', '{10}'), ('IN', '81', '{10,20}'), ('IN', '82', '{10,20}'), ('IN', '83', '{20}'), ('IN', '84', '{10}'),
    ('IN', '85', '{10}');

-- What people call regions in their own language.
UPDATE regions SET aliases = aliases || normalize(named.name, NFC)
FROM (VALUES
    ('BD-A', 'বরিশাল'), ('BD-B', 'চট্টগ্রাম'), ('BD-C', 'ঢাকা'), ('BD-D', 'খুলনা'),
    ('BD-E', 'রাজশাহী'), ('BD-F', 'রংপুর'), ('BD-G', 'সিলেট'), ('BD-H', 'ময়মনসিংহ'),
    ('BD-01', 'বান্দরবান'), ('BD-02', 'বরগুনা'), ('BD-03', 'বগুড়া'), ('BD-04', 'ব্রাহ্মণবাড়িয়া'),
    ('BD-05', 'বাগেরহাট'), ('BD-06', 'বরিশাল'), ('BD-07', 'ভোলা'), ('BD-08', 'কুমিল্লা'),
    ('BD-09', 'চাঁদপুর'), ('BD-10', 'চট্টগ্রাম'), ('BD-11', 'কক্সবাজার'), ('BD-12', 'চুয়াডাঙ্গা'),
    ('BD-13', 'ঢাকা'), ('BD-14', 'দিনাজপুর'), ('BD-15', 'ফরিদপুর'), ('BD-16', 'ফেনী'),
    ('BD-17', 'গোপালগঞ্জ'), ('BD-18', 'গাজীপুর'), ('BD-19', 'গাইবান্ধা'), ('BD-20', 'হবিগঞ্জ'),
    ('BD-21', 'জামালপুর'), ('BD-22', 'যশোর'), ('BD-23', 'ঝিনাইদহ'), ('BD-24', 'জয়পুরহাট'),
    ('BD-25', 'ঝালকাঠি'), ('BD-26', 'কিশোরগঞ্জ'), ('BD-27', 'খুলনা'), ('BD-28', 'কুড়িগ্রাম'),
    ('BD-29', 'খাগড়াছড়ি'), ('BD-30', 'কুষ্টিয়া'), ('BD-31', 'লক্ষ্মীপুর'), ('BD-32', 'লালমনিরহাট'),
    ('BD-33', 'মানিকগঞ্জ'), ('BD-34', 'ময়মনসিংহ'), ('BD-35', 'মুন্সিগঞ্জ'), ('BD-36', 'মাদারীপুর'),
    ('BD-37', 'মাগুরা'), ('BD-38', 'মৌলভীবাজার'), ('BD-39', 'মেহেরপুর'), ('BD-40', 'নারায়ণগঞ্জ'),
    ('BD-41', 'নেত্রকোণা'), ('BD-42', 'নরসিংদী'), ('BD-43', 'নড়াইল'), ('BD-44', 'নাটোর'),
    ('BD-45', 'চাঁপাইনবাবগঞ্জ'), ('BD-46', 'নীলফামারী'), ('BD-47', 'নোয়াখালী'), ('BD-48', 'নওগাঁ'),
    ('BD-49', 'পাবনা'), ('BD-50', 'পিরোজপুর'), ('BD-51', 'পটুয়াখালী'), ('BD-52', 'পঞ্চগড়'),
    ('BD-53', 'রাজবাড়ী'), ('BD-54', 'রাজশাহী'), ('BD-55', 'রংপুর'), ('BD-56', 'রাঙ্গামাটি'),
    ('BD-57', 'শেরপুর'), ('BD-58', 'সাতক্ষীরা'), ('BD-59', 'সিরাজগঞ্জ'), ('BD-60', 'সিলেট'),
    ('BD-61', 'সুনামগঞ্জ'), ('BD-62', 'শরীয়তপুর'), ('BD-63', 'টাঙ্গাইল'), ('BD-64', 'ঠাকুরগাঁও')
) AS named (code, name)
WHERE regions.country = 'BD' AND regions.code = named.code;
UPDATE regions SET aliases = aliases || named.names
FROM (
    SELECT code, array_agg(normalize(name, NFC)) AS names
    FROM (VALUES
        ('02', 'हिमाचल प्रदेश'), ('03', 'पंजाब'), ('05', 'उत्तराखंड'), ('06', 'हरियाणा'), ('07', 'दिल्ली'),
        ('07', 'NCT of Delhi'), ('07', 'New Delhi'), ('08', 'राजस्थान'), ('09', 'उत्तर प्रदेश'), ('10', 'बिहार'), ('18', 'অসম'),
        ('19', 'পশ্চিমবঙ্গ'), ('19', 'पश्चिम बंगाल'), ('20', 'झारखंड'), ('21', 'Orissa'), ('21', 'ओडिशा'), ('22', 'छत्तीसगढ़'),
        ('23', 'मध्य प्रदेश'), ('24', 'गुजरात'), ('27', 'महाराष्ट्र'), ('29', 'कर्नाटक'), ('30', 'गोवा'), ('34', 'Pondicherry'),
        ('36', 'तेलंगाना')
    ) AS spelt (code, name) GROUP BY code
) AS named
WHERE regions.country = 'IN' AND regions.code = named.code;

CREATE TABLE customer_addresses (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    -- What the customer calls it.
    label text,
    name text NOT NULL,
    -- For those who print labels in ASCII alone.
    name_latin text,
    -- E.164.
    phone text NOT NULL,
    alternate_phone text,
    address jsonb NOT NULL,
    -- Of the address: the place of supply is told by it.
    country text NOT NULL GENERATED ALWAYS AS (address->>'country') STORED,
    region text NOT NULL GENERATED ALWAYS AS (coalesce(address->>'state', address->>'district')) STORED,
    is_default_shipping boolean NOT NULL,
    is_default_billing boolean NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT customer_addresses_pkey PRIMARY KEY (id),
    CONSTRAINT customer_addresses_account FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE,
    CONSTRAINT customer_addresses_region FOREIGN KEY (country, region) REFERENCES regions (country, code),
    CONSTRAINT customer_addresses_phones_international
        CHECK (phone ~ '^\+[1-9][0-9]{7,14}$' AND alternate_phone ~ '^\+[1-9][0-9]{7,14}$'),
    CONSTRAINT customer_addresses_phones_differ CHECK (alternate_phone <> phone),
    CONSTRAINT customer_addresses_version_positive CHECK (version > 0)
);
CREATE INDEX customer_addresses_of_account ON customer_addresses (account_id, id);
CREATE UNIQUE INDEX customer_addresses_default_shipping ON customer_addresses (account_id) WHERE is_default_shipping;
CREATE UNIQUE INDEX customer_addresses_default_billing ON customer_addresses (account_id) WHERE is_default_billing;

-- What people are told before they agree to something, by purpose and language.
CREATE TABLE consent_notices (
    id uuid NOT NULL,
    purpose text NOT NULL,
    -- A language tag (BCP 47).
    locale text NOT NULL,
    version integer NOT NULL,
    text text NOT NULL,
    -- As the audit record names them.
    published_by text NOT NULL,
    published_at timestamptz NOT NULL,
    CONSTRAINT consent_notices_pkey PRIMARY KEY (id),
    CONSTRAINT consent_notices_version UNIQUE (purpose, locale, version),
    -- What consents refer to, so that a consent's notice is always of its purpose, version and language.
    CONSTRAINT consent_notices_as_shown UNIQUE (id, purpose, version, locale),
    CONSTRAINT consent_notices_purpose_known CHECK (purpose IN (
        'marketing_email', 'marketing_sms', 'analytics', 'personalisation', 'vendor_sharing')),
    CONSTRAINT consent_notices_version_positive CHECK (version > 0),
    CONSTRAINT consent_notices_text_given CHECK (text <> '')
);
SELECT make_append_only('consent_notices');

-- What people have agreed to, or agree to no more: the newest row of a purpose holds. It is evidence, and names people by their accounts
-- alone, so that it can outlive what was known of them.
CREATE TABLE consents (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    purpose text NOT NULL,
    is_given boolean NOT NULL,
    notice_id uuid,
    notice_version integer,
    locale text,
    source text NOT NULL,
    -- What an imported table tells of where it was given.
    note text,
    -- By the person; an imported one is recorded later.
    decided_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT consents_pkey PRIMARY KEY (id),
    CONSTRAINT consents_account FOREIGN KEY (account_id) REFERENCES accounts (id),
    CONSTRAINT consents_notice FOREIGN KEY (notice_id, purpose, notice_version, locale)
        REFERENCES consent_notices (id, purpose, version, locale),
    CONSTRAINT consents_purpose_known CHECK (purpose IN (
        'marketing_email', 'marketing_sms', 'analytics', 'personalisation', 'vendor_sharing')),
    CONSTRAINT consents_source_known CHECK (source IN ('account', 'import')),
    CONSTRAINT consents_notice_whole CHECK (num_nulls(notice_id, notice_version, locale) IN (0, 3)),
    -- Nobody agrees in their account to what they were not shown.
    CONSTRAINT consents_given_to_a_notice CHECK ((notice_id IS NOT NULL) = (is_given AND source = 'account')),
    CONSTRAINT consents_note_of_import CHECK ((note IS NULL OR note <> '') AND (source = 'import' OR note IS NULL))
);
CREATE INDEX consents_of_account ON consents (account_id, id);
CREATE INDEX consents_newest ON consents (account_id, purpose, id DESC);
SELECT make_append_only('consents');

CREATE TABLE wish_list_items (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    -- No references: what somebody wishes for keeps nobody from erasing it.
    product_id uuid NOT NULL,
    variant_id uuid,
    -- What the product was called when it was added.
    title text NOT NULL,
    added_at timestamptz NOT NULL,
    CONSTRAINT wish_list_items_pkey PRIMARY KEY (id),
    CONSTRAINT wish_list_items_account FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE,
    CONSTRAINT wish_list_items_once UNIQUE NULLS NOT DISTINCT (account_id, product_id, variant_id)
);
CREATE INDEX wish_list_items_of_account ON wish_list_items (account_id, id DESC);

-- How the staff finds customers: by the beginning of an address or a name, and by whole words of a name.
ALTER TABLE accounts
    ADD COLUMN name_key text GENERATED ALWAYS AS (lower(name COLLATE "C")) STORED,
    ADD COLUMN name_words text[] GENERATED ALWAYS AS (
        string_to_array(lower((coalesce(name, '') || ' ' || coalesce(name_latin, '')) COLLATE "C"), ' ')) STORED;
CREATE INDEX accounts_email_prefix ON accounts (email_key text_pattern_ops);
CREATE INDEX accounts_name_prefix ON accounts (name_key text_pattern_ops);
CREATE INDEX accounts_name_words ON accounts USING gin (name_words);

-- Customers who come in as a table. The file is deleted once it is taken in: it tells of people.
CREATE TABLE customer_imports (
    id uuid NOT NULL,
    media_id uuid NOT NULL,
    -- Whether nothing is written but the report.
    is_dry_run boolean NOT NULL,
    -- Where telephone numbers without a country's code are from.
    phone_country text NOT NULL,
    -- The language of what is sent to those of whom the file tells none.
    locale text NOT NULL,
    state text NOT NULL DEFAULT 'queued',
    -- How many rows of the file are done: whoever goes on begins behind them.
    position bigint NOT NULL DEFAULT 0,
    created bigint NOT NULL DEFAULT 0,
    duplicate bigint NOT NULL DEFAULT 0,
    refused bigint NOT NULL DEFAULT 0,
    -- Why it ended early.
    problem text,
    -- As the audit record names them.
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    CONSTRAINT customer_imports_pkey PRIMARY KEY (id),
    CONSTRAINT customer_imports_media FOREIGN KEY (media_id) REFERENCES media (id),
    CONSTRAINT customer_imports_phone_country_known CHECK (phone_country IN ('BD', 'IN', 'NP', 'PK', 'LK')),
    CONSTRAINT customer_imports_state_known CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    CONSTRAINT customer_imports_counted CHECK (position = created + duplicate + refused),
    CONSTRAINT customer_imports_finish_told CHECK ((state IN ('queued', 'running')) = (finished_at IS NULL)),
    CONSTRAINT customer_imports_problem_told CHECK ((state = 'failed') = (problem IS NOT NULL))
);
CREATE INDEX customer_imports_media ON customer_imports (media_id);

-- What became of each row of a file, without a word of what it tells; partitioned by month through their UUIDv7 ids.
CREATE TABLE customer_import_rows (
    id uuid NOT NULL,
    import_id uuid NOT NULL,
    -- Of the file.
    line bigint NOT NULL,
    outcome text NOT NULL,
    -- The account that was made, or that has the address or the number.
    account_id uuid,
    -- What was refused or left out, by column.
    problems jsonb NOT NULL DEFAULT '[]',
    CONSTRAINT customer_import_rows_pkey PRIMARY KEY (id),
    CONSTRAINT customer_import_rows_import FOREIGN KEY (import_id) REFERENCES customer_imports (id),
    CONSTRAINT customer_import_rows_outcome_known CHECK (outcome IN ('created', 'duplicate', 'refused')),
    CONSTRAINT customer_import_rows_line_positive CHECK (line > 0)
) PARTITION BY RANGE (id);
CREATE INDEX customer_import_rows_of_import ON customer_import_rows (import_id, id);
CREATE INDEX customer_import_rows_of_outcome ON customer_import_rows (import_id, outcome, id);
CREATE TABLE customer_import_rows_default PARTITION OF customer_import_rows DEFAULT;
INSERT INTO retention (table_name, months) VALUES ('customer_import_rows', 12);
SELECT make_next_partitions();

GRANT SELECT ON postal_zones TO haat_app, haat_readonly;
GRANT SELECT, INSERT (id, account_id, label, name, name_latin, phone, alternate_phone, address, is_default_shipping,
        is_default_billing, created_at, updated_at),
    UPDATE (label, name, name_latin, phone, alternate_phone, address, is_default_shipping, is_default_billing, version, updated_at),
    DELETE
    ON customer_addresses TO haat_app;
GRANT SELECT, INSERT (id, purpose, locale, version, text, published_by, published_at) ON consent_notices TO haat_app;
GRANT SELECT, INSERT (id, account_id, purpose, is_given, notice_id, notice_version, locale, source, note, decided_at)
    ON consents TO haat_app;
GRANT SELECT, INSERT (id, account_id, product_id, variant_id, title, added_at), DELETE ON wish_list_items TO haat_app;
GRANT SELECT, INSERT (id, media_id, is_dry_run, phone_country, locale, created_by, created_at),
    UPDATE (state, position, created, duplicate, refused, problem, finished_at)
    ON customer_imports TO haat_app;
GRANT SELECT, INSERT (id, import_id, line, outcome, account_id, problems) ON customer_import_rows TO haat_app;
GRANT SELECT ON customer_addresses, consent_notices, consents, wish_list_items, customer_imports, customer_import_rows
    TO haat_readonly;
GRANT SELECT (name_key, name_words) ON accounts TO haat_readonly;
