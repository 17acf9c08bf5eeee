import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Postgres
import TestSupport
import Testing

@testable import Pricing

@Suite("Redemptions") struct RedemptionTests {
    private let store = PromotionStore()
    private let redemptions = PromotionRedemptions()

    private func promotion(
        in market: Marketplace, _ limits: PromotionLimits
    ) async throws -> Promotion {
        let promotion = Promotion.sample(.amount(100), .coupon, currency: .bdt) { $0.limits = limits }
        try await market.work { try await store.insert(promotion, in: $0) }
        return promotion
    }

    private func redeem(
        _ promotions: [Promotion], _ amount: Int64 = 100, for order: UUID, by customer: UUID = UUID(),
        code: ID<PromotionCode>? = nil, in market: Marketplace
    ) async throws {
        let applied = promotions.map {
            AppliedPromotion(promotion: $0.id, code: code, amount: Money(minorUnits: amount, currency: .bdt))
        }
        try await market.work {
            try await redemptions.redeem(
                applied, for: order, by: [CustomerKey(account: customer)], at: market.clock.now, in: $0)
        }
    }

    private func release(_ order: UUID, in market: Marketplace) async throws {
        try await market.work { try await redemptions.release(of: order, at: market.clock.now, in: $0) }
    }

    @Test("What is read back is what was written, whatever a promotion gives")
    func written() async throws {
        try await Marketplace.open { market in
            let gift = try await market.goods(units: 1)
            let actions: [PromotionAction] = [
                .percentage(.percent(12.5), atMost: 5_000), .amount(10), .amountPerUnit(7),
                .buyGet(BuyGet(buy: 2, get: 1, rate: .percent(50), products: [gift.product], atMost: 3)),
                .tiers(
                    .subtotal,
                    [
                        PromotionTier(minimum: 100, discount: .amount(10)),
                        PromotionTier(minimum: 200, discount: .percentage(.percent(10))),
                    ]), .freeShipping(atMost: nil), .gift(gift.id, quantity: 2),
            ]
            for action in actions {
                let promotion = Promotion.sample(action, .coupon, share: 250_000, currency: .bdt, priority: -3) {
                    $0.scope = PromotionScope(
                        products: [gift.product], collections: [ID(uuid: UUID())], excludedProducts: [gift.product])
                    $0.audience = PromotionAudience(groups: ["staff"], isForFirstOrder: true)
                    $0.minimumSubtotal = 5
                    $0.minimumQuantity = 6
                    $0.schedule = PromotionSchedule(
                        startsAt: market.clock.now, endsAt: market.clock.now + 100,
                        week: .init(days: [0, 6], minutes: 60..<1440))
                    $0.stacking.combinesWith = ["bank"]
                    $0.limits = PromotionLimits(uses: 1, usesPerCustomer: 2, budget: 3)
                }
                try await market.work { try await store.insert(promotion, in: $0) }
                let found = try await store.promotion(promotion.id, visibleTo: .everything, in: market.client)
                #expect(found?.terms == promotion.terms)
            }
            let inForce = try await store.inForce(at: market.clock.now, in: market.client)
            #expect(inForce.count == actions.count)
            #expect(try await store.inForce(at: market.clock.now + 100, in: market.client).isEmpty)
        }
    }

