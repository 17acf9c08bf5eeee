import Catalog
package import Core
import Foundation
package import Postgres
import Shipping

/// All SQL about what customers are offered to pay with.
package struct PaymentOptionStore: Sendable {
    package init() {}

    private static let columns = """
        id, gateway, is_offered, currency, least_minor, most_minor, country, region, postal_from, postal_through, from_minute, \
        until_minute, utc_offset_minutes, position, titles, version, created_at
        """

    /// A page of rules, the newest first.
    package func rules(
        page: PageRequest, in executor: some PostgresExecutor
    ) async throws -> Page<PaymentOptionRule> {
        try await page.newestFirst("payment_option_rules", by: \.id) { before, limit in
            let older = OptionalFilter.condition("id < $1", "$1::uuid", isSet: before != nil)
            return try await executor.query(
                PostgresStatement(
                    sql: """
                        SELECT \(Self.columns) FROM payment_option_rules WHERE removed_at IS NULL AND \(older)
                        ORDER BY id DESC LIMIT $2
                        """,
                    parameters: [before, limit]),
                as: PaymentOptionRule.self)
        }
    }

    /// All rules, and which gateways have stepped back.
    func rules(at time: Date, in executor: some PostgresExecutor) async throws(PostgresError) -> PaymentOptionRules {
        let rules = try await executor.query(
            """
            SELECT \(unescaped: Self.columns) FROM payment_option_rules WHERE removed_at IS NULL
            ORDER BY position, id LIMIT \(Int32(clamping: PaymentOptionRule.most))
            """, as: PaymentOptionRule.self)
        return PaymentOptionRules(rules, unwell: try await GatewayHealthStore().unwell(at: time, in: executor))
    }

    func lock(
        _ id: ID<PaymentOptionRule>, in transaction: some PostgresExecutor
    ) async throws -> PaymentOptionRule {
        let rule = try await transaction.queryOne(
            """
            SELECT \(unescaped: Self.columns) FROM payment_option_rules WHERE id = \(id) AND removed_at IS NULL FOR UPDATE
            """, as: PaymentOptionRule.self)
        guard let rule else { throw Problem.notFound("payment option rule") }
        return rule
    }

    func count(in executor: some PostgresExecutor) async throws(PostgresError) -> Int64 {
        try await executor.queryValue(
            "SELECT count(*) FROM payment_option_rules WHERE removed_at IS NULL", as: Int64.self) ?? 0
    }

    func insert(_ rule: PaymentOptionRule, in transaction: some PostgresExecutor) async throws(PostgresError) {
        let (terms, area) = (rule.terms, rule.terms.area)
        try await transaction.pipeline(
            """
            INSERT INTO payment_option_rules (id, gateway, is_offered, currency, least_minor, most_minor, country, region,
                postal_from, postal_through, from_minute, until_minute, utc_offset_minutes, position, titles, created_at)
            VALUES (\(rule.id), \(rule.gateway.rawValue), \(terms.isOffered), \(terms.currency), \(terms.least), \(terms.most),
                \(area?.country ?? ""), \(area?.region ?? ""), \(area?.postalCodes?.from ?? ""),
                \(area?.postalCodes?.through ?? ""), \(terms.hours.map { Int32(clamping: $0.from) }),
                \(terms.hours.map { Int32(clamping: $0.until) }), \(Int32(clamping: terms.hours?.utcOffset ?? 0)),
                \(Int32(clamping: terms.position)), \(terms.storedTitles), \(rule.createdAt))
            """)
    }

    func update(_ rule: PaymentOptionRule, in transaction: some PostgresExecutor) async throws(PostgresError) {
        let (terms, area) = (rule.terms, rule.terms.area)
        try await transaction.pipeline(
            """
            UPDATE payment_option_rules SET is_offered = \(terms.isOffered), currency = \(terms.currency),
                least_minor = \(terms.least), most_minor = \(terms.most), country = \(area?.country ?? ""),
                region = \(area?.region ?? ""), postal_from = \(area?.postalCodes?.from ?? ""),
                postal_through = \(area?.postalCodes?.through ?? ""),
                from_minute = \(terms.hours.map { Int32(clamping: $0.from) }),
                until_minute = \(terms.hours.map { Int32(clamping: $0.until) }),
                utc_offset_minutes = \(Int32(clamping: terms.hours?.utcOffset ?? 0)),
                position = \(Int32(clamping: terms.position)), titles = \(terms.storedTitles), version = \(rule.version)
            WHERE id = \(rule.id)
            """)
    }

    func remove(
        _ id: ID<PaymentOptionRule>, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline("UPDATE payment_option_rules SET removed_at = \(time) WHERE id = \(id)")
    }
}

extension PaymentOptionRule: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            id: try row.decode("id"), gateway: GatewayName(rawValue: try row.decode("gateway")),
            terms: try Terms(row: row), version: try row.decode("version"), createdAt: try row.decode("created_at"))
    }
}

extension PaymentOptionRule.Terms {
    fileprivate init(row: borrowing PostgresRow) throws(PostgresError) {
        let country: String = try row.decode("country")
        let region: String = try row.decode("region")
        let from: String = try row.decode("postal_from")
        let through: String = try row.decode("postal_through")
        let fromMinute: Int32? = try row.decode("from_minute")
        let untilMinute: Int32? = try row.decode("until_minute")
        let offset: Int32 = try row.decode("utc_offset_minutes")
        let position: Int32 = try row.decode("position")
        let titles: JSONValue = try row.decode("titles")
        var hours: PaymentOptionRule.Hours?
        if let fromMinute, let untilMinute {
            hours = PaymentOptionRule.Hours(from: Int(fromMinute), until: Int(untilMinute), utcOffset: Int(offset))
        }
        self.init(
            isOffered: try row.decode("is_offered"), currency: try row.decode("currency"),
            least: try row.decode("least_minor"), most: try row.decode("most_minor"),
            area: country.isEmpty
                ? nil
                : ShippingArea(
                    country: country, region: region.isEmpty ? nil : region,
                    postalCodes: from.isEmpty ? nil : PostalRange(from: from, through: through)),
            hours: hours, position: Int(position), titles: Self.titles(titles))
    }

    private static func titles(_ stored: JSONValue) -> [ContentLocale: String] {
        var titles: [ContentLocale: String] = [:]
        for (name, title) in stored.objectValue ?? [:] {
            guard let locale = ContentLocale(rawValue: name.string), let text = title.textValue else { continue }
            titles[locale] = text.string
        }
        return titles
    }

    fileprivate var storedTitles: JSONValue {
        .object(titles.reduce(into: [:]) { $0[UTF8Text($1.key.rawValue)] = .string($1.value) })
    }
}
