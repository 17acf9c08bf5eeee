import Core
import Foundation
import Postgres

enum CustomerSQL {
    static func customer(_ account: UUID?, _ keys: [CustomerKey]) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT ARRAY(SELECT customer_group FROM customer_group_members WHERE account_id = $1) AS customer_groups,
                    coalesce(array_agg(used.promotion_id), '{}') AS promotions, coalesce(array_agg(used.uses), '{}') AS uses
                FROM (SELECT promotion_id, max(uses) AS uses FROM promotion_customer_usage
                    WHERE customer_key = ANY ($2) AND uses > 0 GROUP BY promotion_id) AS used
                """,
            parameters: [account, keys.map(\.digest)])
    }

    static func coupons(_ codes: [String]) -> PostgresStatement {
        """
        SELECT code.id, code.code, code.promotion_id, code.usage_limit, code.uses, code.revoked_at, promotion.status,
            promotion.starts_at, promotion.ends_at
        FROM promotion_codes AS code JOIN promotions AS promotion ON promotion.id = code.promotion_id
        WHERE code.code = ANY (\(codes))
        """
    }
}

struct CustomerRow: PostgresRowDecodable {
    let groups: [String]
    let promotions: [ID<Promotion>]
    let uses: [Int64]

    init(row: borrowing PostgresRow) throws(PostgresError) {
        groups = try row.decode("customer_groups")
        promotions = try row.decode("promotions")
        uses = try row.decode("uses")
    }
}

struct CouponRow: PostgresRowDecodable {
    let code: ID<PromotionCode>
    let text: String
    let promotion: ID<Promotion>
    private let usageLimit: Int64?
    private let uses: Int64
    private let revokedAt: Date?
    private let status: Promotion.Status
    private let startsAt: Date?
    private let endsAt: Date?

    init(row: borrowing PostgresRow) throws(PostgresError) {
        code = try row.decode("id")
        text = try row.decode("code")
        promotion = try row.decode("promotion_id")
        usageLimit = try row.decode("usage_limit")
        uses = try row.decode("uses")
        revokedAt = try row.decode("revoked_at")
        status = try row.decode("status")
        startsAt = try row.decode("starts_at")
        endsAt = try row.decode("ends_at")
    }

    /// Why the code does not count whatever is in the cart; nil where it may.
    func refusal(at time: Date) -> CouponRefusal? {
        if revokedAt != nil { return .unknown }
        switch status {
        case .active: break
        case .paused: return .paused
        case .ended: return .ended
        }
        if let startsAt, time < startsAt { return .notStarted }
        if let endsAt, time >= endsAt { return .ended }
        return usageLimit.map { uses >= $0 } ?? false ? .usedUp : nil
    }
}