    @Test("Of many orders at once exactly as many use a promotion as may, and none is refused while uses are left")
    func limit() async throws {
        try await Marketplace.open(connections: 16) { market in
            let promotion = try await promotion(in: market, PromotionLimits(uses: 5))
            let other = try await self.promotion(in: market, PromotionLimits())
            let outcomes = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<16 {
                    group.addTask {
                        let both = number.isMultiple(of: 2) ? [promotion, other] : [other, promotion]
                        do {
                            try await redeem(both, for: UUID(), in: market)
                            return true
                        } catch {
                            return (error as? PromotionExhausted)?.reason != .usedUp
                        }
                    }
                }
                return await group.reduce(into: [Bool]()) { $0.append($1) }
            }
            #expect(outcomes.filter(\.self).count == 5)
            #expect(try await store.usage(of: promotion.id, in: market.client).uses == 5)
            #expect(try await store.usage(of: other.id, in: market.client) == PromotionUsage(uses: 5, spent: 500))
            #expect(try await market.deadlocks() == 0)
        }
    }

    @Test("A budget, a customer's limit and a code's are kept, and what is given back can be used again")
    func kept() async throws {
        try await Marketplace.open { market in
            let budget = try await promotion(in: market, PromotionLimits(budget: 250))
            let (first, second) = (UUID(), UUID())
            try await redeem([budget], for: first, in: market)
            try await redeem([budget], for: second, in: market)
            await #expect(throws: PromotionExhausted(budget.id, .budgetSpent)) {
                try await redeem([budget], for: UUID(), in: market)
            }
            try await release(first, in: market)
            try await release(first, in: market)
            #expect(try await store.usage(of: budget.id, in: market.client) == PromotionUsage(uses: 1, spent: 100))
            try await redeem([budget], 150, for: UUID(), in: market)

            let once = try await promotion(in: market, PromotionLimits(usesPerCustomer: 1))
            let (customer, order) = (UUID(), UUID())
            try await redeem([once], for: order, by: customer, in: market)
            await #expect(throws: PromotionExhausted(once.id, .customerLimit)) {
                try await redeem([once], for: UUID(), by: customer, in: market)
            }
            let known = try await PricingStore().customer(
                account: customer, keys: [CustomerKey(account: customer)], isFirstOrder: false, in: market.client)
            #expect(known.uses == [once.id: 1])
            try await redeem([once], for: UUID(), in: market)
            try await release(order, in: market)
            try await redeem([once], for: UUID(), by: customer, in: market)
        }
    }

    @Test("A single-use code is used once")
    func code() async throws {
        try await Marketplace.open { market in
            let promotion = try await promotion(in: market, PromotionLimits())
            let code = ID<PromotionCode>(uuid: market.ids.next())
            try await market.owner.execute(
                """
                INSERT INTO promotion_codes (id, promotion_id, code, usage_limit, created_at)
                VALUES (\(code), \(promotion.id), 'EID20', 1, now())
                """)
            func coupons() async throws -> [CouponRefusal?] {
                try await PricingStore().coupons(["eid ২০", "none"], at: market.clock.now, in: market.client).map(
                    \.refusal)
            }
            #expect(try await coupons() == [nil, .unknown])
            let order = UUID()
            try await redeem([promotion], for: order, code: code, in: market)
            #expect(try await coupons() == [.usedUp, .unknown])
            await #expect(throws: PromotionExhausted(promotion.id, .usedUp)) {
                try await redeem([promotion], for: UUID(), code: code, in: market)
            }
            try await release(order, in: market)
            #expect(try await coupons() == [nil, .unknown])
        }
    }

    @Test("The database itself refuses what is above a limit")
    func refused() async throws {
        try await Marketplace.open { market in
            let promotion = try await promotion(in: market, PromotionLimits(uses: 1, budget: 10))
            for change in ["uses = 2", "spent_minor = 11"] {
                await #expect(throws: PostgresError.self) {
                    try await market.client.execute(
                        "UPDATE promotion_usage SET \(unescaped: change) WHERE promotion_id = \(promotion.id)")
                }
            }
        }
    }

    @Test("Rules are read once for a while, and again where a promotion is missing or they are dropped")
    func cache() async throws {
        try await Marketplace.open { market in
            let cache = PricingRulesCache(clock: market.clock, maximumAge: 5)
            #expect(try await !cache.rules(in: market.client).know(ID(uuid: UUID())))
            let promotion = try await promotion(in: market, PromotionLimits())
            #expect(try await !cache.rules(in: market.client).know(promotion.id))
            #expect(try await cache.rules(knowing: [promotion.id], in: market.client).know(promotion.id))
            let later = try await self.promotion(in: market, PromotionLimits())
            #expect(try await !cache.rules(in: market.client).know(later.id))
            market.clock.advance(by: 5)
            #expect(try await cache.rules(in: market.client).know(later.id))
            let last = try await self.promotion(in: market, PromotionLimits())
            cache.drop()
            #expect(try await cache.rules(in: market.client).know(last.id))
        }
    }
}
