-- How prices are taxed. The two schemes are a program's; all that they reckon with stands in rows with dates, each with its source, and
-- what nobody could confirm says so.

-- How each country taxes what is bought there.
CREATE TABLE tax_jurisdictions (
    -- ISO 3166-1 alpha-2.
    country text NOT NULL,
    -- 'gst_india': halves of the Union and the State within a State, one integrated tax across, a cess beside them. 'vat': one tax, on
    -- the price and the supplementary duty.
    scheme text NOT NULL,
    -- By whose clocks a rate begins and ends.
    time_zone text NOT NULL,
    -- Of goods that nobody has given a class; NULL: they are not taxed.
    default_class text,
    -- Of the marketplace's own services, such as delivery.
    service_class text,
    -- Whether who has no registration may sell to other regions of the country.
    unregistered_cross_regions boolean NOT NULL,
    CONSTRAINT tax_jurisdictions_pkey PRIMARY KEY (country),
    CONSTRAINT tax_jurisdictions_country_code CHECK (country ~ '^[A-Z]{2}$'),
    CONSTRAINT tax_jurisdictions_scheme_known CHECK (scheme IN ('gst_india', 'vat')),
    CONSTRAINT tax_jurisdictions_default_class FOREIGN KEY (default_class) REFERENCES tax_classes (code),
    CONSTRAINT tax_jurisdictions_service_class FOREIGN KEY (service_class) REFERENCES tax_classes (code)
);

-- What a class, or a heading of the Harmonised System, is taxed at. A rate is never changed: it ends, and another begins.
CREATE TABLE tax_rates (
    id uuid NOT NULL,
    country text NOT NULL,
    -- What it is for. Of several headings the longest one counts, and a heading before a class, each head of tax by itself.
    tax_class text,
    hsn_prefix text,
    -- As the law names it; 'gst' is the whole, of which CGST and SGST (or UTGST) are halves and IGST is all.
    head text NOT NULL,
    rate_ppm integer NOT NULL,
    -- For a taxable value of one unit above the one and up to the other.
    unit_above_minor bigint,
    unit_up_to_minor bigint,
    unit_currency text,
    valid_from date NOT NULL,
    -- The first day on which it does not hold any more.
    valid_to date NOT NULL DEFAULT 'infinity',
    source text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT tax_rates_pkey PRIMARY KEY (id),
    CONSTRAINT tax_rates_jurisdiction FOREIGN KEY (country) REFERENCES tax_jurisdictions (country),
    CONSTRAINT tax_rates_class FOREIGN KEY (tax_class) REFERENCES tax_classes (code),
    CONSTRAINT tax_rates_for_one CHECK (num_nonnulls(tax_class, hsn_prefix) = 1),
    CONSTRAINT tax_rates_heading_form CHECK (hsn_prefix ~ '^([0-9]{2}){1,4}$'),
    CONSTRAINT tax_rates_head_known CHECK (head IN ('gst', 'cess', 'vat', 'sd')),
    CONSTRAINT tax_rates_share CHECK (rate_ppm BETWEEN 0 AND 10000000),
    -- A part per million has no half.
    CONSTRAINT tax_rates_halves CHECK (head <> 'gst' OR rate_ppm % 2 = 0),
    CONSTRAINT tax_rates_band CHECK (0 <= unit_above_minor AND 0 < unit_up_to_minor AND unit_above_minor < unit_up_to_minor),
    CONSTRAINT tax_rates_band_currency CHECK ((unit_currency IS NULL) = (num_nonnulls(unit_above_minor, unit_up_to_minor) = 0)
        AND unit_currency ~ '^[A-Z]{3}$'),
    CONSTRAINT tax_rates_period CHECK (valid_from <= valid_to)
);
CREATE INDEX tax_rates_of_country ON tax_rates (country, id DESC);

-- For one price, of one head, on one day, there is one rate. Whoever adds one waits for who adds another of the country, so that both see
-- each other.
CREATE FUNCTION refuse_second_tax_rate() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('tax_rates:' || NEW.country, 0));
    IF EXISTS (
        SELECT FROM tax_rates AS other WHERE other.id <> NEW.id
            AND (other.country, other.head) = (NEW.country, NEW.head)
            AND (other.tax_class, other.hsn_prefix) IS NOT DISTINCT FROM (NEW.tax_class, NEW.hsn_prefix)
            AND (other.unit_currency = NEW.unit_currency) IS NOT false
            AND daterange(other.valid_from, other.valid_to) && daterange(NEW.valid_from, NEW.valid_to)
            AND int8range(other.unit_above_minor, other.unit_up_to_minor) && int8range(NEW.unit_above_minor, NEW.unit_up_to_minor)
    ) THEN
        RAISE EXCEPTION 'another rate holds at the same time'
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'tax_rates_one_at_a_time';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER tax_rates_one_at_a_time AFTER INSERT OR UPDATE ON tax_rates
    FOR EACH ROW EXECUTE FUNCTION refuse_second_tax_rate();

