-- Who acts for the marketplace and for its vendors: people, each by an account of their own, for as long as they are let.

-- Roles of the marketplace's own.
CREATE TABLE permission_sets (
    id uuid NOT NULL,
    name text NOT NULL,
    -- Whether members of the staff can have it, or members of vendors.
    scope text NOT NULL,
    -- A name that the processes don't know permits nothing.
    permissions text[] NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    removed_at timestamptz,
    CONSTRAINT permission_sets_pkey PRIMARY KEY (id),
    CONSTRAINT permission_sets_of_scope UNIQUE (id, scope),
    CONSTRAINT permission_sets_scope CHECK (scope IN ('staff', 'vendor')),
    CONSTRAINT permission_sets_permissions_some CHECK (cardinality(permissions) BETWEEN 1 AND 200),
    CONSTRAINT permission_sets_version_positive CHECK (version > 0)
);
CREATE UNIQUE INDEX permission_sets_name ON permission_sets (scope, lower(name)) WHERE removed_at IS NULL;

-- What an account may do besides what customers may: for the marketplace, or for one vendor. Those that were removed stay, since the
-- audit record names them.
CREATE TABLE memberships (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    -- NULL for the staff of the marketplace.
    vendor_id uuid,
    scope text GENERATED ALWAYS AS (CASE WHEN vendor_id IS NULL THEN 'staff' ELSE 'vendor' END) STORED,
    -- One of the built-in roles, or a permission set.
    role text,
    permission_set_id uuid,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    removed_at timestamptz,
    CONSTRAINT memberships_pkey PRIMARY KEY (id),
    CONSTRAINT memberships_of_owner UNIQUE (id, account_id),
    CONSTRAINT memberships_account FOREIGN KEY (account_id) REFERENCES accounts (id),
    CONSTRAINT memberships_vendor FOREIGN KEY (vendor_id) REFERENCES vendors (id),
    CONSTRAINT memberships_set FOREIGN KEY (permission_set_id, scope) REFERENCES permission_sets (id, scope),
    CONSTRAINT memberships_one_role CHECK (num_nonnulls(role, permission_set_id) = 1),
    -- A vendor's role reaches one vendor, and no other role does.
    CONSTRAINT memberships_vendor_if_vendors_role CHECK (role IS NULL OR (role LIKE 'vendor\_%') = (vendor_id IS NOT NULL)),
    CONSTRAINT memberships_version_positive CHECK (version > 0)
);
CREATE UNIQUE INDEX memberships_once ON memberships (account_id, vendor_id) NULLS NOT DISTINCT WHERE removed_at IS NULL;
CREATE INDEX memberships_of_vendor ON memberships (vendor_id, id);
CREATE INDEX memberships_of_staff ON memberships (id) WHERE scope = 'staff' AND removed_at IS NULL;
CREATE INDEX memberships_with_set ON memberships (permission_set_id) WHERE permission_set_id IS NOT NULL;

-- Who was asked to become a member. Whoever has signed in and reads what is sent to the address takes it, once.
CREATE TABLE invitations (
    id uuid NOT NULL,
    email text NOT NULL,
    -- Compared as those of accounts are.
    email_key text NOT NULL GENERATED ALWAYS AS (lower(email COLLATE "C")) STORED,
    vendor_id uuid,
    scope text GENERATED ALWAYS AS (CASE WHEN vendor_id IS NULL THEN 'staff' ELSE 'vendor' END) STORED,
    role text,
    permission_set_id uuid,
    -- A language tag (BCP 47): what is sent is written in it.
    locale text NOT NULL,
    -- SHA-256 of the token, which only what is sent carries.
    token_hash bytea NOT NULL,
    -- As the audit record names them.
    invited_by text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    accepted_at timestamptz,
    revoked_at timestamptz,
    CONSTRAINT invitations_pkey PRIMARY KEY (id),
    CONSTRAINT invitations_token UNIQUE (token_hash),
    CONSTRAINT invitations_vendor FOREIGN KEY (vendor_id) REFERENCES vendors (id),
    CONSTRAINT invitations_set FOREIGN KEY (permission_set_id, scope) REFERENCES permission_sets (id, scope),
    CONSTRAINT invitations_one_role CHECK (num_nonnulls(role, permission_set_id) = 1),
    CONSTRAINT invitations_vendor_if_vendors_role CHECK (role IS NULL OR (role LIKE 'vendor\_%') = (vendor_id IS NOT NULL)),
    CONSTRAINT invitations_one_end CHECK (num_nonnulls(accepted_at, revoked_at) <= 1),
    CONSTRAINT invitations_token_hash_complete CHECK (octet_length(token_hash) = 32)
);
CREATE INDEX invitations_of_vendor ON invitations (vendor_id, id);
CREATE INDEX invitations_of_staff ON invitations (id) WHERE scope = 'staff';
CREATE INDEX invitations_of_address ON invitations (email_key) WHERE accepted_at IS NULL AND revoked_at IS NULL;
CREATE INDEX invitations_of_inviter ON invitations (invited_by) WHERE accepted_at IS NULL AND revoked_at IS NULL;
CREATE INDEX invitations_with_set ON invitations (permission_set_id) WHERE permission_set_id IS NOT NULL;
CREATE INDEX invitations_expiry ON invitations (expires_at);

