-- What programs show to act on their own, for the marketplace or for one vendor.
CREATE TABLE api_keys (
    id uuid NOT NULL,
    name text NOT NULL,
    -- The first characters of the token, by which people find a key again.
    prefix text NOT NULL,
    role text NOT NULL,
    vendor_id uuid,
    -- SHA-256 of the token, which only its holder has.
    token_hash bytea NOT NULL,
    -- Made from the settings of the installation.
    is_bootstrap boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    CONSTRAINT api_keys_pkey PRIMARY KEY (id),
    CONSTRAINT api_keys_vendor FOREIGN KEY (vendor_id) REFERENCES vendors (id),
    CONSTRAINT api_keys_token UNIQUE (token_hash),
    CONSTRAINT api_keys_token_hash_complete CHECK (octet_length(token_hash) = 32),
    -- A vendor's role reaches one vendor, and no other role does.
    CONSTRAINT api_keys_vendor_if_vendors_role CHECK ((role LIKE 'vendor\_%') = (vendor_id IS NOT NULL))
);
