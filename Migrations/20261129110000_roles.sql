-- What each role may do, told in one place: nothing is granted by default, so a new table is closed until its own migration says
-- who gets what. No login is made here; docs/deploying.md has those.
--   haat_owner        has made everything, and is who migrates
--   haat_app          what API and worker need: they add, and change those columns that their statements change
--   haat_maintenance  besides that, for the worker: partitions, and what is past its time
--   haat_readonly     people who look: everything but keys, hashes of tokens and kept answers
-- Roles belong to the whole server: another database may have made them, or be making them now.
DO $$
DECLARE
    role text;
BEGIN
    FOREACH role IN ARRAY ARRAY['haat_owner', 'haat_app', 'haat_maintenance', 'haat_readonly'] LOOP
        BEGIN
            IF to_regrole(role) IS NULL THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN', role);
            END IF;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL;
            WHEN insufficient_privilege THEN
                RAISE EXCEPTION 'the role % is missing, and % may not make it', role, current_user
                    USING ERRCODE = 'insufficient_privilege',
                    HINT = format('Let an administrator say CREATE ROLE %I NOLOGIN, and migrate again.', role);
        END;
    END LOOP;
END
$$;

-- Functions with their owner's rights must not have a superuser's: where somebody else than haat_owner has migrated so far, all of it
-- becomes haat_owner's. What is still to come is made as that role.
DO $$
DECLARE
    made record;
BEGIN
    IF current_user = 'haat_owner' THEN
        RETURN;
    END IF;
    EXECUTE format('ALTER SCHEMA %I OWNER TO haat_owner', current_schema());
    FOR made IN SELECT relname AS name FROM pg_class
        WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relkind IN ('r', 'p')
            AND relowner = quote_ident(current_user)::regrole
    LOOP
        EXECUTE format('ALTER TABLE %I OWNER TO haat_owner', made.name);
    END LOOP;
    FOR made IN SELECT oid::regprocedure AS name FROM pg_proc
        WHERE pronamespace = quote_ident(current_schema())::regnamespace AND proowner = quote_ident(current_user)::regrole
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO haat_owner', made.name);
    END LOOP;
END
$$;

-- Whoever can make temporary tables and functions can put them before ours on a search path of his own.
DO $$
BEGIN
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO haat_app, haat_maintenance, haat_readonly', current_schema());
    EXECUTE format('REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA %I FROM PUBLIC', current_schema());
END
$$;
ALTER DEFAULT PRIVILEGES FOR ROLE haat_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

GRANT EXECUTE ON FUNCTION uuid7_floor(timestamptz) TO haat_app, haat_readonly;
GRANT EXECUTE ON FUNCTION finish_job(uuid, integer), hold_job(uuid, integer, bigint, double precision, boolean) TO haat_app;
GRANT EXECUTE ON FUNCTION make_next_partitions(), delete_expired_dependents(), drop_next_expired_partition()
    TO haat_maintenance;
GRANT EXECUTE ON FUNCTION ledger_account(text, text, uuid) TO haat_app;
GRANT USAGE ON SEQUENCE order_numbers TO haat_app;

-- What was migrated is for the migrating role to say, and how long things are kept as well.
GRANT SELECT ON schema_migrations, unfinished_migrations TO haat_app, haat_readonly;
GRANT SELECT ON retention TO haat_maintenance, haat_readonly;

-- Evidence: added, and never changed or deleted. An event gets its position once it is known, and its link; a chain's end moves on.
GRANT SELECT, INSERT (id, subject, actor, action, payload, recorded_at, signature),
    UPDATE (sequence, previous_hash, hash, link_signature)
    ON audit_events TO haat_app;
