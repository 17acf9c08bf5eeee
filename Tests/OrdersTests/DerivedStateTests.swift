import CommerceTestSupport
import Core
import Identity
import Orders
import Postgres
import Pricing
import Testing

@Suite("What the database derives and holds")
struct DerivedStateTests {
    /// An order of 100 as it may stand, and what people read of it.
    private static let cases: [(change: String, payment: OrderPaymentState, status: OrderStatus)] = [
        ("state = 'open'", .unpaid, .pendingPayment),
        ("authorised_minor = 100", .authorised, .pendingPayment),
        ("captured_minor = 40", .partiallyPaid, .pendingPayment),
        ("captured_minor = 100, paid_at = now()", .paid, .paid),
        ("captured_minor = 100, paid_at = now(), fulfilment_state = 'partially_fulfilled'", .paid, .partiallyShipped),
        ("captured_minor = 100, paid_at = now(), fulfilment_state = 'fulfilled'", .paid, .shipped),
        ("captured_minor = 100, paid_at = now(), fulfilment_state = 'partially_delivered'", .paid, .shipped),
        ("fulfilment_state = 'fulfilled'", .unpaid, .shipped),
        (
            "captured_minor = 100, paid_at = now(), fulfilment_state = 'delivered', delivered_at = now()", .paid,
            .delivered
        ),
        ("captured_minor = 100, paid_at = now(), refunded_minor = 1", .partiallyRefunded, .paid),
        ("captured_minor = 100, paid_at = now(), refunded_minor = 100", .refunded, .refunded),
        ("captured_minor = 40, refunded_minor = 40", .refunded, .refunded),
        ("state = 'cancelled', closed_at = now()", .unpaid, .cancelled),
        ("state = 'expired', closed_at = now()", .unpaid, .expired),
    ]

    @Test("Payment state and status follow from the sums and the states")
    func derived() async throws {
        try await Marketplace.open { market in
            let goods = try await market.goods(units: 100, price: 100)
            for (change, payment, status) in Self.cases {
                let id = try await market.place((goods, 1)).order.id
                try await market.client.execute("UPDATE orders SET \(unescaped: change) WHERE id = \(id)")
                let order = try await market.order(id)
                #expect(order.paymentState == payment && order.status == status, "\(change)")
            }
        }
    }

    @Test(
        "States that can't be are refused",
        arguments: [
            "state = 'completed'", "closed_at = now()", "state = 'cancelled', closed_at = now(), captured_minor = 1",
            "refunded_minor = 1", "authorised_minor = -1", "fulfilment_state = 'delivered'", "state = 'lost'",
        ])
    func impossible(change: String) async throws {
        try await Marketplace.open { market in
            let id = try await market.place((market.goods(units: 1), 1)).order.id
            let error = await #expect(throws: PostgresError.self) {
                try await market.client.execute("UPDATE orders SET \(unescaped: change) WHERE id = \(id)")
            }
            #expect(error?.sqlState == "23514")
        }
    }

    @Test(
        "A total that is not the sum of its parts is refused at COMMIT",
        arguments: [
            "UPDATE orders SET total_minor = total_minor + 1", "UPDATE vendor_orders SET total_minor = total_minor + 1",
            "UPDATE order_lines SET quantity = quantity + 1",
            "UPDATE order_lines SET unit_price_minor = unit_price_minor - 1",
            """
            INSERT INTO order_adjustments (id, order_id, kind, amount_minor, bearer, source, recorded_at)
            SELECT gen_random_uuid(), id, 'fee', 5, 'marketplace', 'test', now() FROM orders
            """,
        ])
    func sums(statement: String) async throws {
        try await Marketplace.open { market in
            _ = try await market.place((market.goods(units: 5), 2))
            let error = await #expect(throws: PostgresError.self) {
                try await market.owner.execute(PostgresStatement(sql: statement))
            }
            #expect(error?.sqlState == "23514")
        }
    }

    @Test("An adjustment with the totals that follow from it is kept, and shown in its place")
    func adjusted() async throws {
        try await Marketplace.open { market in
            let placed = try await market.place((market.goods(units: 5, price: 100), 2))
            let (order, part, line) = (placed.order.id, placed.details.contents.vendorOrders[0].id, placed.lines[0].id)
            try await market.adjust(order, part, line: line, "discount", -50)
            try await market.adjust(order, part, "shipping", 30)
            try await market.adjust(order, part, line: line, "tax", 20, isIncluded: true)
            let found = try #require(
                try await OrderStore().orderWithLines(order, visibleTo: .everything, in: market.client))
            #expect(found.order.total.minorUnits == 180 && found.vendorOrders[0].total.minorUnits == 180)
            #expect(found.adjustments.map(\.kind) == [.discount, .shipping, .tax])
            #expect(
                found.adjustments.map(\.target) == [.line(line, of: part), .vendorOrder(part), .line(line, of: part)])
            #expect(found.adjustments.map(\.amount.minorUnits) == [-50, 30, 20])
            #expect(found.adjustments.map(\.isIncluded) == [false, false, true])
            #expect(found.adjustments.allSatisfy { $0.rate == .percent(5) && $0.bearer == .vendor })
            for statement in ["UPDATE order_adjustments SET amount_minor = 1", "DELETE FROM order_adjustments"] {
                let error = await #expect(throws: PostgresError.self) {
                    try await market.owner.execute(PostgresStatement(sql: statement))
                }
                #expect(error?.sqlState == "42501")
            }
        }
    }
}
