-- Where parcels go, by which ways and for how much. The marketplace has zones and methods, and each vendor may have its own, which then
-- count in place of the marketplace's.

CREATE TABLE shipping_zones (
    id uuid NOT NULL,
    -- NULL: the marketplace's own.
    vendor_id uuid,
    name text NOT NULL,
    -- Its areas, one of each array. An empty text leaves open what it would narrow: a country, a State, division or district of it, and
    -- post codes from the one through the other.
    countries text[] NOT NULL,
    regions text[] NOT NULL,
    postal_from text[] NOT NULL,
    postal_through text[] NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    -- Orders may name its methods.
    removed_at timestamptz,
    CONSTRAINT shipping_zones_pkey PRIMARY KEY (id),
    CONSTRAINT shipping_zones_vendor FOREIGN KEY (vendor_id) REFERENCES vendors (id),
    CONSTRAINT shipping_zones_areas_few CHECK (cardinality(countries) BETWEEN 1 AND 200),
    CONSTRAINT shipping_zones_areas_whole CHECK (cardinality(regions) = cardinality(countries)
        AND cardinality(postal_from) = cardinality(countries) AND cardinality(postal_through) = cardinality(countries)),
    CONSTRAINT shipping_zones_countries_known CHECK (array_position(countries, NULL) IS NULL AND '' <> ALL (countries)),
    CONSTRAINT shipping_zones_areas_not_null CHECK (array_position(regions, NULL) IS NULL
        AND array_position(postal_from, NULL) IS NULL AND array_position(postal_through, NULL) IS NULL)
);
CREATE INDEX shipping_zones_of_vendor ON shipping_zones (vendor_id, id) WHERE removed_at IS NULL;

CREATE TABLE shipping_methods (
    id uuid NOT NULL,
    zone_id uuid NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    -- Where the customer fetches the goods.
    pickup_location_id uuid,
    -- Whether each vendor's parcel is charged, or the order once.
    charged_per text NOT NULL,
    -- What the charge goes by. Of 'flat' there is one band, which begins at nothing; those of 'subtotal' begin at their bounds, those of
    -- 'weight' end with them.
    basis text NOT NULL,
    currency text NOT NULL,
    bounds bigint[] NOT NULL,
    amounts_minor bigint[] NOT NULL,
    -- For each further so many grams beyond the last band; NULL: nothing heavier goes.
    step_grams bigint,
    step_minor bigint,
    -- Of one parcel.
    largest_grams bigint,
    -- Business days until it is there.
    earliest_days integer,
    latest_days integer,
    -- Whether cash may be collected, what that costs (the larger of the two) and up to which total.
    cod_is_offered boolean NOT NULL DEFAULT false,
    cod_fee_minor bigint NOT NULL DEFAULT 0,
    cod_fee_ppm integer NOT NULL DEFAULT 0,
    cod_limit_minor bigint,
    is_active boolean NOT NULL DEFAULT true,
    valid_from timestamptz,
    valid_until timestamptz,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    removed_at timestamptz,
    CONSTRAINT shipping_methods_pkey PRIMARY KEY (id),
    CONSTRAINT shipping_methods_zone FOREIGN KEY (zone_id) REFERENCES shipping_zones (id),
    CONSTRAINT shipping_methods_pickup_location FOREIGN KEY (pickup_location_id) REFERENCES pickup_locations (id),
    CONSTRAINT shipping_methods_kind_known CHECK (kind IN ('delivery', 'pickup')),
    CONSTRAINT shipping_methods_location_of_pickup CHECK ((kind = 'pickup') = (pickup_location_id IS NOT NULL)),
    CONSTRAINT shipping_methods_charged_per_known CHECK (charged_per IN ('vendor', 'order')),
    CONSTRAINT shipping_methods_basis_known CHECK (basis IN ('flat', 'weight', 'subtotal')),
    CONSTRAINT shipping_methods_currency_code CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT shipping_methods_bands_few CHECK (cardinality(bounds) BETWEEN 1 AND 50),
    CONSTRAINT shipping_methods_bands_whole CHECK (cardinality(amounts_minor) = cardinality(bounds)
        AND array_position(bounds, NULL) IS NULL AND array_position(amounts_minor, NULL) IS NULL),
    CONSTRAINT shipping_methods_amounts_not_negative CHECK (0 <= ALL (amounts_minor) AND 0 <= ALL (bounds)),
    CONSTRAINT shipping_methods_flat_has_one_band CHECK (basis <> 'flat' OR bounds = '{0}'),
    CONSTRAINT shipping_methods_subtotals_from_nothing CHECK (basis <> 'subtotal' OR bounds[1] = 0),
    CONSTRAINT shipping_methods_step_of_weight CHECK (num_nulls(step_grams, step_minor) IN (0, 2)
        AND (step_grams IS NULL OR basis = 'weight' AND step_grams > 0 AND step_minor >= 0)),
    CONSTRAINT shipping_methods_largest_positive CHECK (largest_grams > 0),
    CONSTRAINT shipping_methods_days_whole CHECK (num_nulls(earliest_days, latest_days) IN (0, 2)
        AND (earliest_days IS NULL OR 0 <= earliest_days AND earliest_days <= latest_days AND latest_days <= 365)),
    CONSTRAINT shipping_methods_cod_terms CHECK (cod_fee_minor >= 0 AND cod_fee_ppm BETWEEN 0 AND 1000000 AND cod_limit_minor >= 0),
    CONSTRAINT shipping_methods_period CHECK (valid_from < valid_until)
);
CREATE INDEX shipping_methods_of_zone ON shipping_methods (zone_id, id) WHERE removed_at IS NULL;
CREATE INDEX shipping_methods_at_location ON shipping_methods (pickup_location_id) WHERE pickup_location_id IS NOT NULL;

