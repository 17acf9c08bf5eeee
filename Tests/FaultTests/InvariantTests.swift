import FaultHarness
import Postgres
import Testing

/// A suite that can't fail proves nothing: each kind of damage is done on purpose and has to be seen.
@Suite("The suite itself", .serialized, .timeLimit(.minutes(10)))
struct InvariantTests {
    private static let damages: [(sql: String, finding: String)] = [
        ("DELETE FROM webhook_seen WHERE event_id LIKE 'evt_%'", "is seen 0 times"),
        ("DELETE FROM webhook_events", "stored 0 times"),
        (
            "INSERT INTO webhook_events SELECT gen_random_uuid(), account, event_id, event_type, headers, body FROM webhook_events LIMIT 1",
            "is stored 2 times"
        ),
        ("DELETE FROM jobs WHERE kind = 'webhooks.process'", "has no job"),
        ("UPDATE jobs SET state = 'dispatched' WHERE kind = 'webhooks.process'", "not drained"),
        ("UPDATE jobs SET state = 'dead' WHERE kind <> 'webhooks.process'", "dead job"),
        ("DELETE FROM licence_keys WHERE order_line_id IS NOT NULL", "and has 0"),
        ("UPDATE payments SET amount_minor = amount_minor + 1", "captured by Stripe, not by us"),
        ("DELETE FROM ledger_transactions", "is booked 0 times"),
        ("UPDATE ledger_entries SET amount_minor = amount_minor + 1 WHERE line = 1", "is off by"),
        ("UPDATE stock SET on_hand = on_hand + 1", "its movements"),
        ("UPDATE orders SET fulfilment_state = 'unfulfilled', delivered_at = NULL", "not drained"),
        ("DELETE FROM emails", "was not told"),
    ]

    @Test("Each kind of damage is found")
    func damage() async throws {
        let marketplace = try await Stage.shared.marketplace("itself")
        let offer = try await marketplace.shop.offer(keys: 4)
        let order = try await Traffic(in: marketplace).purchase(offer, quantity: 2)
        try await Traffic(in: marketplace).events(2)
        try await expectIntact(marketplace, paid: [order])
        await marketplace.worker.freeze()
        for (sql, finding) in Self.damages {
            let found = try await marketplace.withDamage(sql) {
                try await Invariants(of: marketplace).violations(paid: [order], drainedWithin: .milliseconds(300))
            }
            #expect(found.contains { $0.contains(finding) }, "\(sql): \(found)")
        }
        await marketplace.worker.thaw()
        try await expectIntact(marketplace, paid: [order])
    }
}