-- When somebody of the staff acts in the place of a customer or of a vendor, and why.
CREATE TABLE support_sessions (
    id uuid NOT NULL,
    -- Who.
    membership_id uuid NOT NULL,
    -- In whose place.
    as_account_id uuid,
    as_vendor_id uuid,
    reason text NOT NULL,
    -- Whether they may do more than look.
    may_write boolean NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT support_sessions_pkey PRIMARY KEY (id),
    CONSTRAINT support_sessions_membership FOREIGN KEY (membership_id) REFERENCES memberships (id),
    CONSTRAINT support_sessions_account FOREIGN KEY (as_account_id) REFERENCES accounts (id),
    CONSTRAINT support_sessions_vendor FOREIGN KEY (as_vendor_id) REFERENCES vendors (id),
    CONSTRAINT support_sessions_one_place CHECK (num_nonnulls(as_account_id, as_vendor_id) = 1),
    CONSTRAINT support_sessions_reason_given CHECK (reason <> ''),
    CONSTRAINT support_sessions_short CHECK (expires_at <= created_at + interval '60 minutes')
);
CREATE INDEX support_sessions_of_member ON support_sessions (membership_id, id);
CREATE INDEX support_sessions_as_account ON support_sessions (as_account_id) WHERE as_account_id IS NOT NULL;
CREATE INDEX support_sessions_as_vendor ON support_sessions (as_vendor_id) WHERE as_vendor_id IS NOT NULL;

-- A session acts as its account's owner, by one of their memberships, or in somebody else's place.
ALTER TABLE sessions
    ADD COLUMN membership_id uuid,
    ADD COLUMN support_session_id uuid,
    ADD CONSTRAINT sessions_membership FOREIGN KEY (membership_id, account_id) REFERENCES memberships (id, account_id),
    ADD CONSTRAINT sessions_support FOREIGN KEY (support_session_id) REFERENCES support_sessions (id),
    ADD CONSTRAINT sessions_support_by_member CHECK (support_session_id IS NULL OR membership_id IS NOT NULL);
CREATE INDEX sessions_of_support ON sessions (support_session_id) WHERE support_session_id IS NOT NULL;

GRANT SELECT, INSERT (id, name, scope, permissions, created_at, updated_at), UPDATE (name, permissions, version, updated_at, removed_at)
    ON permission_sets TO haat_app;
GRANT SELECT, INSERT (id, account_id, vendor_id, role, permission_set_id, created_at, updated_at),
    UPDATE (role, permission_set_id, version, updated_at, removed_at)
    ON memberships TO haat_app;
GRANT SELECT, INSERT (id, email, vendor_id, role, permission_set_id, locale, token_hash, invited_by, created_at, expires_at),
    UPDATE (accepted_at, revoked_at)
    ON invitations TO haat_app;
GRANT SELECT, INSERT (id, membership_id, as_account_id, as_vendor_id, reason, may_write, created_at, expires_at), UPDATE (ended_at)
    ON support_sessions TO haat_app;
GRANT INSERT (membership_id, support_session_id), UPDATE (token_hash, membership_id) ON sessions TO haat_app;
GRANT SELECT, DELETE ON invitations TO haat_maintenance;

GRANT SELECT ON permission_sets, memberships, support_sessions TO haat_readonly;
GRANT SELECT (id, email, email_key, vendor_id, scope, role, permission_set_id, locale, invited_by, created_at, expires_at, accepted_at,
        revoked_at)
    ON invitations TO haat_readonly;
GRANT SELECT (membership_id, support_session_id) ON sessions TO haat_readonly;
