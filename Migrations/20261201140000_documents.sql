-- What sellers give out for what is sold: invoices, bills and credit notes. Their numbers have no gaps, and what was issued never
-- changes.

-- What the law of a country asks of each type of document.
CREATE TABLE document_rules (
    country text NOT NULL,
    type text NOT NULL,
    -- What stands at its head.
    title text NOT NULL,
    -- What the series of this type has behind the letters of its region, so that numbers of two types differ.
    mark text NOT NULL,
    -- The month with which the financial year begins.
    year_begins_in integer NOT NULL,
    number_length integer NOT NULL,
    -- Whether each place that goods leave from has a series of its own.
    by_location boolean NOT NULL DEFAULT false,
    -- The total from which a buyer without a registration has to be named with an address, in minor units of the country's currency.
    buyer_address_from_minor bigint,
    valid_from date NOT NULL,
    valid_to date,
    CONSTRAINT document_rules_pkey PRIMARY KEY (country, type, valid_from),
    CONSTRAINT document_rules_type_known CHECK (
        type IN ('tax_invoice', 'invoice_cum_bill_of_supply', 'bill_of_supply', 'bill', 'vat_challan', 'credit_note')),
    CONSTRAINT document_rules_mark_form CHECK (mark ~ '^[A-Z]?$'),
    CONSTRAINT document_rules_month CHECK (year_begins_in BETWEEN 1 AND 12),
    CONSTRAINT document_rules_length CHECK (number_length BETWEEN 12 AND 16),
    CONSTRAINT document_rules_address_not_negative CHECK (buyer_address_from_minor >= 0),
    CONSTRAINT document_rules_dates_in_order CHECK (valid_from <= valid_to)
);

INSERT INTO document_rules (
    country, type, title, mark, year_begins_in, number_length, buyer_address_from_minor, valid_from) VALUES
    -- Central Goods and Services Tax Rules, 2017, rules 46, 49 and 53.
    ('IN', 'tax_invoice', 'Tax Invoice', '', 4, 16, 5000000, '2017-07-01'),
    ('IN', 'bill_of_supply', 'Bill of Supply', 'B', 4, 16, 5000000, '2017-07-01'),
    -- Unconfirmed: one paper for taxed and exempt goods of a buyer without a registration.
    ('IN', 'invoice_cum_bill_of_supply', 'Invoice-cum-Bill of Supply', '', 4, 16, 5000000, '2017-07-01'),
    -- Of those who have no registration and sell through a marketplace within their State.
    ('IN', 'bill', 'Bill', 'P', 4, 16, 5000000, '2017-07-01'),
    ('IN', 'credit_note', 'Credit Note', 'C', 4, 16, NULL, '2017-07-01'),
    -- Value Added Tax and Supplementary Duty Act, 2012. Unconfirmed: how long a number may be, and the form of the credit note.
    ('BD', 'vat_challan', 'কর চালানপত্র · VAT Challan (Mushak 6.3)', '', 7, 16, NULL, '2019-07-01'),
    ('BD', 'bill', 'Bill', 'P', 7, 16, NULL, '2012-12-10'),
    ('BD', 'credit_note', 'Credit Note (Mushak 6.7)', 'C', 7, 16, NULL, '2019-07-01');

-- The last number that each series has given out. Whoever takes the next one holds the row until the document with it is committed.
CREATE TABLE document_series (
    id uuid NOT NULL,
    -- In whose name: the number of a tax registration, or the vendor where there is none.
    issuer text NOT NULL,
    -- Of the place that goods leave from, where each has a series of its own.
    location_id uuid,
    -- In which its financial year begins.
    financial_year integer NOT NULL,
    prefix text NOT NULL,
    -- With which the prefix ends: that of the type.
    mark text NOT NULL,
    last_serial bigint NOT NULL,
    CONSTRAINT document_series_pkey PRIMARY KEY (id),
    CONSTRAINT document_series_once UNIQUE NULLS NOT DISTINCT (issuer, financial_year, prefix, location_id),
    -- What documents refer to, so that their issuer and year are always their series'.
    CONSTRAINT document_series_of_issuer UNIQUE (id, issuer, financial_year),
    CONSTRAINT document_series_location FOREIGN KEY (location_id) REFERENCES pickup_locations (id),
    CONSTRAINT document_series_serial_positive CHECK (last_serial > 0)
);