-- What a sale was taxed at stays on record.
CREATE FUNCTION keep_tax_rate() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    RAISE EXCEPTION 'tax rate % may only end', OLD.id
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'tax_rates_are_kept';
END
$$;
CREATE TRIGGER tax_rates_are_kept BEFORE UPDATE ON tax_rates FOR EACH ROW
WHEN ((NEW.id, NEW.country, NEW.tax_class, NEW.hsn_prefix, NEW.head, NEW.rate_ppm, NEW.unit_above_minor, NEW.unit_up_to_minor,
        NEW.unit_currency, NEW.valid_from, NEW.source, NEW.recorded_at)
    IS DISTINCT FROM (OLD.id, OLD.country, OLD.tax_class, OLD.hsn_prefix, OLD.head, OLD.rate_ppm, OLD.unit_above_minor,
        OLD.unit_up_to_minor, OLD.unit_currency, OLD.valid_from, OLD.source, OLD.recorded_at)
    OR OLD.valid_to <> 'infinity')
EXECUTE FUNCTION keep_tax_rate();

INSERT INTO tax_classes (code, country, name, valid_from) VALUES
    ('in_precious', 'IN', 'Gold, silver and jewellery', '2017-07-01'),
    ('in_cut_stones', 'IN', 'Cut and polished diamonds', '2017-07-01'),
    ('in_rough_stones', 'IN', 'Rough diamonds', '2017-07-01'),
    ('in_tobacco', 'IN', 'Goods that kept the rate of 28 %', '2025-09-22'),
    ('in_service', 'IN', 'Services at the standard rate', '2017-07-01'),
    ('bd_reduced_10', 'BD', 'Reduced rate of 10 %', '2019-07-01'),
    ('bd_reduced_5', 'BD', 'Reduced rate of 5 %', '2019-07-01'),
    ('bd_reduced_2_4', 'BD', 'Reduced rate of 2.4 %', '2019-07-01'),
    ('bd_service', 'BD', 'Services at the standard rate', '2019-07-01');

INSERT INTO tax_jurisdictions (country, scheme, time_zone, default_class, service_class, unregistered_cross_regions) VALUES
    -- Notification 34/2023: who is not registered sells within one State.
    ('IN', 'gst_india', 'Asia/Kolkata', 'in_standard', 'in_service', false),
    ('BD', 'vat', 'Asia/Dhaka', 'bd_standard', 'bd_service', true);

INSERT INTO tax_rates (id, country, tax_class, head, rate_ppm, unit_above_minor, unit_up_to_minor, unit_currency, valid_from, source,
    recorded_at)
SELECT ('019ad000-0000-7000-8000-' || lpad(row_number() OVER ()::text, 12, '0'))::uuid, country, tax_class, head, rate_ppm,
    unit_above, unit_up_to, CASE WHEN num_nonnulls(unit_above, unit_up_to) > 0 THEN 'INR' END, valid_from::date, source,
    '2026-12-01 00:00:00+00'
