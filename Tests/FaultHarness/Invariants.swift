import Postgres

/// What must hold of a marketplace once it has come to rest, whatever was done to it. Each check answers the violations that it
/// finds, as sentences; none is the good case.
package struct Invariants: Sendable {
    private let marketplace: Marketplace

    package init(of marketplace: Marketplace) {
        self.marketplace = marketplace
    }

    /// Waits until the queues have drained and then checks everything.
    ///
    /// - Parameters:
    ///   - orders: those whose customers have paid.
    ///   - limit: how long draining may take without help.
    package func violations(
        paid orders: [PlacedOrder] = [], drainedWithin limit: Duration = .seconds(60)
    ) async throws
        -> [String]
    {
        let backlog = try await untilDrained(paid: orders, within: limit)
        var violations = backlog
        violations += try await webhookViolations()
        violations += try await jobViolations()
        violations += try await paymentViolations()
        violations += try await orderViolations()
        violations += try await stockViolations()
        violations += try await deliveryViolations(to: orders)
        violations += try await processViolations()
        return violations
    }

    // MARK: Rest

    /// What is still on its way when the time is over.
    ///
    /// - Throws: as soon as a process is given up, without which nothing drains.
    package func untilDrained(paid orders: [PlacedOrder] = [], within limit: Duration) async throws -> [String] {
        try await marketplace.whileAlive { _ in try await backlog(paid: orders, after: limit) }
    }

    private func backlog(paid orders: [PlacedOrder], after limit: Duration) async throws -> [String] {
        var backlog: [String] = []
        let drained = try await eventually(within: limit, every: .milliseconds(200)) {
            backlog = try await unfinishedWork()
            guard backlog.isEmpty else { return false }
            backlog = try await undelivered(orders)
            return backlog.isEmpty
        }
        return drained ? [] : backlog.map { "not drained within \(limit): \($0)" }
    }

    private func unfinishedWork() async throws -> [String] {
        // First, because what the sandbox brings becomes a job.
        let pending = try await marketplace.stripe.pendingWebhooks()
        let webhooks = pending > 0 ? ["\(pending) webhooks that the sandbox still has to bring"] : []
        // A retried job waits for its turn; one that was scheduled for later from the start is not a backlog.
        let jobs = try await marketplace.look {
            try await $0.query(
                """
                SELECT kind || ' ' || state || ' attempt ' || attempt || coalesce(': ' || last_error, '') FROM jobs
                WHERE state = 'dispatched' OR (state = 'pending' AND (run_at <= now() OR attempt > 0)) LIMIT 20
                """, columns: (String).self)
        }
        let lists = try await marketplace.redisConsole.listLengths().filter { $0.value > 0 }
        return webhooks + jobs + lists.map { "\($0.value) entries in \($0.key)" }.sorted()
    }

    private func undelivered(_ orders: [PlacedOrder]) async throws -> [String] {
        let open = try await marketplace.look {
            try await $0.query(
                """
                SELECT email || ' is ' || status FROM orders WHERE email = ANY(\(orders.map(\.email))) AND status <> 'delivered'
                """, columns: (String).self)
        }
        return open.prefix(20).map { "order of \($0)" }
    }

    // MARK: Events

    /// Events that a provider was told 200 for and that are not stored exactly once.
    package func brokenPromises() async throws -> [String] {
        let acknowledged = await marketplace.webhooks.acknowledged
            .union(try await marketplace.stripe.acknowledgedEvents()).sorted()
        return try await sentences(
            """
            WITH owed AS (SELECT unnest(\(acknowledged)::text[]) AS event_id),
            seen AS (SELECT event_id, count(*) AS seen FROM webhook_seen WHERE account = 'stripe' GROUP BY event_id),
            stored AS (
                SELECT event_id, count(*) AS stored FROM webhook_events WHERE account = 'stripe' GROUP BY event_id
            ), counted AS (
                SELECT event_id, coalesce(seen, 0) AS seen, coalesce(stored, 0) AS stored
                FROM owed LEFT JOIN seen USING (event_id) LEFT JOIN stored USING (event_id)
            )
            SELECT 'event ' || event_id || ' was acknowledged and is seen ' || seen || ' times, stored ' || stored || ' times'
            FROM counted WHERE seen <> 1 OR stored <> 1
            """)
    }

    private func webhookViolations() async throws -> [String] {
        try await brokenPromises()
            + sentences(
                """
                SELECT 'event ' || event_id || ' is stored ' || count(*) || ' times' FROM webhook_events
                GROUP BY account, event_id HAVING count(*) > 1
                UNION ALL
                SELECT 'event ' || e.event_id || ' has no job' FROM webhook_events e
                WHERE NOT EXISTS (SELECT FROM jobs j WHERE j.id = e.id)
                    AND NOT EXISTS (SELECT FROM webhook_outcomes o WHERE o.webhook_event_id = e.id AND o.outcome = 'ignored')
                UNION ALL
                SELECT 'event ' || e.event_id || ' was never understood' FROM webhook_events e
                WHERE NOT EXISTS (SELECT FROM webhook_outcomes o WHERE o.webhook_event_id = e.id)
                """)
    }

    // MARK: Jobs

    /// An event that can't be understood is none: then the gateway is asked.
    private func jobViolations() async throws -> [String] {
        try await sentences(
            """
            SELECT 'dead job: ' || kind || ': ' || coalesce(last_error, '') FROM jobs WHERE state = 'dead'
            """)
    }

    // MARK: Money

    private func paymentViolations() async throws -> [String] {
        let theirs = try await marketplace.stripe.captures()
        let rows = try await marketplace.look {
            try await $0.query(
                """
                SELECT coalesce(reference, ''), amount_minor, currency FROM payments
                WHERE state IN ('captured', 'partially_refunded', 'refunded')
                """, columns: (String, Int, String).self)
        }
        let ours = Set(rows.map { SandboxCapture(reference: $0.0, amount: $0.1, currency: $0.2) })
        let missing = theirs.subtracting(ours).map { "captured by Stripe, not by us: \($0)" }
        let invented = ours.subtracting(theirs).map { "captured by us, not by Stripe: \($0)" }
        return missing + invented
            + (try await sentences(
                """
                SELECT 'ledger transaction ' || transaction_id || ' is off by ' || sum(amount_minor) || ' ' || currency
                FROM ledger_entries GROUP BY transaction_id, currency HAVING sum(amount_minor) <> 0
                UNION ALL
                SELECT 'payment ' || p.id || ' is booked ' || count(t.id) || ' times' FROM payments p
                LEFT JOIN ledger_transactions t ON t.payment_id = p.id AND t.kind = 'capture'
                WHERE p.state = 'captured' GROUP BY p.id HAVING count(t.id) <> 1
                UNION ALL
                SELECT 'payment ' || id || ' is conflicted' FROM payments WHERE state = 'conflicted' OR conflict IS NOT NULL
                UNION ALL
                SELECT 'order ' || o.id || ' is ' || o.status || ' with ' || count(p.id) || ' captured payments' FROM orders o
                LEFT JOIN payments p ON p.order_id = o.id AND p.settlement = 'order'
                WHERE o.paid_at IS NOT NULL GROUP BY o.id, o.status HAVING count(p.id) <> 1
                UNION ALL
                SELECT 'order ' || o.id || ' costs ' || o.total_minor || ' ' || o.currency || ', captured ' || p.amount_minor || ' '
                    || p.currency
                FROM orders o JOIN payments p ON p.order_id = o.id AND p.settlement = 'order'
                WHERE p.amount_minor <> o.total_minor OR o.captured_minor <> o.total_minor OR p.currency <> o.currency
                """))
    }

    // MARK: Orders and stock

    private func orderViolations() async throws -> [String] {
        try await sentences(
            """
            SELECT 'line ' || l.id || ' of a ' || o.status || ' order bought ' || l.quantity || ' keys and has ' || count(k.id)
            FROM orders o JOIN order_lines l ON l.order_id = o.id LEFT JOIN licence_keys k ON k.order_line_id = l.id
            WHERE l.kind = 'licence_key'
            GROUP BY o.id, o.status, o.paid_at, l.id, l.quantity
            HAVING count(k.id) <> CASE WHEN o.paid_at IS NULL THEN 0 ELSE l.quantity END
            UNION ALL
            SELECT 'order ' || id || ' is paid and not delivered' FROM orders WHERE status = 'paid'
            UNION ALL
            SELECT 'order ' || o.id || ' was delivered and its customer was not told' FROM orders o
            WHERE o.status = 'delivered' AND NOT EXISTS (
                SELECT FROM emails e WHERE e.order_id = o.id AND e.vendor_id IS NULL AND e.state = 'sent')
            """)
    }

    private func stockViolations() async throws -> [String] {
        try await sentences(
            """
            SELECT 'stock of ' || s.variant_id || ' says ' || s.on_hand || '/' || s.reserved || ', its movements '
                || coalesce(sum(m.on_hand_change), 0) || '/' || coalesce(sum(m.reserved_change), 0)
            FROM stock s LEFT JOIN stock_movements m USING (variant_id) GROUP BY s.variant_id, s.on_hand, s.reserved
            HAVING coalesce(sum(m.on_hand_change), 0) <> s.on_hand OR coalesce(sum(m.reserved_change), 0) <> s.reserved
            UNION ALL
            SELECT 'stock of ' || s.variant_id || ' reserves ' || s.reserved || ', its holders ' || coalesce(sum(r.quantity), 0)
            FROM stock s LEFT JOIN reservations r ON r.variant_id = s.variant_id AND r.state = 'held'
            GROUP BY s.variant_id, s.reserved HAVING coalesce(sum(r.quantity), 0) <> s.reserved
            UNION ALL
            SELECT 'a place of ' || l.variant_id || ' says ' || l.on_hand || ', its movements ' || coalesce(sum(m.on_hand_change), 0)
            FROM stock_levels l LEFT JOIN stock_movements m ON m.variant_id = l.variant_id
                AND (m.location_id, m.batch_id) IS NOT DISTINCT FROM (l.location_id, l.batch_id)
            GROUP BY l.variant_id, l.location_id, l.batch_id, l.on_hand HAVING coalesce(sum(m.on_hand_change), 0) <> l.on_hand
            UNION ALL
            SELECT 'stock of ' || s.variant_id || ' has ' || s.on_hand || ' on hand and ' || count(k.id) || ' keys'
            FROM stock s JOIN variants v ON v.id = s.variant_id AND v.kind = 'licence_key'
            LEFT JOIN licence_keys k ON k.variant_id = s.variant_id AND k.state = 'available'
            GROUP BY s.variant_id, s.on_hand HAVING count(k.id) <> s.on_hand
            """)
    }

    // MARK: Customers

    /// Reads what customers see: their keys over REST and in their inbox, and that nobody has another's.
    private func deliveryViolations(to orders: [PlacedOrder]) async throws -> [String] {
        var violations: [String] = []
        var owners: [String: String] = [:]
        for order in orders {
            let keys = try await marketplace.shop.keys(of: order)
            if keys.count != order.quantity {
                violations.append("order \(order.id) bought \(order.quantity) keys and shows \(keys.count)")
            }
            for key in keys {
                if let other = owners.updateValue(order.id, forKey: key) {
                    violations.append("key \(key) is on orders \(other) and \(order.id)")
                }
            }
            let mails = try await marketplace.stripe.inbox(of: order.email)
            let isTold = mails.contains { mail in keys.allSatisfy { mail.contains($0) } }
            if !isTold { violations.append("order \(order.id): none of \(mails.count) e-mails has all its keys") }
        }
        return violations
    }

    // MARK: Processes

    private func processViolations() async throws -> [String] {
        var violations: [String] = []
        for process in [marketplace.api, marketplace.worker, marketplace.sandbox] {
            for ending in await process.crashes {
                violations.append("\(process.name) ended by itself: \(ending)\n\(ChildProcess.tail(of: process.log))")
            }
        }
        return violations
    }

    private func sentences(_ statement: PostgresStatement) async throws -> [String] {
        try await marketplace.look { try await $0.query(statement, columns: (String).self) }
    }
}
