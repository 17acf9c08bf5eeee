package import Core
package import Foundation
package import Jobs
package import Postgres

/// A promotion, or a code of it, has no use left, though the price was made with it.
package struct PromotionExhausted: ProblemConvertible, Hashable, Sendable {
    package let promotion: ID<Promotion>
    package let reason: CouponRefusal

    package init(_ promotion: ID<Promotion>, _ reason: CouponRefusal) {
        self.promotion = promotion
        self.reason = reason
    }

    package var problem: Problem {
        Problem(
            type: "promotion-exhausted", title: "A promotion can’t be used any more", status: 409,
            detail: "Price the cart again: somebody else was faster",
            extensions: ["promotion_id": .string(promotion.description), "reason": .string(reason.rawValue)])
    }
}

/// Takes uses of promotions when an order is placed, and gives them back when it is cancelled or expires. Limits hold however many
/// orders are placed at once: each waits for those before it that use the same promotion, and the database refuses what is above.
package struct PromotionRedemptions: Sendable {
    package init() {}

    /// Late in the unit of work, as stock is reserved: others wait for these rows until it commits. One statement, none for no promotions.
    /// - Parameter customer: all keys that are known; each counts.
    /// - Throws: `PromotionExhausted`, upon which the unit of work has to be given up; `PostgresError`.
    package func redeem(
        _ applied: [AppliedPromotion], for order: UUID, by customer: [CustomerKey], at time: Date, in work: UnitOfWork
    ) async throws {
        guard !applied.isEmpty else { return }
        let statement = RedemptionSQL.redeem(applied, for: order, by: Set(customer), at: time)
        guard let taken = try await work.queryOne(statement, as: Taken.self) else {
            throw PostgresError.decoding("a redemption has no answer")
        }
        for promotion in applied.sorted(by: { $0.promotion < $1.promotion }) {
            if let refusal = taken.refusal(of: promotion, keys: Set(customer).count) {
                throw PromotionExhausted(promotion.promotion, refusal)
            }
        }
    }

    /// Safe to repeat; nothing where nothing is held.
    package func release(of order: UUID, at time: Date, in work: UnitOfWork) async throws(PostgresError) {
        try await work.pipeline(RedemptionSQL.release(of: order, at: time))
    }
}

/// What was taken of what was wanted.
private struct Taken: PostgresRowDecodable, Sendable {
    private let active: [ID<Promotion>]
    private let used: [ID<Promotion>]
    private let spentUp: [ID<Promotion>]
    private let codes: [ID<PromotionCode>]
    private let limited: [ID<Promotion>]
    private let counted: [ID<Promotion>]

    init(row: borrowing PostgresRow) throws(PostgresError) {
        active = try row.decode("active")
        used = try row.decode("used")
        spentUp = try row.decode("spent_up")
        codes = try row.decode("codes")
        limited = try row.decode("limited")
        counted = try row.decode("counted")
    }

    func refusal(of applied: AppliedPromotion, keys: Int) -> CouponRefusal? {
        let promotion = applied.promotion
        if !active.contains(promotion) { return .ended }
        if !used.contains(promotion) { return spentUp.contains(promotion) ? .budgetSpent : .usedUp }
        if let code = applied.code, !codes.contains(code) { return .usedUp }
        let isLimited = limited.contains(promotion)
        return isLimited && counted.count(where: { $0 == promotion }) < keys ? .customerLimit : nil
    }
}