FROM (VALUES
    ('IN', 'in_nil', 'gst', 0, NULL::bigint, NULL::bigint, '2017-07-01', 'Notification 2/2017-CT(Rate) and those that followed it'),
    ('IN', 'in_merit', 'gst', 50000, NULL, NULL, '2025-09-22', 'Notification 9/2025-CT(Rate), schedule I'),
    ('IN', 'in_standard', 'gst', 180000, NULL, NULL, '2025-09-22', 'Notification 9/2025-CT(Rate), schedule II'),
    ('IN', 'in_demerit', 'gst', 400000, NULL, NULL, '2025-09-22', 'Notification 9/2025-CT(Rate), schedule III'),
    ('IN', 'in_apparel', 'gst', 50000, NULL, 250000, '2025-09-22', 'Notification 9/2025-CT(Rate): a piece up to 2,500'),
    ('IN', 'in_apparel', 'gst', 180000, 250000, NULL, '2025-09-22', 'Notification 9/2025-CT(Rate): a piece above 2,500'),
    ('IN', 'in_footwear', 'gst', 50000, NULL, 250000, '2025-09-22', 'Notification 9/2025-CT(Rate): a pair up to 2,500'),
    ('IN', 'in_footwear', 'gst', 180000, 250000, NULL, '2025-09-22', 'UNCONFIRMED: a pair above 2,500, as apparel'),
    ('IN', 'in_precious', 'gst', 30000, NULL, NULL, '2025-09-22', 'Notification 9/2025-CT(Rate), 3 %; UNCONFIRMED: which goods'),
    ('IN', 'in_cut_stones', 'gst', 15000, NULL, NULL, '2025-09-22', 'Notification 9/2025-CT(Rate), 1.5 %; UNCONFIRMED: which goods'),
    ('IN', 'in_rough_stones', 'gst', 2500, NULL, NULL, '2025-09-22', 'Notification 9/2025-CT(Rate), 0.25 %; UNCONFIRMED: which goods'),
    ('IN', 'in_tobacco', 'gst', 280000, NULL, NULL, '2025-09-22', 'Notification 9/2025-CT(Rate): what was left at 28 %'),
    ('IN', 'in_service', 'gst', 180000, NULL, NULL, '2017-07-01', 'UNCONFIRMED: Notification 11/2017-CT(Rate), 18 %'),
    ('BD', 'bd_standard', 'vat', 150000, NULL, NULL, '2019-07-01', 'VAT and SD Act 2012, s.15(3)'),
    ('BD', 'bd_reduced', 'vat', 75000, NULL, NULL, '2019-07-01', 'VAT and SD Act 2012, third schedule, 7.5 %'),
    ('BD', 'bd_reduced_10', 'vat', 100000, NULL, NULL, '2019-07-01', 'VAT and SD Act 2012, third schedule, 10 %'),
    ('BD', 'bd_reduced_5', 'vat', 50000, NULL, NULL, '2019-07-01', 'VAT and SD Act 2012, third schedule, 5 %'),
    ('BD', 'bd_reduced_2_4', 'vat', 24000, NULL, NULL, '2019-07-01', 'VAT and SD Act 2012, third schedule, 2.4 %'),
    ('BD', 'bd_exempt', 'vat', 0, NULL, NULL, '2019-07-01', 'VAT and SD Act 2012, first schedule'),
    ('BD', 'bd_service', 'vat', 150000, NULL, NULL, '2019-07-01', 'VAT and SD Act 2012, s.15(3)')
) AS rate (country, tax_class, head, rate_ppm, unit_above, unit_up_to, valid_from, source);

-- Union Territories without a legislature levy a tax of their own (UTGST) in SGST's place.
ALTER TABLE regions ADD COLUMN has_legislature boolean NOT NULL DEFAULT true;
UPDATE regions SET has_legislature = false WHERE country = 'IN' AND code IN ('04', '25', '26', '31', '35', '38', '97');

-- How the marketplace prices.
CREATE TABLE pricing_settings (
    -- By whose clocks promotions have their hours.
    time_zone text NOT NULL DEFAULT 'Asia/Dhaka',
    -- How delivery that a vendor charges for is taxed where its goods have several rates.
    composite_charges text NOT NULL DEFAULT 'pro_rata',
    -- Which discounts make the taxable value smaller: those that whoever supplies gives himself, or all. What somebody else pays is
    -- disputed in India (CGST Act s.15(2)(e)).
    taxable_discounts text NOT NULL DEFAULT 'supplier',
    prices_include_tax boolean NOT NULL DEFAULT true,
    -- What totals are whole multiples of; NULL: they are not rounded.
    totals_multiple_of_minor bigint,
    -- As what the marketplace sells its own services: charges tax only where a registration is named.
    country text,
    region text,
    registration_kind text,
    registration_number text,
    version bigint NOT NULL DEFAULT 1,
    the_only boolean NOT NULL DEFAULT true,
    CONSTRAINT pricing_settings_pkey PRIMARY KEY (the_only),
    CONSTRAINT pricing_settings_one_row CHECK (the_only),
    CONSTRAINT pricing_settings_composite_charges_known CHECK (composite_charges IN ('pro_rata', 'highest_rate')),
    CONSTRAINT pricing_settings_taxable_discounts_known CHECK (taxable_discounts IN ('supplier', 'all')),
    CONSTRAINT pricing_settings_multiple CHECK (totals_multiple_of_minor BETWEEN 2 AND 100000),
    CONSTRAINT pricing_settings_country_code CHECK (country ~ '^[A-Z]{2}$'),
    CONSTRAINT pricing_settings_registration_kind_known CHECK (registration_kind IN ('gstin', 'bin')),
    CONSTRAINT pricing_settings_registration_whole CHECK (num_nulls(registration_kind, registration_number) IN (0, 2)
        AND (registration_kind IS NULL OR country IS NOT NULL)),
    CONSTRAINT pricing_settings_region FOREIGN KEY (country, region) REFERENCES regions (country, code)
);
INSERT INTO pricing_settings DEFAULT VALUES;

