-- What makes goods cheaper: for groups of customers by lists of prices, for whoever meets its terms by promotions.

-- Whom the marketplace treats alike, such as resellers or its own staff.
CREATE TABLE customer_groups (
    code text NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT customer_groups_pkey PRIMARY KEY (code),
    CONSTRAINT customer_groups_code_form CHECK (code ~ '^[a-z0-9_]{1,40}$')
);

CREATE TABLE customer_group_members (
    customer_group text NOT NULL,
    account_id uuid NOT NULL,
    added_at timestamptz NOT NULL,
    CONSTRAINT customer_group_members_pkey PRIMARY KEY (customer_group, account_id),
    CONSTRAINT customer_group_members_group FOREIGN KEY (customer_group) REFERENCES customer_groups (code),
    CONSTRAINT customer_group_members_account FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE
);
CREATE INDEX customer_group_members_of_account ON customer_group_members (account_id);

-- What goods cost a group of customers: the marketplace's list, or a vendor's for its own goods.
CREATE TABLE price_lists (
    id uuid NOT NULL,
    vendor_id uuid,
    name text NOT NULL,
    customer_group text NOT NULL,
    currency text NOT NULL,
    includes_tax boolean NOT NULL,
    -- Of several lists with a price for one variant, the one with the greatest counts.
    priority integer NOT NULL DEFAULT 0,
    is_active boolean NOT NULL DEFAULT true,
    starts_at timestamptz,
    ends_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT price_lists_pkey PRIMARY KEY (id),
    CONSTRAINT price_lists_vendor FOREIGN KEY (vendor_id) REFERENCES vendors (id),
    CONSTRAINT price_lists_group FOREIGN KEY (customer_group) REFERENCES customer_groups (code),
    CONSTRAINT price_lists_currency_code CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT price_lists_period CHECK (starts_at < ends_at)
);
CREATE INDEX price_lists_of_vendor ON price_lists (vendor_id, id DESC);

CREATE TABLE price_list_prices (
    price_list_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    -- From so many units of one line on.
    minimum_quantity bigint NOT NULL,
    amount_minor bigint NOT NULL,
    CONSTRAINT price_list_prices_pkey PRIMARY KEY (variant_id, price_list_id, minimum_quantity),
    CONSTRAINT price_list_prices_list FOREIGN KEY (price_list_id) REFERENCES price_lists (id),
    CONSTRAINT price_list_prices_variant FOREIGN KEY (variant_id) REFERENCES variants (id) ON DELETE CASCADE,
    CONSTRAINT price_list_prices_quantity_positive CHECK (minimum_quantity >= 1),
    CONSTRAINT price_list_prices_not_negative CHECK (amount_minor >= 0)
);
CREATE INDEX price_list_prices_of_list ON price_list_prices (price_list_id, variant_id);

