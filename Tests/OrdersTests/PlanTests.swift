import CommerceTestSupport
import Core
import Foundation
import Identity
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
                    of: OrderSQL.list(status: status, visibleTo: .everything, before: nil, limit: 21), on: market.client
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
}