-- What the taxes of an order's rows are, and what they were reckoned on.
ALTER TABLE order_adjustments
    ADD COLUMN tax_head text,
    -- Signed as the amount is: a correction's is negative.
    ADD COLUMN taxable_minor bigint,
    -- Of a tax on a charge (shipping, a fee), or of a discount of one: the charge's row. NULL: of the price of goods.
    ADD COLUMN charge_id uuid,
    ADD CONSTRAINT order_adjustments_id_order UNIQUE (id, order_id),
    ADD CONSTRAINT order_adjustments_charge FOREIGN KEY (charge_id, order_id) REFERENCES order_adjustments (id, order_id),
    ADD CONSTRAINT order_adjustments_tax_head_known
        CHECK (tax_head IN ('cgst', 'sgst', 'utgst', 'igst', 'cess', 'vat', 'sd')),
    ADD CONSTRAINT order_adjustments_tax_whole CHECK (num_nulls(tax_head, taxable_minor) IN (0, 2) AND (tax_head IS NULL OR kind = 'tax')),
    ADD CONSTRAINT order_adjustments_on_charges CHECK (charge_id IS NULL OR kind IN ('discount', 'tax')),
    -- A tax of nothing is told as well: at a rate of nothing, or rounded to it.
    DROP CONSTRAINT order_adjustments_amount_not_zero,
    ADD CONSTRAINT order_adjustments_amount_not_zero CHECK (amount_minor <> 0 OR kind = 'tax'),
    DROP CONSTRAINT order_adjustments_included_in_a_price,
    ADD CONSTRAINT order_adjustments_included_in_a_price
        CHECK (NOT is_included OR vendor_order_id IS NOT NULL OR charge_id IS NOT NULL);

ALTER TABLE order_lines
    ADD COLUMN hsn text,
    ADD COLUMN tax_class text,
    -- Whether the unit price contains the taxes on it, which are then rows of what is included.
    ADD COLUMN price_includes_tax boolean NOT NULL DEFAULT true,
    ADD CONSTRAINT order_lines_hsn_form CHECK (hsn ~ '^[0-9]{4}([0-9]{2}){0,2}$'),
    ADD CONSTRAINT order_lines_tax_class FOREIGN KEY (tax_class) REFERENCES tax_classes (code);

ALTER TABLE vendor_orders
    -- What the vendor sold under; NULL: nothing.
    ADD COLUMN tax_registration_id uuid,
    ADD COLUMN tax_registration_kind text,
    -- Where it is taxed: the place of supply. NULL: not known.
    ADD COLUMN supply_country text,
    ADD COLUMN supply_region text,
    -- What the vendor owes the buyer on paper.
    ADD COLUMN document_due text NOT NULL DEFAULT 'bill',
    ADD CONSTRAINT vendor_orders_tax_registration FOREIGN KEY (tax_registration_id, vendor_id)
        REFERENCES vendor_registrations (id, vendor_id),
    ADD CONSTRAINT vendor_orders_tax_registration_whole CHECK (num_nulls(tax_registration_id, tax_registration_kind) IN (0, 2)),
    ADD CONSTRAINT vendor_orders_tax_registration_kind_known
        CHECK (tax_registration_kind IN ('gstin', 'gst_composition', 'gst_enrolment', 'bin')),
    ADD CONSTRAINT vendor_orders_supply_country_code CHECK (supply_country ~ '^[A-Z]{2}$'),
    ADD CONSTRAINT vendor_orders_supply_region_within CHECK (supply_region IS NULL OR supply_country IS NOT NULL),
    ADD CONSTRAINT vendor_orders_document_due_known CHECK (
        document_due IN ('tax_invoice', 'bill_of_supply', 'invoice_cum_bill_of_supply', 'vat_challan', 'bill'));

GRANT SELECT ON tax_jurisdictions TO haat_app;
GRANT SELECT, INSERT (id, country, tax_class, hsn_prefix, head, rate_ppm, unit_above_minor, unit_up_to_minor, unit_currency, valid_from,
        valid_to, source, recorded_at),
    UPDATE (valid_to)
    ON tax_rates TO haat_app;
GRANT INSERT (code, country, name, valid_from), UPDATE (valid_to) ON tax_classes TO haat_app;
GRANT SELECT, UPDATE (time_zone, composite_charges, taxable_discounts, prices_include_tax, totals_multiple_of_minor, country, region,
        registration_kind, registration_number, version)
    ON pricing_settings TO haat_app;
GRANT INSERT (tax_head, taxable_minor, charge_id) ON order_adjustments TO haat_app;
GRANT INSERT (hsn, tax_class, price_includes_tax) ON order_lines TO haat_app;
GRANT INSERT (tax_registration_id, tax_registration_kind, supply_country, supply_region, document_due) ON vendor_orders TO haat_app;
GRANT SELECT ON tax_jurisdictions, tax_rates, pricing_settings TO haat_readonly;
