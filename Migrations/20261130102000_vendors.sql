-- Who sells: their applications, registrations, documents, places, terms and accounts. What the law asks for stands in rows with
-- dates; what of it nobody could confirm says so, and is changed here and not in a program.

-- States, divisions and districts by the codes that taxes and addresses use.
CREATE TABLE regions (
    country text NOT NULL,
    kind text NOT NULL,
    -- Of an Indian State that of its GSTINs, in Bangladesh that of ISO 3166-2.
    code text NOT NULL,
    name text NOT NULL,
    parent text,
    -- Other spellings and letters that people use.
    aliases text[] NOT NULL DEFAULT '{}',
    valid_from date,
    valid_to date,
    CONSTRAINT regions_pkey PRIMARY KEY (country, code),
    CONSTRAINT regions_parent FOREIGN KEY (country, parent) REFERENCES regions (country, code),
    CONSTRAINT regions_kind_known CHECK (kind IN ('state', 'division', 'district')),
    CONSTRAINT regions_dates_in_order CHECK (valid_from <= valid_to)
);

INSERT INTO regions (country, kind, code, name, parent, aliases, valid_from, valid_to) VALUES
    ('IN', 'state', '01', 'Jammu and Kashmir', NULL, ARRAY['JK']::text[], '2017-07-01', NULL),
    ('IN', 'state', '02', 'Himachal Pradesh', NULL, ARRAY['HP']::text[], '2017-07-01', NULL),
    ('IN', 'state', '03', 'Punjab', NULL, ARRAY['PB']::text[], '2017-07-01', NULL),
    ('IN', 'state', '04', 'Chandigarh', NULL, ARRAY['CH']::text[], '2017-07-01', NULL),
    ('IN', 'state', '05', 'Uttarakhand', NULL, ARRAY['UK', 'UT']::text[], '2017-07-01', NULL),
    ('IN', 'state', '06', 'Haryana', NULL, ARRAY['HR']::text[], '2017-07-01', NULL),
    ('IN', 'state', '07', 'Delhi', NULL, ARRAY['DL']::text[], '2017-07-01', NULL),
    ('IN', 'state', '08', 'Rajasthan', NULL, ARRAY['RJ']::text[], '2017-07-01', NULL),
    ('IN', 'state', '09', 'Uttar Pradesh', NULL, ARRAY['UP']::text[], '2017-07-01', NULL),
    ('IN', 'state', '10', 'Bihar', NULL, ARRAY['BR']::text[], '2017-07-01', NULL),
    ('IN', 'state', '11', 'Sikkim', NULL, ARRAY['SK']::text[], '2017-07-01', NULL),
    ('IN', 'state', '12', 'Arunachal Pradesh', NULL, ARRAY['AR']::text[], '2017-07-01', NULL),
    ('IN', 'state', '13', 'Nagaland', NULL, ARRAY['NL']::text[], '2017-07-01', NULL),
    ('IN', 'state', '14', 'Manipur', NULL, ARRAY['MN']::text[], '2017-07-01', NULL),
    ('IN', 'state', '15', 'Mizoram', NULL, ARRAY['MZ']::text[], '2017-07-01', NULL),
    ('IN', 'state', '16', 'Tripura', NULL, ARRAY['TR']::text[], '2017-07-01', NULL),
    ('IN', 'state', '17', 'Meghalaya', NULL, ARRAY['ML']::text[], '2017-07-01', NULL),
    ('IN', 'state', '18', 'Assam', NULL, ARRAY['AS']::text[], '2017-07-01', NULL),
    ('IN', 'state', '19', 'West Bengal', NULL, ARRAY['WB']::text[], '2017-07-01', NULL),
    ('IN', 'state', '20', 'Jharkhand', NULL, ARRAY['JH']::text[], '2017-07-01', NULL),
    ('IN', 'state', '21', 'Odisha', NULL, ARRAY['OD', 'OR']::text[], '2017-07-01', NULL),
    ('IN', 'state', '22', 'Chhattisgarh', NULL, ARRAY['CG', 'CT']::text[], '2017-07-01', NULL),
    ('IN', 'state', '23', 'Madhya Pradesh', NULL, ARRAY['MP']::text[], '2017-07-01', NULL),
    ('IN', 'state', '24', 'Gujarat', NULL, ARRAY['GJ']::text[], '2017-07-01', NULL),
    ('IN', 'state', '25', 'Daman and Diu', NULL, ARRAY['DD']::text[], NULL, '2020-01-25'),
    ('IN', 'state', '26', 'Dadra and Nagar Haveli and Daman and Diu', NULL, ARRAY['DH', 'DN']::text[], '2020-01-26', NULL),
    ('IN', 'state', '27', 'Maharashtra', NULL, ARRAY['MH']::text[], '2017-07-01', NULL),
    ('IN', 'state', '28', 'Andhra Pradesh before its division', NULL, ARRAY['AP']::text[], NULL, '2014-06-01'),
    ('IN', 'state', '29', 'Karnataka', NULL, ARRAY['KA']::text[], '2017-07-01', NULL),
    ('IN', 'state', '30', 'Goa', NULL, ARRAY['GA']::text[], '2017-07-01', NULL),
    ('IN', 'state', '31', 'Lakshadweep', NULL, ARRAY['LD']::text[], '2017-07-01', NULL),
    ('IN', 'state', '32', 'Kerala', NULL, ARRAY['KL']::text[], '2017-07-01', NULL),
    ('IN', 'state', '33', 'Tamil Nadu', NULL, ARRAY['TN']::text[], '2017-07-01', NULL),
    ('IN', 'state', '34', 'Puducherry', NULL, ARRAY['PY']::text[], '2017-07-01', NULL),
    ('IN', 'state', '35', 'Andaman and Nicobar Islands', NULL, ARRAY['AN']::text[], '2017-07-01', NULL),
    ('IN', 'state', '36', 'Telangana', NULL, ARRAY['TS', 'TG']::text[], '2017-07-01', NULL),
    ('IN', 'state', '37', 'Andhra Pradesh', NULL, ARRAY['AP']::text[], '2017-07-01', NULL),
    ('IN', 'state', '38', 'Ladakh', NULL, ARRAY['LA']::text[], '2019-10-31', NULL),
    ('IN', 'state', '97', 'Other territory', NULL, ARRAY[]::text[], '2017-07-01', NULL),
    ('BD', 'division', 'BD-A', 'Barishal', NULL, ARRAY['Barisal']::text[], NULL, NULL),
    ('BD', 'division', 'BD-B', 'Chattogram', NULL, ARRAY['Chittagong', 'Chattagram']::text[], NULL, NULL),
    ('BD', 'division', 'BD-C', 'Dhaka', NULL, ARRAY[]::text[], NULL, NULL),
    ('BD', 'division', 'BD-D', 'Khulna', NULL, ARRAY[]::text[], NULL, NULL),
    ('BD', 'division', 'BD-E', 'Rajshahi', NULL, ARRAY[]::text[], NULL, NULL),
    ('BD', 'division', 'BD-F', 'Rangpur', NULL, ARRAY[]::text[], NULL, NULL),
    ('BD', 'division', 'BD-G', 'Sylhet', NULL, ARRAY[]::text[], NULL, NULL),
    ('BD', 'division', 'BD-H', 'Mymensingh', NULL, ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-02', 'Barguna', 'BD-A', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-06', 'Barishal', 'BD-A', ARRAY['Barisal']::text[], NULL, NULL),
    ('BD', 'district', 'BD-07', 'Bhola', 'BD-A', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-25', 'Jhalokathi', 'BD-A', ARRAY['Jhalakathi']::text[], NULL, NULL),
    ('BD', 'district', 'BD-51', 'Patuakhali', 'BD-A', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-50', 'Pirojpur', 'BD-A', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-01', 'Bandarban', 'BD-B', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-04', 'Brahmanbaria', 'BD-B', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-09', 'Chandpur', 'BD-B', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-10', 'Chattogram', 'BD-B', ARRAY['Chittagong', 'Chattagram']::text[], NULL, NULL),
    ('BD', 'district', 'BD-08', 'Cumilla', 'BD-B', ARRAY['Comilla']::text[], NULL, NULL),
    ('BD', 'district', 'BD-11', 'Cox''s Bazar', 'BD-B', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-16', 'Feni', 'BD-B', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-29', 'Khagrachhari', 'BD-B', ARRAY['Khagrachari']::text[], NULL, NULL),
    ('BD', 'district', 'BD-31', 'Lakshmipur', 'BD-B', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-47', 'Noakhali', 'BD-B', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-56', 'Rangamati', 'BD-B', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-13', 'Dhaka', 'BD-C', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-15', 'Faridpur', 'BD-C', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-18', 'Gazipur', 'BD-C', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-17', 'Gopalganj', 'BD-C', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-26', 'Kishoreganj', 'BD-C', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-36', 'Madaripur', 'BD-C', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-33', 'Manikganj', 'BD-C', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-35', 'Munshiganj', 'BD-C', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-40', 'Narayanganj', 'BD-C', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-42', 'Narsingdi', 'BD-C', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-53', 'Rajbari', 'BD-C', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-62', 'Shariatpur', 'BD-C', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-63', 'Tangail', 'BD-C', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-05', 'Bagerhat', 'BD-D', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-12', 'Chuadanga', 'BD-D', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-22', 'Jashore', 'BD-D', ARRAY['Jessore']::text[], NULL, NULL),
    ('BD', 'district', 'BD-23', 'Jhenaidah', 'BD-D', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-27', 'Khulna', 'BD-D', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-30', 'Kushtia', 'BD-D', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-37', 'Magura', 'BD-D', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-39', 'Meherpur', 'BD-D', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-43', 'Narail', 'BD-D', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-58', 'Satkhira', 'BD-D', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-03', 'Bogura', 'BD-E', ARRAY['Bogra']::text[], NULL, NULL),
    ('BD', 'district', 'BD-24', 'Joypurhat', 'BD-E', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-48', 'Naogaon', 'BD-E', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-44', 'Natore', 'BD-E', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-45', 'Chapai Nawabganj', 'BD-E', ARRAY['Nawabganj']::text[], NULL, NULL),
    ('BD', 'district', 'BD-49', 'Pabna', 'BD-E', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-54', 'Rajshahi', 'BD-E', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-59', 'Sirajganj', 'BD-E', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-14', 'Dinajpur', 'BD-F', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-19', 'Gaibandha', 'BD-F', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-28', 'Kurigram', 'BD-F', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-32', 'Lalmonirhat', 'BD-F', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-46', 'Nilphamari', 'BD-F', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-52', 'Panchagarh', 'BD-F', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-55', 'Rangpur', 'BD-F', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-64', 'Thakurgaon', 'BD-F', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-20', 'Habiganj', 'BD-G', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-38', 'Moulvibazar', 'BD-G', ARRAY['Maulvibazar']::text[], NULL, NULL),
    ('BD', 'district', 'BD-61', 'Sunamganj', 'BD-G', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-60', 'Sylhet', 'BD-G', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-21', 'Jamalpur', 'BD-H', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-34', 'Mymensingh', 'BD-H', ARRAY[]::text[], NULL, NULL),
    ('BD', 'district', 'BD-41', 'Netrakona', 'BD-H', ARRAY['Netrokona']::text[], NULL, NULL),
    ('BD', 'district', 'BD-57', 'Sherpur', 'BD-H', ARRAY[]::text[], NULL, NULL);

-- What a vendor may do with a registration. A vendor who has none of a kind that crosses borders sells within its region alone.
CREATE TABLE registration_kinds (
    kind text NOT NULL,
    country text NOT NULL,
    -- NULL: it says nothing about where its holder may sell.
    crosses_regions boolean,
    valid_from date NOT NULL,
    valid_to date,
    CONSTRAINT registration_kinds_pkey PRIMARY KEY (kind, valid_from),
    CONSTRAINT registration_kinds_known CHECK (
        kind IN ('gstin', 'gst_composition', 'gst_enrolment', 'pan', 'bin', 'etin')),
    CONSTRAINT registration_kinds_dates_in_order CHECK (valid_from <= valid_to)
);

INSERT INTO registration_kinds (kind, country, crosses_regions, valid_from) VALUES
    ('gstin', 'IN', true, '2017-07-01'),
    -- Notifications 34, 36 and 37 of 2023: through a marketplace within the State alone.
    ('gst_composition', 'IN', false, '2023-10-01'),
    ('gst_enrolment', 'IN', false, '2023-10-01'),
    ('pan', 'IN', NULL, '1995-07-01'),
    ('bin', 'BD', true, '2019-11-30'),
    ('etin', 'BD', NULL, '2013-07-01');

-- What an applicant has to show, by country and kind.
CREATE TABLE vendor_requirements (
    country text NOT NULL,
    code text NOT NULL,
    position integer NOT NULL,
    -- NULL: every kind of vendor.
    vendor_kinds text[],
    subject text NOT NULL,
    -- Any one of these kinds of the subject will do; empty where the subject has no kinds.
    kinds text[] NOT NULL DEFAULT '{}',
    -- false: only where it applies, such as a food licence.
    is_required boolean NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    CONSTRAINT vendor_requirements_pkey PRIMARY KEY (country, code, valid_from),
    CONSTRAINT vendor_requirements_subject_known CHECK (
        subject IN ('registration', 'document', 'pickup_location', 'payout_account', 'registered_address',
            'support_contact', 'grievance_officer')),
    CONSTRAINT vendor_requirements_dates_in_order CHECK (valid_from <= valid_to)
);

INSERT INTO vendor_requirements (country, code, position, vendor_kinds, subject, kinds, is_required, valid_from) VALUES
    ('IN', 'pan', 1, NULL, 'registration', ARRAY['pan'], true, '2017-07-01'),
    ('IN', 'gst', 2, NULL, 'registration', ARRAY['gstin', 'gst_composition', 'gst_enrolment'], true, '2023-10-01'),
    ('IN', 'address_proof', 3, NULL, 'document', ARRAY['address_proof'], true, '2017-07-01'),
    ('IN', 'registered_address', 4, NULL, 'registered_address', '{}', true, '2020-07-23'),
    ('IN', 'pickup_location', 5, NULL, 'pickup_location', '{}', true, '2017-07-01'),
    ('IN', 'payout_account', 6, NULL, 'payout_account', ARRAY['bank_in', 'upi'], true, '2017-07-01'),
    -- Consumer Protection (E-Commerce) Rules, 2020.
    ('IN', 'support_contact', 7, NULL, 'support_contact', '{}', true, '2020-07-23'),
    ('IN', 'grievance_officer', 8, NULL, 'grievance_officer', '{}', true, '2020-07-23'),
    -- Unconfirmed: 14 digits, and for whom.
    ('IN', 'food_licence', 9, NULL, 'document', ARRAY['food_licence'], false, '2011-08-05'),
    ('BD', 'identity', 1, NULL, 'document', ARRAY['nid'], true, '2021-07-04'),
    -- Digital Commerce Operation Guidelines, 2021; shown to buyers.
    ('BD', 'trade_licence', 2, ARRAY['proprietorship', 'partnership', 'company', 'other'], 'document',
        ARRAY['trade_licence'], true, '2021-07-04'),
    ('BD', 'etin', 3, NULL, 'registration', ARRAY['etin'], true, '2013-07-01'),
    -- Only above a turnover, which has changed and is not confirmed for the present year.
    ('BD', 'bin', 4, NULL, 'registration', ARRAY['bin'], false, '2019-11-30'),
    ('BD', 'registered_address', 5, NULL, 'registered_address', '{}', true, '2021-07-04'),
    ('BD', 'pickup_location', 6, NULL, 'pickup_location', '{}', true, '2021-07-04'),
    ('BD', 'payout_account', 7, NULL, 'payout_account', ARRAY['bank_bd', 'wallet'], true, '2021-07-04'),
    ('BD', 'support_contact', 8, NULL, 'support_contact', '{}', true, '2021-07-04');

-- Who decided what about a vendor, and why.
CREATE TABLE vendor_decisions (
    id uuid NOT NULL,
    vendor_id uuid NOT NULL,
    act text NOT NULL,
    from_status text,
    to_status text NOT NULL,
    actor text NOT NULL,
    reason text NOT NULL DEFAULT '',
    decided_at timestamptz NOT NULL,
    CONSTRAINT vendor_decisions_pkey PRIMARY KEY (id),
    CONSTRAINT vendor_decisions_vendor FOREIGN KEY (vendor_id) REFERENCES vendors (id),
    CONSTRAINT vendor_decisions_act_known CHECK (
        act IN ('apply', 'admit', 'submit', 'approve', 'reject', 'suspend', 'reinstate', 'close')),
    CONSTRAINT vendor_decisions_begin_once CHECK ((from_status IS NULL) = (act IN ('apply', 'admit')))
);
CREATE INDEX vendor_decisions_of_vendor ON vendor_decisions (vendor_id, id DESC);
SELECT make_append_only('vendor_decisions');

-- By which a vendor is found; those before the current one still lead to it and are nobody else's.
CREATE TABLE vendor_slugs (
    slug text NOT NULL,
    vendor_id uuid NOT NULL,
    is_current boolean NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT vendor_slugs_pkey PRIMARY KEY (slug),
    CONSTRAINT vendor_slugs_vendor FOREIGN KEY (vendor_id) REFERENCES vendors (id),
    CONSTRAINT vendor_slugs_form CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 60)
);
CREATE UNIQUE INDEX vendor_slugs_current ON vendor_slugs (vendor_id) WHERE is_current;

-- What customers read about a vendor.
CREATE TABLE vendor_profiles (
    vendor_id uuid NOT NULL,
    description text NOT NULL DEFAULT '',
    logo_media_id uuid,
    return_policy text NOT NULL DEFAULT '',
    shipping_policy text NOT NULL DEFAULT '',
    support_email text,
    support_phone text,
    officer_name text,
    officer_designation text,
    officer_email text,
    officer_phone text,
    registered_address jsonb,
    CONSTRAINT vendor_profiles_pkey PRIMARY KEY (vendor_id),
    CONSTRAINT vendor_profiles_vendor FOREIGN KEY (vendor_id) REFERENCES vendors (id),
    CONSTRAINT vendor_profiles_logo FOREIGN KEY (logo_media_id) REFERENCES media (id),
    -- An officer whom nobody can reach is none.
    CONSTRAINT vendor_profiles_officer_complete CHECK (
        (officer_name IS NULL AND num_nonnulls(officer_designation, officer_email, officer_phone) = 0)
        OR (num_nulls(officer_name, officer_designation) = 0 AND num_nonnulls(officer_email, officer_phone) > 0))
);

CREATE TABLE vendor_registrations (
    id uuid NOT NULL,
    vendor_id uuid NOT NULL,
    kind text NOT NULL,
    number text NOT NULL,
    -- The State of a registration that is one State's.
    region text,
    legal_name text NOT NULL,
    valid_from date,
    valid_to date,
    status text NOT NULL DEFAULT 'pending',
    reason text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    verified_at timestamptz,
    CONSTRAINT vendor_registrations_pkey PRIMARY KEY (id),
    CONSTRAINT vendor_registrations_vendor FOREIGN KEY (vendor_id) REFERENCES vendors (id),
    -- What pickup locations refer to, so that a location's registration is always its vendor's.
    CONSTRAINT vendor_registrations_id_vendor UNIQUE (id, vendor_id),
    CONSTRAINT vendor_registrations_kind_known CHECK (
        kind IN ('gstin', 'gst_composition', 'gst_enrolment', 'pan', 'bin', 'etin')),
    CONSTRAINT vendor_registrations_region_if_of_one CHECK ((kind LIKE 'gst%') = (region IS NOT NULL)),
    CONSTRAINT vendor_registrations_dates_in_order CHECK (valid_from <= valid_to),
    CONSTRAINT vendor_registrations_status_known CHECK (status IN ('pending', 'verified', 'refused')),
    CONSTRAINT vendor_registrations_verified_at CHECK ((status = 'verified') = (verified_at IS NOT NULL))
);
CREATE UNIQUE INDEX vendor_registrations_number ON vendor_registrations (vendor_id, kind, number) WHERE status <> 'refused';
CREATE INDEX vendor_registrations_by_number ON vendor_registrations (number);

-- Where couriers fetch parcels.
CREATE TABLE pickup_locations (
    id uuid NOT NULL,
    vendor_id uuid NOT NULL,
    name text NOT NULL,
    phone text NOT NULL,
    address jsonb NOT NULL,
    -- Of the address: the place of supply is told by it.
    country text NOT NULL GENERATED ALWAYS AS (address->>'country') STORED,
    region text NOT NULL GENERATED ALWAYS AS (coalesce(address->>'state', address->>'district')) STORED,
    -- The tax registration that goods are sold under from here.
    registration_id uuid,
    is_active boolean NOT NULL DEFAULT true,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    CONSTRAINT pickup_locations_pkey PRIMARY KEY (id),
    CONSTRAINT pickup_locations_vendor FOREIGN KEY (vendor_id) REFERENCES vendors (id),
    CONSTRAINT pickup_locations_registration FOREIGN KEY (registration_id, vendor_id)
        REFERENCES vendor_registrations (id, vendor_id),
    CONSTRAINT pickup_locations_region FOREIGN KEY (country, region) REFERENCES regions (country, code)
);
CREATE INDEX pickup_locations_of_vendor ON pickup_locations (vendor_id, id);

-- What proves what a vendor says. The files are media.
CREATE TABLE vendor_documents (
    id uuid NOT NULL,
    vendor_id uuid NOT NULL,
    kind text NOT NULL,
    media_id uuid NOT NULL,
    number text,
    -- Of a person's number no more than that is kept.
    last_four text,
    authority text,
    expires_on date,
    status text NOT NULL DEFAULT 'pending',
    reason text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    reviewed_at timestamptz,
    CONSTRAINT vendor_documents_pkey PRIMARY KEY (id),
    CONSTRAINT vendor_documents_vendor FOREIGN KEY (vendor_id) REFERENCES vendors (id),
    CONSTRAINT vendor_documents_media FOREIGN KEY (media_id) REFERENCES media (id),
    CONSTRAINT vendor_documents_kind_known CHECK (
        kind IN ('trade_licence', 'nid', 'address_proof', 'food_licence', 'incorporation', 'bank_proof', 'other')),
    CONSTRAINT vendor_documents_no_persons_number CHECK (kind <> 'nid' OR number IS NULL),
    CONSTRAINT vendor_documents_last_four CHECK (last_four IS NULL OR length(last_four) = 4 AND kind = 'nid'),
    CONSTRAINT vendor_documents_numbered CHECK (kind NOT IN ('trade_licence', 'food_licence') OR number IS NOT NULL),
    CONSTRAINT vendor_documents_status_known CHECK (status IN ('pending', 'accepted', 'refused')),
    CONSTRAINT vendor_documents_reviewed_at CHECK ((status = 'pending') = (reviewed_at IS NULL))
);
CREATE INDEX vendor_documents_of_vendor ON vendor_documents (vendor_id, id);

-- The marketplace's share of a vendor's sales. A term holds until the next one begins, so that there is one at each time and never two;
-- of two that begin at once the later one recorded corrects the other. An order freezes what holds at its time.
CREATE TABLE commission_terms (
    id uuid NOT NULL,
    vendor_id uuid NOT NULL,
    rate_ppm integer NOT NULL,
    -- For each line beside the share.
    fixed_minor bigint,
    fixed_currency text,
    valid_from timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT commission_terms_pkey PRIMARY KEY (id),
    CONSTRAINT commission_terms_vendor FOREIGN KEY (vendor_id) REFERENCES vendors (id),
    CONSTRAINT commission_terms_share CHECK (rate_ppm BETWEEN 0 AND 1000000),
    CONSTRAINT commission_terms_fixed_complete CHECK (num_nonnulls(fixed_minor, fixed_currency) IN (0, 2) AND fixed_minor >= 0),
    CONSTRAINT commission_terms_currency_code CHECK (fixed_currency ~ '^[A-Z]{3}$')
);
CREATE INDEX commission_terms_of_vendor ON commission_terms (vendor_id, valid_from DESC, id DESC);
SELECT make_append_only('commission_terms');

-- Where a vendor's money goes.
CREATE TABLE payout_accounts (
    id uuid NOT NULL,
    vendor_id uuid NOT NULL,
    kind text NOT NULL,
    holder_name text NOT NULL,
    -- Sealed: the account's number and its bank's code, the wallet or the payment address.
    details bytea NOT NULL,
    data_key_id uuid NOT NULL,
    last_four text NOT NULL,
    state text NOT NULL DEFAULT 'pending',
    created_at timestamptz NOT NULL,
    -- No money goes there before: who takes over a vendor's login changes this first.
    usable_from timestamptz NOT NULL,
    verified_at timestamptz,
    replaced_at timestamptz,
    CONSTRAINT payout_accounts_pkey PRIMARY KEY (id),
    CONSTRAINT payout_accounts_vendor FOREIGN KEY (vendor_id) REFERENCES vendors (id),
    CONSTRAINT payout_accounts_data_key FOREIGN KEY (data_key_id) REFERENCES data_keys (id),
    CONSTRAINT payout_accounts_kind_known CHECK (kind IN ('bank_in', 'bank_bd', 'upi', 'wallet')),
    CONSTRAINT payout_accounts_state_known CHECK (state IN ('pending', 'verified', 'replaced')),
    CONSTRAINT payout_accounts_verified_at CHECK (state = 'replaced' OR (state = 'verified') = (verified_at IS NOT NULL)),
    CONSTRAINT payout_accounts_replaced_at CHECK ((state = 'replaced') = (replaced_at IS NOT NULL))
);
CREATE UNIQUE INDEX payout_accounts_current ON payout_accounts (vendor_id) WHERE state <> 'replaced';
CREATE INDEX payout_accounts_of_vendor ON payout_accounts (vendor_id, id DESC);

GRANT SELECT ON regions, registration_kinds, vendor_requirements TO haat_app;
GRANT SELECT, INSERT (id, vendor_id, act, from_status, to_status, actor, reason, decided_at) ON vendor_decisions TO haat_app;
GRANT SELECT, INSERT (slug, vendor_id, is_current, created_at), UPDATE (is_current) ON vendor_slugs TO haat_app;
GRANT SELECT, INSERT (vendor_id, description, logo_media_id, return_policy, shipping_policy, support_email, support_phone,
        officer_name, officer_designation, officer_email, officer_phone, registered_address),
    UPDATE (description, logo_media_id, return_policy, shipping_policy, support_email, support_phone, officer_name,
        officer_designation, officer_email, officer_phone, registered_address)
    ON vendor_profiles TO haat_app;
GRANT SELECT, INSERT (id, vendor_id, kind, number, region, legal_name, valid_from, valid_to, created_at),
    UPDATE (status, reason, verified_at, valid_to)
    ON vendor_registrations TO haat_app;
GRANT SELECT, INSERT (id, vendor_id, name, phone, address, registration_id, created_at),
    UPDATE (name, phone, address, registration_id, is_active, version)
    ON pickup_locations TO haat_app;
GRANT SELECT, INSERT (id, vendor_id, kind, media_id, number, last_four, authority, expires_on, created_at),
    UPDATE (status, reason, reviewed_at)
    ON vendor_documents TO haat_app;
GRANT SELECT, INSERT (id, vendor_id, rate_ppm, fixed_minor, fixed_currency, valid_from, recorded_at) ON commission_terms TO haat_app;
GRANT SELECT, INSERT (id, vendor_id, kind, holder_name, details, data_key_id, last_four, created_at, usable_from),
    UPDATE (state, verified_at, replaced_at)
    ON payout_accounts TO haat_app;
GRANT UPDATE (details, data_key_id) ON payout_accounts TO haat_maintenance;

GRANT SELECT ON regions, registration_kinds, vendor_requirements, vendor_decisions, vendor_slugs, vendor_profiles,
    vendor_registrations, pickup_locations, vendor_documents, commission_terms
    TO haat_readonly;
GRANT SELECT (id, vendor_id, kind, holder_name, data_key_id, last_four, state, created_at, usable_from, verified_at, replaced_at)
    ON payout_accounts TO haat_readonly;
