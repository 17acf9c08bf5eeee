import CommerceTestSupport
import Core
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Orders

@Suite("Plans on a large database")
struct PlanTests {
    /// Nearly all are fulfilled; of each other state there are a few, the oldest.
    private static let orders = """
        INSERT INTO orders (id, state, email, currency, total_minor, access_token_hash, reservation_expires_at, placed_at, paid_at)
        SELECT overlay(uuid7_floor(now())::text placing lpad(to_hex(n), 12, '0') from 25)::uuid, state,
            'buyer@example.com', 'BDT', 1, decode(repeat('00', 32), 'hex'), now(), now(),
            CASE WHEN state IN ('paid', 'fulfilled', 'partially_refunded', 'refunded') THEN now() END
        FROM generate_series(1, 200000) AS n, LATERAL (SELECT CASE WHEN n > 70 THEN 'fulfilled' ELSE
            (ARRAY['awaiting_payment', 'paid', 'cancelled', 'expired', 'partially_refunded', 'refunded', 'fulfilled'])[n % 7 + 1]
            END AS state) AS chosen;
        ANALYZE orders;
        """

    @Test("A list of orders reads what it shows, however rare their state")
    func ordersByState() async throws {
        try await Marketplace.open { market in
            try await market.client.withConnection { try await $0.runScript(Self.orders) }
            for state in OrderState.allCases {
                let plan = try await QueryPlan(
                    of: OrderSQL.list(state: state, before: nil, limit: 21), on: market.client)
                #expect(!plan.description.contains("Seq Scan"), "\(state): \(plan)")
                #expect(plan.mostRowsRemoved < 100, "\(state): \(plan)")
            }
        }
    }
}
