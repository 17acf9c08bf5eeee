import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Postgres
import TestSupport
import Testing

@testable import Orders

@Suite("Plans on a large database")
struct PlanTests {
    /// Nearly all are delivered; of each other status there are a few, the oldest.
    private static let orders = """
        SET statement_timeout = 0;
        ALTER TABLE orders DISABLE TRIGGER USER;
        INSERT INTO orders (id, state, fulfilment_state, captured_minor, refunded_minor, email, currency, total_minor,
            access_token_hash, reservation_expires_at, placed_at, paid_at, delivered_at, closed_at)
        SELECT overlay(uuid7_floor(now())::text placing lpad(to_hex(n), 12, '0') from 25)::uuid, state, fulfilment, captured,
            refunded, 'buyer@example.com', 'BDT', 1, decode(repeat('00', 32), 'hex'), now(), now(),
            CASE WHEN captured > 0 THEN now() END, CASE WHEN fulfilment = 'delivered' THEN now() END,
            CASE WHEN state <> 'open' THEN now() END
        FROM (SELECT n, CASE WHEN n > 80 THEN 7 ELSE n % 8 END AS which FROM generate_series(1, 100000) AS n) AS numbered
        JOIN (VALUES (0, 'open', 'unfulfilled', 0, 0), (1, 'open', 'unfulfilled', 1, 0),
            (2, 'cancelled', 'unfulfilled', 0, 0), (3, 'expired', 'unfulfilled', 0, 0),
            (4, 'open', 'partially_fulfilled', 1, 0), (5, 'open', 'fulfilled', 1, 0),
            (6, 'completed', 'unfulfilled', 1, 1), (7, 'completed', 'delivered', 1, 0))
            AS kinds (which, state, fulfilment, captured, refunded) USING (which);
        ANALYZE orders;
        """

    @Test("A list of orders reads what it shows, however rare their status")
    func ordersByState() async throws {
        try await Marketplace.open { market in
            try await market.owner.withConnection(unlimited: true) { try await $0.runScript(Self.orders) }
            for status in OrderStatus.allCases {
                let plan = try await QueryPlan(
                    of: OrderSQL.list(OrderFilter(status: status), visibleTo: .everything, before: nil, limit: 21),
                    on: market.client
                )
                #expect(!plan.description.contains("Seq Scan"), "\(status): \(plan)")
                #expect(plan.mostRowsRemoved < 100, "\(status): \(plan)")
            }
        }
    }

    /// One vendor has nearly all of the parts; of each rare state there are a few, the oldest.
    private static let vendorOrders = """
        INSERT INTO vendors (id, name, email, status)
        SELECT n::text::uuid, 'Vendor', 'sales@example.com', 'active'
        FROM unnest(ARRAY['00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002']) AS n;
        ALTER TABLE vendor_orders DISABLE TRIGGER USER;
        INSERT INTO vendor_orders (id, order_id, vendor_id, sequence, fulfilment_state, currency, total_minor)
        SELECT id, id, CASE WHEN which = 7 THEN '00000000-0000-7000-8000-000000000001'
            ELSE '00000000-0000-7000-8000-000000000002' END::uuid, 1, fulfilment_state, 'BDT', 1
        FROM (SELECT id, fulfilment_state, row_number() OVER (ORDER BY id) % 8 AS which FROM orders) AS numbered;
        ANALYZE vendor_orders;
        """

    @Test("A list of vendors' parts reads what it shows, whoever asks and however rare their state")
    func vendorOrdersByState() async throws {
        try await Marketplace.open { market in
            try await market.owner.withConnection(unlimited: true) {
                try await $0.runScript(Self.orders + Self.vendorOrders)
            }
            let vendor = try #require(UUID(uuidString: "00000000-0000-7000-8000-000000000001"))
            for state in [nil, .unfulfilled, .partiallyFulfilled, .fulfilled, .delivered] as [FulfilmentState?] {
                for visibility in [Visibility.everything, .vendor(vendor)] {
                    let plan = try await QueryPlan(
                        of: VendorOrderSQL.list(state: state, visibleTo: visibility, before: nil, limit: 21),
                        on: market.client)
                    let name = "\(state?.rawValue ?? "all") to \(visibility)"
                    #expect(!plan.description.contains("Seq Scan"), "\(name): \(plan)")
                    #expect(plan.mostRowsRemoved < 200, "\(name): \(plan)")
                }
            }
        }
    }

    /// As the plans are that a session made while there was hardly anything: nothing tells it that the tables have grown.
    private static let grown = """
        SET session_replication_role = replica;
        INSERT INTO vendor_orders (id, order_id, vendor_id, sequence, currency, total_minor)
        SELECT gen_random_uuid(), gen_random_uuid(), vendor_id, 1, currency, total_minor
        FROM vendor_orders, generate_series(1, 20000);
        INSERT INTO order_lines (id, order_id, vendor_order_id, vendor_id, position, variant_id, product_id, kind, title, sku, quantity,
            unit_price_minor, commission_ppm)
        SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), vendor_id, 1, variant_id, product_id, kind, title, sku, quantity,
            unit_price_minor, commission_ppm
        FROM order_lines, generate_series(1, 20000);
        """

    @Test("Placing an order and checking its total reads what belongs to it, however many orders have come meanwhile")
    func placing() async throws {
        try await Marketplace.open(connections: 1) { market in
            let book = try await market.goods(units: 10)
            _ = try await market.place((book, 1))
            try await market.owner.withConnection(unlimited: true) { try await $0.runScript(Self.grown) }
            let new = NewOrder(
                email: "buyer@example.com", lines: [NewOrder.Line(variant: book.id, quantity: 2)],
                shippingAddress: Marketplace.dhaka)
            let read = try await market.work { work in
                _ = try await market.placeOrder(new, by: .system, in: work)
                try await work.execute("SET CONSTRAINTS ALL IMMEDIATE")
                return try await RowsRead(in: work)
            }
            // What prices follow from is read once in a while, and kept.
            let rules = ["regions", "tax_rates", "tax_jurisdictions", "pricing_settings"]
            let own = read.byTable.filter { !rules.contains($0.key) }.values.reduce(0, +)
            #expect((1..<100).contains(own), "\(read)")
        }
    }
}