CREATE TABLE documents (
    id uuid NOT NULL,
    type text NOT NULL,
    series_id uuid NOT NULL,
    serial bigint NOT NULL,
    issuer text NOT NULL,
    financial_year integer NOT NULL,
    number text NOT NULL,
    vendor_id uuid NOT NULL,
    order_id uuid NOT NULL,
    vendor_order_id uuid NOT NULL,
    -- What a credit note takes back in part or whole.
    original_id uuid,
    issued_at timestamptz NOT NULL,
    currency text NOT NULL,
    total_minor bigint NOT NULL,
    -- All that the document says, as it was then. json keeps the very bytes.
    content json NOT NULL,
    content_sha256 bytea NOT NULL,
    created_by text NOT NULL,
    CONSTRAINT documents_pkey PRIMARY KEY (id),
    CONSTRAINT documents_series FOREIGN KEY (series_id, issuer, financial_year)
        REFERENCES document_series (id, issuer, financial_year),
    CONSTRAINT documents_serial UNIQUE (series_id, serial),
    CONSTRAINT documents_number UNIQUE (issuer, financial_year, number),
    CONSTRAINT documents_vendor_order FOREIGN KEY (vendor_order_id, order_id, vendor_id)
        REFERENCES vendor_orders (id, order_id, vendor_id),
    CONSTRAINT documents_original FOREIGN KEY (original_id) REFERENCES documents (id),
    CONSTRAINT documents_type_known CHECK (
        type IN ('tax_invoice', 'invoice_cum_bill_of_supply', 'bill_of_supply', 'bill', 'vat_challan', 'credit_note')),
    CONSTRAINT documents_credit_has_original CHECK ((type = 'credit_note') = (original_id IS NOT NULL)),
    CONSTRAINT documents_number_form CHECK (number ~ '^[A-Z1-9][A-Z0-9/-]{0,15}$'),
    CONSTRAINT documents_serial_positive CHECK (serial > 0),
    CONSTRAINT documents_total_not_negative CHECK (total_minor >= 0),
    CONSTRAINT documents_currency_code CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT documents_digest_complete CHECK (octet_length(content_sha256) = 32)
);
CREATE INDEX documents_of_vendor ON documents (vendor_id, id DESC);
CREATE INDEX documents_of_order ON documents (order_id, id DESC);
CREATE INDEX documents_of_vendor_order ON documents (vendor_order_id, id DESC);
CREATE INDEX documents_of_original ON documents (original_id) WHERE original_id IS NOT NULL;
SELECT make_append_only('documents');

-- Which units of which lines a document is about: the first to be packed of three is unit 0. What is none of a line's, such as
-- shipping, is an adjustment of the vendor order.
CREATE TABLE document_lines (
    document_id uuid NOT NULL,
    position integer NOT NULL,
    line_id uuid,
    first_unit bigint,
    quantity bigint,
    adjustment_id uuid,
    CONSTRAINT document_lines_pkey PRIMARY KEY (document_id, position),
    CONSTRAINT document_lines_document FOREIGN KEY (document_id) REFERENCES documents (id),
    CONSTRAINT document_lines_line FOREIGN KEY (line_id) REFERENCES order_lines (id),
    CONSTRAINT document_lines_adjustment FOREIGN KEY (adjustment_id) REFERENCES order_adjustments (id),
    CONSTRAINT document_lines_one_subject CHECK (num_nonnulls(line_id, adjustment_id) = 1),
    CONSTRAINT document_lines_units_of_lines CHECK (num_nulls(line_id, first_unit, quantity) IN (0, 3)),
    CONSTRAINT document_lines_units CHECK (first_unit >= 0 AND quantity > 0)
);
CREATE INDEX document_lines_of_line ON document_lines (line_id) WHERE line_id IS NOT NULL;
SELECT make_append_only('document_lines');