CREATE TABLE promotions (
    id uuid NOT NULL,
    -- Whose it is, and who bears all of it; NULL for the marketplace's.
    vendor_id uuid,
    title text NOT NULL,
    trigger text NOT NULL,
    status text NOT NULL DEFAULT 'active',
    -- What it gives.
    action text NOT NULL,
    rate_ppm integer,
    amount_minor bigint,
    -- It takes off no more than that at once.
    at_most_minor bigint,
    buy_quantity bigint,
    get_quantity bigint,
    get_product_ids uuid[] NOT NULL DEFAULT '{}',
    at_most_times bigint,
    tier_basis text,
    tier_minimums bigint[] NOT NULL DEFAULT '{}',
    -- Of each tier one of them.
    tier_rates_ppm integer[] NOT NULL DEFAULT '{}',
    tier_amounts_minor bigint[] NOT NULL DEFAULT '{}',
    gift_variant_id uuid,
    gift_quantity bigint,
    -- Of every amount here.
    currency text,
    -- Its scope.
    vendor_ids uuid[] NOT NULL DEFAULT '{}',
    product_ids uuid[] NOT NULL DEFAULT '{}',
    collection_ids uuid[] NOT NULL DEFAULT '{}',
    category_ids uuid[] NOT NULL DEFAULT '{}',
    excluded_product_ids uuid[] NOT NULL DEFAULT '{}',
    -- For whom, and from what on.
    customer_groups text[] NOT NULL DEFAULT '{}',
    is_for_first_order boolean NOT NULL DEFAULT false,
    minimum_subtotal_minor bigint,
    minimum_quantity bigint,
    -- When. Days of the week from 0 for Sunday, minutes of the day by the marketplace's clocks.
    starts_at timestamptz,
    ends_at timestamptz,
    weekdays smallint[],
    from_minute smallint,
    to_minute smallint,
    -- With which others.
    priority integer NOT NULL DEFAULT 0,
    is_exclusive boolean NOT NULL DEFAULT false,
    stacking_group text NOT NULL DEFAULT 'default',
    -- NULL: with every group.
    combines_with text[],
    -- The vendors' share of it; the rest is the marketplace's.
    vendor_share_ppm integer NOT NULL,
    usage_limit bigint,
    customer_limit bigint,
    budget_minor bigint,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT promotions_pkey PRIMARY KEY (id),
    CONSTRAINT promotions_vendor FOREIGN KEY (vendor_id) REFERENCES vendors (id),
    CONSTRAINT promotions_gift_variant FOREIGN KEY (gift_variant_id) REFERENCES variants (id),
    CONSTRAINT promotions_trigger_known CHECK (trigger IN ('automatic', 'coupon')),
    CONSTRAINT promotions_status_known CHECK (status IN ('active', 'paused', 'ended')),
    CONSTRAINT promotions_action_whole CHECK (CASE action
        WHEN 'percentage' THEN rate_ppm IS NOT NULL
        WHEN 'amount' THEN amount_minor IS NOT NULL
        WHEN 'amount_per_unit' THEN amount_minor IS NOT NULL
        WHEN 'buy_get' THEN num_nulls(rate_ppm, buy_quantity, get_quantity) = 0
        WHEN 'tiers' THEN tier_basis IS NOT NULL AND cardinality(tier_minimums) BETWEEN 1 AND 20
            AND cardinality(tier_rates_ppm) = cardinality(tier_minimums)
            AND cardinality(tier_amounts_minor) = cardinality(tier_minimums)
        WHEN 'free_shipping' THEN true
        WHEN 'gift' THEN num_nulls(gift_variant_id, gift_quantity) = 0
        ELSE false END),
    CONSTRAINT promotions_rate_share CHECK (rate_ppm BETWEEN 1 AND 1000000),
    CONSTRAINT promotions_tier_basis_known CHECK (tier_basis IN ('subtotal', 'quantity')),
    CONSTRAINT promotions_positive CHECK (least(amount_minor, at_most_minor, buy_quantity, get_quantity, at_most_times, gift_quantity,
        minimum_subtotal_minor, minimum_quantity, usage_limit, customer_limit, budget_minor) > 0),
    CONSTRAINT promotions_currency_code CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT promotions_amounts_in_currency CHECK (currency IS NOT NULL
        OR num_nonnulls(amount_minor, at_most_minor, minimum_subtotal_minor, budget_minor) = 0
            AND tier_basis IS DISTINCT FROM 'subtotal' AND array_remove(tier_amounts_minor, NULL) = '{}'),
    CONSTRAINT promotions_period CHECK (starts_at < ends_at),
    CONSTRAINT promotions_week_whole CHECK (num_nulls(weekdays, from_minute, to_minute) IN (0, 3)
        AND weekdays <@ ARRAY[0, 1, 2, 3, 4, 5, 6]::smallint[] AND from_minute >= 0 AND from_minute < to_minute
        AND to_minute <= 1440),
    CONSTRAINT promotions_vendor_share CHECK (vendor_share_ppm BETWEEN 0 AND 1000000
        AND (vendor_id IS NULL OR vendor_share_ppm = 1000000)),
    CONSTRAINT promotions_scope_few CHECK (cardinality(vendor_ids) <= 1000 AND cardinality(product_ids) <= 1000
        AND cardinality(collection_ids) <= 100 AND cardinality(category_ids) <= 100
        AND cardinality(excluded_product_ids) <= 1000 AND cardinality(get_product_ids) <= 1000
        AND cardinality(customer_groups) <= 100)
);
CREATE INDEX promotions_of_vendor ON promotions (vendor_id, id DESC);
CREATE INDEX promotions_of_status ON promotions (status, id DESC);
CREATE INDEX promotions_in_force ON promotions (ends_at) WHERE status = 'active';

