package import Core
package import Foundation
package import Identity
package import Postgres

/// All SQL about promotions themselves.
package struct PromotionStore: Sendable {
    /// So many may be in force at once.
    package static let mostInForce = 5_000

    package init() {}

    /// The promotion, or nil.
    package func promotion(
        _ id: ID<Promotion>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Promotion? {
        try await executor.queryOne(PromotionSQL.one(id, visibleTo: visibility), as: Promotion.self)
    }

    /// The same; others wait to edit it until the transaction is over.
    func lock(
        _ id: ID<Promotion>, visibleTo visibility: Visibility, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Promotion? {
        try await transaction.queryOne(
            PromotionSQL.one(id, visibleTo: visibility, "FOR NO KEY UPDATE"), as: Promotion.self)
    }

    /// A page of promotions, the newest first.
    package func promotions(
        status: Promotion.Status?, page: PageRequest, visibleTo visibility: Visibility,
        in executor: some PostgresExecutor
    ) async throws -> Page<Promotion> {
        try await page.newestFirst("promotions", by: \.id) { before, limit in
            try await executor.query(
                PromotionSQL.list(status: status, visibleTo: visibility, before: before, limit: limit),
                as: Promotion.self)
        }
    }

    /// Those that are active and not over at a time, with what is used of their limits.
    package func inForce(
        at time: Date, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [(promotion: Promotion, usage: PromotionUsage)] {
        try await executor.query(PromotionSQL.inForce(at: time), as: UsedPromotion.self).map {
            ($0.promotion, $0.usage)
        }
    }

    func countInForce(at time: Date, in executor: some PostgresExecutor) async throws(PostgresError) -> Int64 {
        try await executor.queryValue(
            "SELECT count(*) FROM promotions WHERE status = 'active' AND coalesce(\(time) < ends_at, true)",
            as: Int64.self) ?? 0
    }

    /// What is used of a promotion's limits.
    package func usage(
        of id: ID<Promotion>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> PromotionUsage {
        let row = try await executor.queryOne(
            "SELECT uses, spent_minor FROM promotion_usage WHERE promotion_id = \(id)", columns: (Int64, Int64).self)
        return row.map { PromotionUsage(uses: $0.0, spent: $0.1) } ?? PromotionUsage()
    }

    /// Waits for the answer, which may be a constraint's refusal.
    func insert(_ promotion: Promotion, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.execute(PromotionSQL.insert(promotion))
        try await transaction.pipeline(PromotionSQL.limit(promotion))
    }

    /// Replaces what may change of a locked promotion.
    func update(_ promotion: Promotion, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.execute(PromotionSQL.update(promotion))
        try await transaction.pipeline(PromotionSQL.limit(promotion))
    }
}

private struct UsedPromotion: PostgresRowDecodable, Sendable {
    let promotion: Promotion
    let usage: PromotionUsage

    init(row: borrowing PostgresRow) throws(PostgresError) {
        promotion = try Promotion(row: row)
        usage = PromotionUsage(uses: try row.decode("uses"), spent: try row.decode("spent_minor"))
    }
}

private enum PromotionSQL {
    static func one(
        _ id: ID<Promotion>, visibleTo visibility: Visibility, _ lock: String = ""
    ) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT \(PromotionColumns.all) FROM promotions
                WHERE id = $1 AND \(visibility.condition("$2", vendor: "vendor_id = $2")) \(lock)
                """,
            parameters: [id, visibility.subject])
    }

    static func list(
        status: Promotion.Status?, visibleTo visibility: Visibility, before: ID<Promotion>?, limit: Int
    ) -> PostgresStatement {
        let withStatus = OptionalFilter.condition("status = $1", "$1::text", isSet: status != nil)
        let fromCursor = OptionalFilter.condition("id < $2", "$2::uuid", isSet: before != nil)
        return PostgresStatement(
            sql: """
                SELECT \(PromotionColumns.all) FROM promotions
                WHERE \(withStatus) AND \(fromCursor) AND \(visibility.condition("$4", vendor: "vendor_id = $4"))
                ORDER BY id DESC LIMIT $3
                """,
            parameters: [status, before, limit, visibility.subject])
    }

    static func inForce(at time: Date) -> PostgresStatement {
        """
        SELECT \(unescaped: PromotionColumns.all), coalesce(used.uses, 0) AS uses, coalesce(used.spent_minor, 0) AS spent_minor
        FROM promotions
        LEFT JOIN (SELECT promotion_id, uses, spent_minor FROM promotion_usage) AS used ON promotion_id = promotions.id
        WHERE status = 'active' AND coalesce(\(time) < ends_at, true)
        ORDER BY priority DESC, id LIMIT \(unescaped: String(PromotionStore.mostInForce))
        """
    }

    static func insert(_ promotion: Promotion) -> PostgresStatement {
        let values = PromotionColumns.values(of: promotion.terms)
        let numbered = (6..<6 + values.count).map { "$\($0)" }.joined(separator: ", ")
        return PostgresStatement(
            sql: """
                INSERT INTO promotions (id, vendor_id, status, created_at, updated_at, \(PromotionColumns.terms.joined(separator: ", ")))
                VALUES ($1, $2, $3, $4, $5, \(numbered))
                """,
            parameters: [
                promotion.id, promotion.vendor, promotion.status, promotion.createdAt, promotion.updatedAt,
            ] + values)
    }

    /// Whether it asks for codes stays as it was.
    static func update(_ promotion: Promotion) -> PostgresStatement {
        let changes = zip(PromotionColumns.terms, PromotionColumns.values(of: promotion.terms)).filter {
            $0.0 != "trigger"
        }
        let assignments = changes.enumerated().map { "\($1.0) = $\($0 + 5)" }.joined(separator: ", ")
        return PostgresStatement(
            sql: "UPDATE promotions SET status = $2, version = $3, updated_at = $4, \(assignments) WHERE id = $1",
            parameters: [promotion.id, promotion.status, promotion.version, promotion.updatedAt]
                + changes.map(\.1))
    }

    /// Limits that are below what is used let nothing more be used.
    static func limit(_ promotion: Promotion) -> PostgresStatement {
        let limits = promotion.terms.limits
        return """
            INSERT INTO promotion_usage AS used (promotion_id, usage_limit, budget_minor)
            VALUES (\(promotion.id), \(limits.uses), \(limits.budget))
            ON CONFLICT (promotion_id) DO UPDATE SET
                usage_limit = CASE WHEN excluded.usage_limit IS NOT NULL THEN greatest(excluded.usage_limit, used.uses) END,
                budget_minor = CASE WHEN excluded.budget_minor IS NOT NULL THEN greatest(excluded.budget_minor, used.spent_minor) END
            """
    }
}