-- What was drawn of a document, each as a file.
CREATE TABLE document_files (
    document_id uuid NOT NULL,
    rendition text NOT NULL,
    media_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT document_files_pkey PRIMARY KEY (document_id, rendition),
    CONSTRAINT document_files_document FOREIGN KEY (document_id) REFERENCES documents (id),
    CONSTRAINT document_files_media FOREIGN KEY (media_id) REFERENCES media (id),
    CONSTRAINT document_files_rendition_known CHECK (rendition IN ('document', 'packing_slip', 'packing_label'))
);
SELECT make_append_only('document_files');

-- A document that was cancelled keeps its number and its content.
CREATE TABLE document_cancellations (
    document_id uuid NOT NULL,
    reason text NOT NULL,
    actor text NOT NULL,
    cancelled_at timestamptz NOT NULL,
    CONSTRAINT document_cancellations_pkey PRIMARY KEY (document_id),
    CONSTRAINT document_cancellations_document FOREIGN KEY (document_id) REFERENCES documents (id)
);
SELECT make_append_only('document_cancellations');

-- Checked at COMMIT: a number without its document, a document without the one before it, and more credited than invoiced are
-- impossible whoever writes.
CREATE FUNCTION check_document_series() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM documents WHERE series_id = NEW.id AND serial = NEW.last_serial) THEN
        RAISE EXCEPTION 'the number % of the series % was taken and no document has it', NEW.last_serial, NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'document_series_without_gaps';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER document_series_without_gaps AFTER INSERT OR UPDATE ON document_series
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_document_series();

CREATE FUNCTION check_document() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF NEW.serial > 1 AND NOT EXISTS (
        SELECT FROM documents WHERE series_id = NEW.series_id AND serial = NEW.serial - 1
    ) THEN
        RAISE EXCEPTION 'the series % has no document before number %', NEW.series_id, NEW.serial
            USING ERRCODE = 'check_violation', CONSTRAINT = 'documents_without_gaps';
    END IF;
    IF NEW.original_id IS NOT NULL AND (
        SELECT sum(total_minor) FROM documents WHERE original_id = NEW.original_id
    ) > (SELECT total_minor FROM documents WHERE id = NEW.original_id) THEN
        RAISE EXCEPTION 'more is credited than document % comes to', NEW.original_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'documents_credit_within_original';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER documents_without_gaps AFTER INSERT ON documents
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_document();

GRANT SELECT ON document_rules TO haat_app;
GRANT SELECT, INSERT (id, issuer, location_id, financial_year, prefix, mark, last_serial), UPDATE (last_serial)
    ON document_series TO haat_app;
GRANT SELECT, INSERT (id, type, series_id, serial, issuer, financial_year, number, vendor_id, order_id, vendor_order_id, original_id,
        issued_at, currency, total_minor, content, content_sha256, created_by)
    ON documents TO haat_app;
GRANT SELECT, INSERT (document_id, position, line_id, first_unit, quantity, adjustment_id) ON document_lines TO haat_app;
GRANT SELECT, INSERT (document_id, rendition, media_id, created_at) ON document_files TO haat_app;
GRANT SELECT, INSERT (document_id, reason, actor, cancelled_at) ON document_cancellations TO haat_app;
GRANT SELECT ON document_rules, document_series, document_lines, document_files, document_cancellations TO haat_readonly;
GRANT SELECT (id, type, series_id, serial, issuer, financial_year, number, vendor_id, order_id, vendor_order_id, original_id, issued_at,
        currency, total_minor, content, created_by)
    ON documents TO haat_readonly;