private enum RedemptionSQL {
    static func redeem(
        _ applied: [AppliedPromotion], for order: UUID, by customer: Set<CustomerKey>, at time: Date
    ) -> PostgresStatement {
        PostgresStatement(
            sql: """
                WITH wanted AS MATERIALIZED (
                    SELECT wanted.*, promotion.customer_limit
                    FROM unnest($1::uuid[], $2::uuid[], $3::int8[]) AS wanted (promotion_id, code_id, amount_minor)
                    JOIN promotions AS promotion ON promotion.id = wanted.promotion_id AND promotion.status = 'active'
                ), locked AS MATERIALIZED (
                    SELECT promotion_id, spent_minor, budget_minor FROM promotion_usage
                    WHERE promotion_id IN (SELECT promotion_id FROM wanted) ORDER BY promotion_id FOR NO KEY UPDATE
                ), used AS (
                    UPDATE promotion_usage AS usage SET uses = usage.uses + 1, spent_minor = usage.spent_minor + wanted.amount_minor
                    FROM wanted JOIN locked USING (promotion_id)
                    WHERE usage.promotion_id = wanted.promotion_id AND coalesce(usage.uses < usage.usage_limit, true)
                        AND coalesce(usage.spent_minor + wanted.amount_minor <= usage.budget_minor, true)
                    RETURNING usage.promotion_id
                ), codes AS (
                    UPDATE promotion_codes AS code SET uses = code.uses + 1 FROM wanted
                    WHERE code.id = wanted.code_id AND (SELECT count(*) FROM locked) > 0
                        AND code.revoked_at IS NULL AND coalesce(code.uses < code.usage_limit, true)
                    RETURNING code.id
                ), customers AS (
                    INSERT INTO promotion_customer_usage AS usage (promotion_id, customer_key, uses, customer_limit)
                    SELECT wanted.promotion_id, key, 1, wanted.customer_limit FROM wanted, unnest($4::int8[]) AS key
                    WHERE wanted.customer_limit IS NOT NULL AND (SELECT count(*) FROM locked) > 0
                    ORDER BY wanted.promotion_id, key
                    ON CONFLICT (promotion_id, customer_key) DO UPDATE SET uses = usage.uses + 1, customer_limit = excluded.customer_limit
                        WHERE usage.uses < excluded.customer_limit
                    RETURNING promotion_id
                ), redeemed AS (
                    INSERT INTO promotion_redemptions (order_id, promotion_id, code_id, amount_minor, currency, customer_keys,
                        redeemed_at)
                    SELECT $5, promotion_id, code_id, amount_minor, $6, $4, $7 FROM wanted
                )
                SELECT ARRAY(SELECT promotion_id FROM wanted) AS active, ARRAY(SELECT promotion_id FROM used) AS used,
                    ARRAY(SELECT promotion_id FROM locked JOIN wanted USING (promotion_id)
                        WHERE locked.spent_minor + wanted.amount_minor > locked.budget_minor) AS spent_up,
                    ARRAY(SELECT id FROM codes) AS codes,
                    ARRAY(SELECT promotion_id FROM wanted WHERE customer_limit IS NOT NULL) AS limited,
                    ARRAY(SELECT promotion_id FROM customers) AS counted
                """,
            parameters: [
                applied.map(\.promotion), applied.map(\.code), applied.map(\.amount.minorUnits),
                customer.map(\.digest).sorted(), order, applied[0].amount.currency, time,
            ])
    }

    static func release(of order: UUID, at time: Date) -> PostgresStatement {
        PostgresStatement(
            sql: """
                WITH released AS (
                    UPDATE promotion_redemptions SET released_at = $2 WHERE order_id = $1 AND released_at IS NULL
                    RETURNING promotion_id, code_id, amount_minor, customer_keys
                ), locked AS MATERIALIZED (
                    SELECT promotion_id FROM promotion_usage WHERE promotion_id IN (SELECT promotion_id FROM released)
                    ORDER BY promotion_id FOR NO KEY UPDATE
                ), unused AS (
                    UPDATE promotion_usage AS usage SET uses = greatest(usage.uses - 1, 0),
                        spent_minor = greatest(usage.spent_minor - released.amount_minor, 0)
                    FROM released JOIN locked USING (promotion_id) WHERE usage.promotion_id = released.promotion_id
                ), codes AS (
                    UPDATE promotion_codes AS code SET uses = greatest(code.uses - 1, 0) FROM released
                    WHERE code.id = released.code_id AND (SELECT count(*) FROM locked) > 0
                )
                UPDATE promotion_customer_usage AS usage SET uses = greatest(usage.uses - 1, 0) FROM released
                WHERE usage.promotion_id = released.promotion_id AND usage.customer_key = ANY (released.customer_keys)
                    AND (SELECT count(*) FROM locked) > 0
                """,
            parameters: [order, time])
    }
}
