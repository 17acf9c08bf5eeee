-- What a marketplace holds, in one snapshot and one JSON object: rows of each table, the ledger's balances, the ends of the audit chains.
-- Tables that come and go within a day tell nothing about a restore.
BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;
WITH counted AS (
    SELECT relname,
        (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %s', oid::regclass), false, true, '')))[1]::text::bigint AS n
    FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
        AND relname NOT IN ('idempotency_keys', 'job_unique_keys', 'cron_runs', 'event_positions', 'unfinished_migrations')
), balances AS (
    SELECT code || ' ' || currency AS account, sum(amount_minor) AS minor_units
    FROM ledger_entries JOIN ledger_accounts ON ledger_accounts.id = account_id
    GROUP BY code, currency
), totals AS (
    SELECT currency, sum(amount_minor) AS minor_units FROM ledger_entries GROUP BY currency
)
SELECT jsonb_build_object(
    'rows', (SELECT jsonb_object_agg(relname, n) FROM counted),
    'ledger_totals', (SELECT coalesce(jsonb_object_agg(currency, minor_units), '{}') FROM totals),
    'ledger_balances', (SELECT coalesce(jsonb_object_agg(account, minor_units), '{}') FROM balances),
    'audit_chain_ends', (SELECT encode(sha256(coalesce(string_agg(sha256(convert_to(subject || ' ' || sequence, 'UTF8')) || hash,
        ''::bytea ORDER BY subject COLLATE "C"), ''::bytea)), 'hex') FROM audit_chains));
COMMIT;
