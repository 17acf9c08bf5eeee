/// An order's captured payment with its booking: the fewest rows that the ledger's triggers look at.
enum BookedPayment {
    static let script = """
        BEGIN;
        INSERT INTO orders (id, email, currency, total_minor, access_token_hash, reservation_expires_at, placed_at)
            VALUES ('00000000-0000-7000-8000-000000000001', 'a@example.com', 'INR', 0, decode(repeat('00', 32), 'hex'), now(), now());
        INSERT INTO payment_demands (id, order_id, kind, amount_minor, currency, created_at)
            VALUES ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000001', 'full', 5, 'INR', now());
        INSERT INTO payments (id, order_id, demand_id, gateway, merchant_account, amount_minor, currency, success_url, cancel_url,
                session_expires_at, created_at, updated_at)
            VALUES ('00000000-0000-7000-8000-000000000003', '00000000-0000-7000-8000-000000000001',
                '00000000-0000-7000-8000-000000000002', 'stripe', 'acct_1', 5, 'INR', '', '', now(), now(), now());
        INSERT INTO ledger_accounts (id, code, kind) VALUES
            ('00000000-0000-7000-8000-000000000004', 'gateway.stripe.clearing', 'asset'),
            ('00000000-0000-7000-8000-000000000005', 'tests.payable', 'liability');
        WITH booking AS (
            INSERT INTO ledger_transactions (id, kind, subject, payment_id, order_id, recorded_at)
                VALUES ('00000000-0000-7000-8000-000000000006', 'capture', 'pay_1', '00000000-0000-7000-8000-000000000003',
                    '00000000-0000-7000-8000-000000000001', now()) RETURNING id
        )
        INSERT INTO ledger_entries (transaction_id, line, account_id, amount_minor, currency)
            SELECT booking.id, line, account::uuid, amount, 'INR' FROM booking, (VALUES
                (1, '00000000-0000-7000-8000-000000000004', 5), (2, '00000000-0000-7000-8000-000000000005', -5)
            ) AS entry (line, account, amount);
        COMMIT
        """
}
