package import Core
import Foundation
package import Postgres

/// All SQL about rules on cash on delivery.
package struct CashOnDeliveryRuleStore: Sendable {
    package init() {}

    /// A page of rules, the newest first.
    package func rules(
        page: PageRequest, in executor: some PostgresExecutor
    ) async throws -> Page<CashOnDeliveryRule> {
        try await page.newestFirst("cod_rules", by: \.id) { before, limit in
            try await executor.query(RuleSQL.list(before: before, limit: limit), as: CashOnDeliveryRule.self)
        }
    }

    func lock(
        _ id: ID<CashOnDeliveryRule>, in transaction: some PostgresExecutor
    ) async throws -> CashOnDeliveryRule {
        guard let rule = try await transaction.queryOne(RuleSQL.locked(id), as: CashOnDeliveryRule.self) else {
            throw Problem.notFound("rule on cash on delivery")
        }
        return rule
    }

    func count(in executor: some PostgresExecutor) async throws(PostgresError) -> Int64 {
        try await executor.queryValue("SELECT count(*) FROM cod_rules WHERE removed_at IS NULL", as: Int64.self) ?? 0
    }

    /// Waits for the answer, which may be that its area has a rule.
    func insert(_ rule: CashOnDeliveryRule, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.execute(RuleSQL.insert(rule))
    }

    func update(_ rule: CashOnDeliveryRule, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.pipeline(RuleSQL.update(rule))
    }

    func remove(
        _ id: ID<CashOnDeliveryRule>, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline("UPDATE cod_rules SET removed_at = \(time) WHERE id = \(id)")
    }
}

extension CashOnDeliveryRule: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let region: String = try row.decode("region")
        let from: String = try row.decode("postal_from")
        self.init(
            id: try row.decode("id"),
            area: ShippingArea(
                country: try row.decode("country"), region: region.isEmpty ? nil : region,
                postalCodes: from.isEmpty ? nil : PostalRange(from: from, through: try row.decode("postal_through"))),
            currency: try row.decode("currency"), terms: try Terms(row: row), version: try row.decode("version"),
            createdAt: try row.decode("created_at"))
    }
}

extension CashOnDeliveryRule.Terms {
    fileprivate init(row: borrowing PostgresRow) throws(PostgresError) {
        let mostRefusals: Int32? = try row.decode("most_refusals")
        let belowOrders: Int32? = try row.decode("advance_below_orders")
        let advance: String = try row.decode("advance")
        let share: Rate? = try row.decode("advance_ppm")
        self.init(
            isOffered: try row.decode("is_offered"), limit: try row.decode("limit_minor"),
            mostRefusals: mostRefusals.map(Int.init), asksForCode: try row.decode("asks_for_code"),
            advance: advance == "shipping" ? .shipping : share.map(CashOnDeliveryRule.Advance.share) ?? .none,
            advanceBelowOrders: belowOrders.map(Int.init))
    }
}

extension CashOnDeliveryRule.Advance {
    /// As it is stored.
    package var name: String {
        switch self {
        case .none: "none"
        case .shipping: "shipping"
        case .share: "share"
        }
    }

    package var rate: Rate? { if case .share(let rate) = self { rate } else { nil } }
}

enum RuleSQL {
    private static let columns = """
        id, country, region, postal_from, postal_through, is_offered, currency, limit_minor, most_refusals, asks_for_code, \
        advance, advance_ppm, advance_below_orders, version, created_at
        """

    static func candidates(_ destination: ShippingDestination) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT \(columns) FROM cod_rules WHERE removed_at IS NULL AND country = $1
                    AND (region = '' OR region = ANY ($2::text[]))
                    AND (postal_from = '' OR (length(postal_from) = length($3)
                        AND postal_from COLLATE "C" <= $3 AND $3 <= postal_through COLLATE "C"))
                """,
            parameters: [destination.country, destination.regions, destination.postalCode])
    }

    static func list(before: ID<CashOnDeliveryRule>?, limit: Int) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition("id < $1", "$1::uuid", isSet: before != nil)
        return PostgresStatement(
            sql: """
                SELECT \(columns) FROM cod_rules WHERE removed_at IS NULL AND \(fromCursor) ORDER BY id DESC LIMIT $2
                """,
            parameters: [before, limit])
    }

    static func locked(_ id: ID<CashOnDeliveryRule>) -> PostgresStatement {
        PostgresStatement(
            sql: "SELECT \(columns) FROM cod_rules WHERE id = $1 AND removed_at IS NULL FOR UPDATE", parameters: [id])
    }

    static func insert(_ rule: CashOnDeliveryRule) -> PostgresStatement {
        let (area, terms) = (rule.area, rule.terms)
        return """
            INSERT INTO cod_rules (id, country, region, postal_from, postal_through, is_offered, currency, limit_minor,
                most_refusals, asks_for_code, advance, advance_ppm, advance_below_orders, created_at)
            VALUES (\(rule.id), \(area.country), \(area.region ?? ""), \(area.postalCodes?.from ?? ""),
                \(area.postalCodes?.through ?? ""), \(terms.isOffered), \(rule.currency), \(terms.limit),
                \(terms.mostRefusals.map(Int32.init)), \(terms.asksForCode), \(terms.advance.name), \(terms.advance.rate),
                \(terms.advanceBelowOrders.map(Int32.init)), \(rule.createdAt))
            """
    }

    static func update(_ rule: CashOnDeliveryRule) -> PostgresStatement {
        let terms = rule.terms
        return """
            UPDATE cod_rules SET is_offered = \(terms.isOffered), limit_minor = \(terms.limit),
                most_refusals = \(terms.mostRefusals.map(Int32.init)), asks_for_code = \(terms.asksForCode),
                advance = \(terms.advance.name), advance_ppm = \(terms.advance.rate),
                advance_below_orders = \(terms.advanceBelowOrders.map(Int32.init)), version = \(rule.version)
            WHERE id = \(rule.id)
            """
    }
}