GRANT SELECT, INSERT (subject, sequence, hash), UPDATE (sequence, hash) ON audit_chains TO haat_app;
GRANT SELECT, INSERT (number, made_at, chains, digest, up_to, previous_hash, hash, signature) ON audit_checkpoints TO haat_app;
GRANT SELECT, INSERT (checkpoint, subject, sequence, hash) ON audit_checkpoint_heads TO haat_app;
GRANT SELECT, INSERT (id, code, kind) ON ledger_accounts TO haat_app;
GRANT SELECT, INSERT (id, kind, subject, payment_id, order_id, recorded_at) ON ledger_transactions TO haat_app;
GRANT SELECT, INSERT (transaction_id, line, account_id, amount_minor, currency) ON ledger_entries TO haat_app;
GRANT SELECT, INSERT (id, subject, order_id, provider, operation, status, evidence, recorded_at) ON gateway_calls TO haat_app;
GRANT SELECT, INSERT (account, event_id, webhook_event_id) ON webhook_seen TO haat_app;
GRANT SELECT, INSERT (id, account, event_id, event_type, headers, body) ON webhook_events TO haat_app;
GRANT SELECT, INSERT (id, name, version, payload, trace), UPDATE (position) ON events TO haat_app;
GRANT SELECT, UPDATE (last) ON event_positions TO haat_app;
GRANT SELECT, INSERT (id, order_id, vendor_order_id, line_id, kind, amount_minor, is_included, bearer, rate_ppm, source, recorded_at)
    ON order_adjustments TO haat_app;
GRANT SELECT, INSERT (order_id, kind, reference, happened_at) ON order_events TO haat_app;
GRANT SELECT, INSERT (variant_id, vendor_id, reason, on_hand_change, reserved_change, holder_id, note)
    ON stock_movements TO haat_app;

-- The machinery.
GRANT SELECT, INSERT (id, queue, kind, payload, unique_key, run_at, relay_at, trace),
    UPDATE (state, attempt, run_at, relay_at, dispatched_at, finished_at, last_error, holder, held_until, unended_runs)
    ON jobs TO haat_app;
GRANT SELECT, INSERT (kind, unique_key, job_id) ON job_unique_keys TO haat_app;
GRANT SELECT, INSERT (name, slot) ON cron_runs TO haat_app;
GRANT SELECT, DELETE ON cron_runs TO haat_maintenance;
GRANT SELECT, INSERT (webhook_event_id, outcome, detail), UPDATE (outcome, detail, decided_at) ON webhook_outcomes TO haat_app;
GRANT SELECT, INSERT (scope, endpoint, key, fingerprint, owner, lease_until, expires_at),
    UPDATE (fingerprint, owner, lease_until, response, created_at, expires_at), DELETE
    ON idempotency_keys TO haat_app;
GRANT SELECT, INSERT (id, name, prefix, role, vendor_id, token_hash, is_bootstrap, created_at, expires_at, revoked_at),
    UPDATE (revoked_at)
    ON api_keys TO haat_app;

-- The vault. Nothing of it is ever taken away: with a data key, all that it has sealed would be gone. To wrap and seal anew is the
-- worker's.
-- To hold the key in use while another is wrapped with it takes a right to change something of its row.
GRANT SELECT, INSERT (version, fingerprint), UPDATE (retired_at) ON key_versions TO haat_app;
GRANT SELECT, INSERT (id, scope, purpose, generation, wrapped_key, wrapped_by), UPDATE (messages) ON data_keys TO haat_app;
GRANT UPDATE (wrapped_key, wrapped_by, retired_at) ON data_keys TO haat_maintenance;
GRANT UPDATE (ciphertext, data_key_id) ON licence_keys TO haat_maintenance;

-- The trade.
GRANT SELECT, INSERT (id, name, email, status, legal_name, country, kind, created_at),
    UPDATE (name, email, status, legal_name, country, kind, holiday_from, holiday_until, holiday_message, version)
    ON vendors TO haat_app;
GRANT SELECT, INSERT (id, vendor_id, title, description, status, version, created_at, updated_at),
    UPDATE (title, description, status, version, updated_at)
    ON products TO haat_app;
GRANT SELECT, INSERT (id, product_id, vendor_id, position, title, sku, kind, price_minor, currency, weight_grams)
    ON variants TO haat_app;
GRANT SELECT, INSERT (variant_id, vendor_id, on_hand), UPDATE (on_hand, reserved) ON stock TO haat_app;
GRANT SELECT, INSERT (holder_id, variant_id, vendor_id, quantity, expires_at, client_key, email_key),
    UPDATE (state, quantity, expires_at, client_key, email_key)
    ON reservations TO haat_app;