-- What of a promotion's limits is used. It stands apart from the promotion, so that an order waits for others that use it and not for
-- who edits it; and it has the limits beside it, so that nothing goes beyond them whatever a caller forgets.
CREATE TABLE promotion_usage (
    promotion_id uuid NOT NULL,
    uses bigint NOT NULL DEFAULT 0,
    spent_minor bigint NOT NULL DEFAULT 0,
    usage_limit bigint,
    budget_minor bigint,
    CONSTRAINT promotion_usage_pkey PRIMARY KEY (promotion_id),
    CONSTRAINT promotion_usage_promotion FOREIGN KEY (promotion_id) REFERENCES promotions (id),
    CONSTRAINT promotion_usage_not_negative CHECK (uses >= 0 AND spent_minor >= 0),
    CONSTRAINT promotion_usage_within_limit CHECK (uses <= usage_limit),
    CONSTRAINT promotion_usage_within_budget CHECK (spent_minor <= budget_minor)
) WITH (fillfactor = 50);

-- The same for each customer, who is known by digests of an account, an e-mail address or a telephone number.
CREATE TABLE promotion_customer_usage (
    promotion_id uuid NOT NULL,
    customer_key bigint NOT NULL,
    uses bigint NOT NULL,
    customer_limit bigint NOT NULL,
    CONSTRAINT promotion_customer_usage_pkey PRIMARY KEY (promotion_id, customer_key),
    CONSTRAINT promotion_customer_usage_promotion FOREIGN KEY (promotion_id) REFERENCES promotions (id),
    CONSTRAINT promotion_customer_usage_not_negative CHECK (uses >= 0),
    CONSTRAINT promotion_customer_usage_within_limit CHECK (uses <= customer_limit)
) WITH (fillfactor = 80);

-- Codes that were made together, each for one use.
CREATE TABLE promotion_code_batches (
    id uuid NOT NULL,
    promotion_id uuid NOT NULL,
    prefix text NOT NULL,
    size integer NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT promotion_code_batches_pkey PRIMARY KEY (id),
    CONSTRAINT promotion_code_batches_promotion FOREIGN KEY (promotion_id) REFERENCES promotions (id),
    CONSTRAINT promotion_code_batches_size CHECK (size BETWEEN 1 AND 10000)
);
CREATE INDEX promotion_code_batches_of_promotion ON promotion_code_batches (promotion_id, id DESC);

CREATE TABLE promotion_codes (
    id uuid NOT NULL,
    promotion_id uuid NOT NULL,
    batch_id uuid,
    -- In the one form that all ways of typing it come to.
    code text NOT NULL,
    -- NULL: as often as its promotion.
    usage_limit bigint,
    uses bigint NOT NULL DEFAULT 0,
    revoked_at timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT promotion_codes_pkey PRIMARY KEY (id),
    CONSTRAINT promotion_codes_code UNIQUE (code),
    CONSTRAINT promotion_codes_promotion FOREIGN KEY (promotion_id) REFERENCES promotions (id),
    CONSTRAINT promotion_codes_batch FOREIGN KEY (batch_id) REFERENCES promotion_code_batches (id),
    CONSTRAINT promotion_codes_once_of_batch CHECK (batch_id IS NULL OR usage_limit = 1),
    CONSTRAINT promotion_codes_within_limit CHECK (0 <= uses AND uses <= usage_limit)
) WITH (fillfactor = 80);
CREATE INDEX promotion_codes_of_promotion ON promotion_codes (promotion_id, id DESC) WHERE batch_id IS NULL;
CREATE INDEX promotion_codes_of_batch ON promotion_codes (batch_id, id) WHERE batch_id IS NOT NULL;

