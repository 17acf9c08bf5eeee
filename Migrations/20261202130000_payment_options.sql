-- Through whom customers may pay what, as data: of the rules of a gateway that fit, the first by position decides. Where there are
-- no rules at all, every gateway is offered.
CREATE TABLE payment_option_rules (
    id uuid NOT NULL,
    -- An account as in settings: 'stripe', 'stripe/eu'; 'cash_on_delivery' for cash.
    gateway text NOT NULL,
    -- Whether it is offered where the rule fits, or withheld.
    is_offered boolean NOT NULL DEFAULT true,
    -- Of what has to be paid; NULL: any.
    currency text,
    least_minor bigint,
    most_minor bigint,
    -- Where the goods go; empty: anywhere, as what is not shipped does.
    country text NOT NULL DEFAULT '',
    region text NOT NULL DEFAULT '',
    postal_from text NOT NULL DEFAULT '',
    postal_through text NOT NULL DEFAULT '',
    -- From one minute of the day up to another one, over midnight where that is the smaller, by clocks so far ahead of UTC; NULL: always.
    from_minute integer,
    until_minute integer,
    utc_offset_minutes integer NOT NULL DEFAULT 0,
    -- The order in which what is offered is shown.
    position integer NOT NULL,
    -- What it is called, by language.
    titles jsonb NOT NULL DEFAULT '{}',
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    removed_at timestamptz,
    CONSTRAINT payment_option_rules_pkey PRIMARY KEY (id),
    CONSTRAINT payment_option_rules_currency_code CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT payment_option_rules_amounts CHECK (least_minor >= 0 AND most_minor >= 0 AND least_minor <= most_minor),
    CONSTRAINT payment_option_rules_amounts_in_currency CHECK (currency IS NOT NULL OR num_nulls(least_minor, most_minor) = 2),
    CONSTRAINT payment_option_rules_country_code CHECK (country ~ '^([A-Z]{2})?$'),
    CONSTRAINT payment_option_rules_area CHECK (country <> '' OR (region = '' AND postal_from = '')),
    CONSTRAINT payment_option_rules_postal_whole CHECK ((postal_from = '') = (postal_through = '')),
    CONSTRAINT payment_option_rules_hours CHECK (num_nulls(from_minute, until_minute) IN (0, 2)
        AND from_minute BETWEEN 0 AND 1439 AND until_minute BETWEEN 0 AND 1439 AND from_minute <> until_minute),
    CONSTRAINT payment_option_rules_offset CHECK (utc_offset_minutes BETWEEN -720 AND 840),
    CONSTRAINT payment_option_rules_position CHECK (position BETWEEN 0 AND 10000),
    CONSTRAINT payment_option_rules_titles CHECK (jsonb_typeof(titles) = 'object')
);
CREATE INDEX payment_option_rules_kept ON payment_option_rules (id) WHERE removed_at IS NULL;

-- What processes have lately seen of gateways that don't do their work, for all of them.
CREATE TABLE gateway_health (
    gateway text NOT NULL,
    -- Why the last call failed.
    reason text NOT NULL,
    -- In a row.
    failures integer NOT NULL,
    last_failure_at timestamptz NOT NULL,
    -- Until when it is shown after those that work; NULL: it isn't.
    stepped_back_until timestamptz,
    CONSTRAINT gateway_health_pkey PRIMARY KEY (gateway),
    CONSTRAINT gateway_health_reason_known CHECK (reason IN ('silent', 'credentials_refused')),
    CONSTRAINT gateway_health_failures_counted CHECK (failures >= 0)
) WITH (fillfactor = 50);

GRANT SELECT, INSERT (id, gateway, is_offered, currency, least_minor, most_minor, country, region, postal_from, postal_through,
        from_minute, until_minute, utc_offset_minutes, position, titles, created_at),
    UPDATE (is_offered, currency, least_minor, most_minor, country, region, postal_from, postal_through, from_minute, until_minute,
        utc_offset_minutes, position, titles, version, removed_at)
    ON payment_option_rules TO haat_app;
GRANT SELECT, INSERT (gateway, reason, failures, last_failure_at, stepped_back_until),
    UPDATE (reason, failures, last_failure_at, stepped_back_until)
    ON gateway_health TO haat_app;
GRANT SELECT ON payment_option_rules, gateway_health TO haat_readonly;