GRANT SELECT, INSERT (id, vendor_id, variant_id, ciphertext, data_key_id, fingerprint),
    UPDATE (state, order_line_id, unit_number, line_quantity, assigned_at)
    ON licence_keys TO haat_app;
GRANT SELECT, INSERT (id, customer_id, email, customer_name, phone, currency, total_minor, shipping_address, access_token_hash,
        reservation_expires_at, placed_at),
    UPDATE (state, authorised_minor, captured_minor, refunded_minor, fulfilment_state, reservation_expires_at, paid_at, delivered_at,
        closed_at)
    ON orders TO haat_app;
GRANT SELECT, INSERT (id, order_id, vendor_id, sequence, currency, total_minor), UPDATE (fulfilment_state)
    ON vendor_orders TO haat_app;
GRANT SELECT, INSERT (id, order_id, vendor_order_id, vendor_id, position, variant_id, product_id, kind, title, sku, quantity,
        unit_price_minor, commission_ppm),
    UPDATE (fulfilled_at, delivered_at)
    ON order_lines TO haat_app;
GRANT SELECT, INSERT (id, order_id, kind, amount_minor, currency, created_at), UPDATE (state, satisfied_at)
    ON payment_demands TO haat_app;
GRANT SELECT, INSERT (id, order_id, demand_id, gateway, merchant_account, state, amount_minor, currency, attempt, success_url,
        cancel_url, session_expires_at, created_at, updated_at),
    UPDATE (state, refunded_minor, settlement, attempt, session_reference, reference, redirect_url, session_expires_at, conflict,
        dispute_state, dispute_stated_at, report, version, updated_at, captured_at)
    ON payments TO haat_app;
GRANT SELECT, INSERT (id, payment_id, order_id, origin, reason, amount_minor, currency, state, reference, created_at, updated_at),
    UPDATE (state, attempt, reference, failure_reason, report, version, updated_at)
    ON refunds TO haat_app;
GRANT SELECT, INSERT (id, payment_id, order_id, reference, amount_minor, currency, status, taken_minor, returned_minor, lost_minor,
        revision, stated_at, report, created_at, updated_at),
    UPDATE (status, taken_minor, returned_minor, lost_minor, revision, stated_at, report, updated_at)
    ON disputes TO haat_app;
GRANT SELECT, INSERT (id, order_id, vendor_id, template, template_version, locale, recipient, state, attempts, message_id,
        created_at, updated_at),
    UPDATE (state, attempts, template_version, recipient, last_error, updated_at, sent_at)
    ON emails TO haat_app;

GRANT SELECT ON audit_events, audit_chains, audit_checkpoints, audit_checkpoint_heads, ledger_accounts, ledger_transactions,
    ledger_entries, gateway_calls, webhook_seen, webhook_outcomes, events, event_positions, jobs, job_unique_keys, cron_runs, vendors,
    products, variants, stock, stock_movements, reservations, vendor_orders, order_lines, order_adjustments, order_events,
    payment_demands, payments, refunds, disputes, emails
    TO haat_readonly;
GRANT SELECT (id, account, event_id, event_type, body, received_at) ON webhook_events TO haat_readonly;
GRANT SELECT (scope, endpoint, key, owner, lease_until, created_at, expires_at) ON idempotency_keys TO haat_readonly;
GRANT SELECT (id, name, prefix, role, vendor_id, is_bootstrap, created_at, expires_at, revoked_at) ON api_keys TO haat_readonly;
GRANT SELECT ON key_versions TO haat_readonly;
GRANT SELECT (id, scope, purpose, generation, wrapped_by, messages, created_at, retired_at) ON data_keys TO haat_readonly;
GRANT SELECT (id, vendor_id, variant_id, data_key_id, state, order_line_id, unit_number, line_quantity, assigned_at, created_at)
    ON licence_keys TO haat_readonly;
GRANT SELECT (id, number, state, customer_id, email, customer_name, phone, currency, total_minor, authorised_minor, captured_minor,
        refunded_minor, fulfilment_state, shipping_address, reservation_expires_at, placed_at, paid_at, delivered_at, closed_at,
        payment_state, status)
    ON orders TO haat_readonly;