-- What an order has taken off by a promotion: taken when it is placed, given back when it is cancelled or expires.
CREATE TABLE promotion_redemptions (
    order_id uuid NOT NULL,
    promotion_id uuid NOT NULL,
    code_id uuid,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    customer_keys bigint[] NOT NULL,
    redeemed_at timestamptz NOT NULL,
    released_at timestamptz,
    CONSTRAINT promotion_redemptions_pkey PRIMARY KEY (order_id, promotion_id),
    CONSTRAINT promotion_redemptions_promotion FOREIGN KEY (promotion_id) REFERENCES promotions (id),
    CONSTRAINT promotion_redemptions_code FOREIGN KEY (code_id) REFERENCES promotion_codes (id),
    CONSTRAINT promotion_redemptions_amount_positive CHECK (amount_minor > 0),
    CONSTRAINT promotion_redemptions_currency_code CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT promotion_redemptions_keys_few CHECK (cardinality(customer_keys) <= 10)
);
CREATE INDEX promotion_redemptions_of_promotion ON promotion_redemptions (promotion_id, order_id);

GRANT SELECT, INSERT (code, name, created_at), UPDATE (name) ON customer_groups TO haat_app;
GRANT SELECT, INSERT (customer_group, account_id, added_at), DELETE ON customer_group_members TO haat_app;
GRANT SELECT, INSERT (id, vendor_id, name, customer_group, currency, includes_tax, priority, is_active, starts_at, ends_at, created_at,
        updated_at),
    UPDATE (name, includes_tax, priority, is_active, starts_at, ends_at, version, updated_at)
    ON price_lists TO haat_app;
GRANT SELECT, INSERT (price_list_id, variant_id, minimum_quantity, amount_minor), DELETE ON price_list_prices TO haat_app;
GRANT SELECT, INSERT (id, vendor_id, title, trigger, status, action, rate_ppm, amount_minor, at_most_minor, buy_quantity, get_quantity,
        get_product_ids, at_most_times, tier_basis, tier_minimums, tier_rates_ppm, tier_amounts_minor, gift_variant_id, gift_quantity,
        currency, vendor_ids, product_ids, collection_ids, category_ids, excluded_product_ids, customer_groups, is_for_first_order,
        minimum_subtotal_minor, minimum_quantity, starts_at, ends_at, weekdays, from_minute, to_minute, priority, is_exclusive,
        stacking_group, combines_with, vendor_share_ppm, usage_limit, customer_limit, budget_minor, version, created_at, updated_at),
    UPDATE (title, status, action, rate_ppm, amount_minor, at_most_minor, buy_quantity, get_quantity, get_product_ids, at_most_times,
        tier_basis, tier_minimums, tier_rates_ppm, tier_amounts_minor, gift_variant_id, gift_quantity, currency, vendor_ids,
        product_ids, collection_ids, category_ids, excluded_product_ids, customer_groups, is_for_first_order, minimum_subtotal_minor,
        minimum_quantity, starts_at, ends_at, weekdays, from_minute, to_minute, priority, is_exclusive, stacking_group, combines_with,
        vendor_share_ppm, usage_limit, customer_limit, budget_minor, version, updated_at)
    ON promotions TO haat_app;
GRANT SELECT, INSERT (promotion_id, usage_limit, budget_minor), UPDATE (uses, spent_minor, usage_limit, budget_minor)
    ON promotion_usage TO haat_app;
GRANT SELECT, INSERT (promotion_id, customer_key, uses, customer_limit), UPDATE (uses, customer_limit)
    ON promotion_customer_usage TO haat_app;
GRANT SELECT, INSERT (id, promotion_id, prefix, size, created_at) ON promotion_code_batches TO haat_app;
GRANT SELECT, INSERT (id, promotion_id, batch_id, code, usage_limit, created_at), UPDATE (uses, revoked_at) ON promotion_codes TO haat_app;
GRANT SELECT, INSERT (order_id, promotion_id, code_id, amount_minor, currency, customer_keys, redeemed_at), UPDATE (released_at)
    ON promotion_redemptions TO haat_app;
GRANT SELECT ON customer_groups, customer_group_members, price_lists, price_list_prices, promotions, promotion_usage,
    promotion_customer_usage, promotion_code_batches, promotion_codes, promotion_redemptions
    TO haat_readonly;
