-- What holds in every marketplace at every moment. Each row is a sentence about one place where it does not.
SELECT format('ledger transaction %s is off by %s %s', transaction_id, sum(amount_minor), currency)
FROM ledger_entries GROUP BY transaction_id, currency HAVING sum(amount_minor) <> 0
UNION ALL
SELECT format('ledger transaction %s has no entries', id) FROM ledger_transactions AS booking
WHERE NOT EXISTS (SELECT FROM ledger_entries WHERE transaction_id = booking.id)
UNION ALL
SELECT format('payment %s is captured but not booked', id) FROM payments
WHERE settlement IS NOT NULL
    AND NOT EXISTS (SELECT FROM ledger_transactions AS booking WHERE booking.payment_id = payments.id AND kind = 'capture')
UNION ALL
SELECT format('the stock of variant %s is %s, its movements make %s', variant_id, on_hand, coalesce(moved, 0))
FROM stock LEFT JOIN (SELECT variant_id, sum(on_hand_change) AS moved FROM stock_movements GROUP BY variant_id) AS movements
    USING (variant_id)
WHERE on_hand <> coalesce(moved, 0)
LIMIT 20;