-- Whether cash on delivery is offered to a customer, and on what terms, besides what a method of shipping says. Of the rules that hold
-- somewhere the narrowest counts; where there is none, cash is not collected.
CREATE TABLE cod_rules (
    id uuid NOT NULL,
    country text NOT NULL,
    -- A State, division or district; empty for the whole country. Likewise the post codes.
    region text NOT NULL DEFAULT '',
    postal_from text NOT NULL DEFAULT '',
    postal_through text NOT NULL DEFAULT '',
    is_offered boolean NOT NULL,
    currency text NOT NULL,
    -- Of an order's total; NULL: any.
    limit_minor bigint,
    -- Whoever has so many orders behind them that came back unpaid is not offered it any more; NULL: never.
    most_refusals integer,
    -- Whether a code is asked for before anything is shipped.
    asks_for_code boolean NOT NULL DEFAULT false,
    -- What is paid before, by those who have received fewer orders than so many: nothing, what shipping costs, or a share of the total.
    advance text NOT NULL DEFAULT 'none',
    advance_ppm integer,
    advance_below_orders integer,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    removed_at timestamptz,
    CONSTRAINT cod_rules_pkey PRIMARY KEY (id),
    CONSTRAINT cod_rules_country_code CHECK (country ~ '^[A-Z]{2}$'),
    CONSTRAINT cod_rules_postal_whole CHECK ((postal_from = '') = (postal_through = '')),
    CONSTRAINT cod_rules_currency_code CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT cod_rules_limit_positive CHECK (limit_minor > 0),
    CONSTRAINT cod_rules_refusals_positive CHECK (most_refusals > 0),
    CONSTRAINT cod_rules_advance_known CHECK (advance IN ('none', 'shipping', 'share')),
    CONSTRAINT cod_rules_share CHECK ((advance = 'share') = (advance_ppm IS NOT NULL) AND advance_ppm BETWEEN 1 AND 999999),
    CONSTRAINT cod_rules_advance_below CHECK (advance_below_orders > 0 AND (advance <> 'none' OR advance_below_orders IS NULL))
);
CREATE UNIQUE INDEX cod_rules_area ON cod_rules (country, region, postal_from, postal_through, currency) WHERE removed_at IS NULL;

GRANT SELECT, INSERT (id, vendor_id, name, countries, regions, postal_from, postal_through, created_at),
    UPDATE (name, countries, regions, postal_from, postal_through, version, removed_at)
    ON shipping_zones TO haat_app;
GRANT SELECT, INSERT (id, zone_id, name, kind, pickup_location_id, charged_per, basis, currency, bounds, amounts_minor, step_grams,
        step_minor, largest_grams, earliest_days, latest_days, cod_is_offered, cod_fee_minor, cod_fee_ppm, cod_limit_minor, is_active,
        valid_from, valid_until, created_at),
    UPDATE (name, kind, pickup_location_id, charged_per, basis, currency, bounds, amounts_minor, step_grams, step_minor, largest_grams,
        earliest_days, latest_days, cod_is_offered, cod_fee_minor, cod_fee_ppm, cod_limit_minor, is_active, valid_from, valid_until,
        version, removed_at)
    ON shipping_methods TO haat_app;
GRANT SELECT, INSERT (id, country, region, postal_from, postal_through, is_offered, currency, limit_minor, most_refusals, asks_for_code,
        advance, advance_ppm, advance_below_orders, created_at),
    UPDATE (is_offered, limit_minor, most_refusals, asks_for_code, advance, advance_ppm, advance_below_orders, version, removed_at)
    ON cod_rules TO haat_app;
GRANT SELECT ON shipping_zones, shipping_methods, cod_rules TO haat_readonly;
