package import Core
import Foundation
package import Postgres
import Registrations
package import Values

/// All SQL about how goods are taxed.
package struct TaxStore: Sendable {
    /// So many rates are kept at most; a country has some hundred.
    package static let mostRates = 20_000

    package init() {}

    package func jurisdictions(in executor: some PostgresExecutor) async throws(PostgresError) -> [TaxJurisdiction] {
        try await executor.query(TaxSQL.jurisdictions, as: TaxJurisdiction.self)
    }

    package func rates(in executor: some PostgresExecutor) async throws(PostgresError) -> [TaxRate] {
        try await executor.query(TaxSQL.rates, as: TaxRate.self)
    }

    /// A page of rates, the newest first.
    /// - Parameters:
    ///   - country: nil for all.
    ///   - day: those that hold on it; nil for those of the past and the future as well.
    package func rates(
        in country: String?, on day: CivilDate?, page: PageRequest, in executor: some PostgresExecutor
    ) async throws -> Page<TaxRate> {
        try await page.newestFirst("tax_rates", by: \.id) { before, limit in
            try await executor.query(
                TaxSQL.list(country: country, on: day, before: before, limit: limit), as: TaxRate.self)
        }
    }

    package func rate(
        _ id: ID<TaxRate>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> TaxRate? {
        try await executor.queryOne(
            "SELECT \(unescaped: TaxSQL.columns) FROM tax_rates WHERE id = \(id)", as: TaxRate.self)
    }

    /// Waits for the answer, which may be a constraint's refusal.
    func insert(_ rate: TaxRate, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.execute(TaxSQL.insert(rate))
    }

    /// Ends a rate that has no end yet; nil where there is no such one.
    func end(
        _ id: ID<TaxRate>, on day: CivilDate, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> TaxRate? {
        try await transaction.queryOne(
            """
            UPDATE tax_rates SET valid_to = (\(day.utcMidnight) AT TIME ZONE 'UTC')::date
            WHERE id = \(id) AND valid_to = 'infinity' RETURNING \(unescaped: TaxSQL.columns)
            """, as: TaxRate.self)
    }

    /// - Returns: false where there is one with the code.
    func insertClass(
        _ code: String, country: String, name: String, from day: CivilDate, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await transaction.execute(
            """
            INSERT INTO tax_classes (code, country, name, valid_from)
            VALUES (\(code), \(country), \(name), (\(day.utcMidnight) AT TIME ZONE 'UTC')::date) ON CONFLICT DO NOTHING
            """) == 1
    }

    /// - Returns: false where there is no such one that has no end yet.
    func endClass(
        _ code: String, on day: CivilDate, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await transaction.execute(
            """
            UPDATE tax_classes SET valid_to = (\(day.utcMidnight) AT TIME ZONE 'UTC')::date
            WHERE code = \(code) AND valid_to = 'infinity'
            """) == 1
    }
}

private enum TaxSQL {
    static let columns = """
        id, country, tax_class, hsn_prefix, head, rate_ppm, unit_above_minor, unit_up_to_minor, unit_currency, valid_from, \
        nullif(valid_to, 'infinity') AS valid_to, source, recorded_at
        """

    static let jurisdictions: PostgresStatement = """
        SELECT country, scheme, time_zone, default_class, service_class,
            ARRAY(SELECT code FROM regions WHERE regions.country = tax_jurisdictions.country AND NOT has_legislature) AS territories
        FROM tax_jurisdictions ORDER BY country
        """

    static let rates: PostgresStatement =
        "SELECT \(unescaped: columns) FROM tax_rates ORDER BY id LIMIT \(unescaped: String(TaxStore.mostRates))"

    static func list(country: String?, on day: CivilDate?, before: ID<TaxRate>?, limit: Int) -> PostgresStatement {
        let ofCountry = OptionalFilter.condition("country = $1", "$1::text", isSet: country != nil)
        let onDay = OptionalFilter.condition(
            "valid_from <= ($2 AT TIME ZONE 'UTC')::date AND ($2 AT TIME ZONE 'UTC')::date < valid_to",
            "$2::timestamptz", isSet: day != nil)
        let fromCursor = OptionalFilter.condition("id < $3", "$3::uuid", isSet: before != nil)
        return PostgresStatement(
            sql: """
                SELECT \(columns) FROM tax_rates WHERE \(ofCountry) AND \(onDay) AND \(fromCursor) ORDER BY id DESC LIMIT $4
                """,
            parameters: [country, day?.utcMidnight, before, limit])
    }

    static func insert(_ rate: TaxRate) -> PostgresStatement {
        let (taxClass, heading): (String?, String?) =
            switch rate.goods {
            case .taxClass(let code): (code, nil)
            case .heading(let prefix): (nil, prefix)
            }
        return """
            INSERT INTO tax_rates (id, country, tax_class, hsn_prefix, head, rate_ppm, unit_above_minor, unit_up_to_minor,
                unit_currency, valid_from, source, recorded_at)
            VALUES (\(rate.id), \(rate.country), \(taxClass), \(heading), \(rate.head), \(rate.rate),
                \(rate.band.above), \(rate.band.upTo), \(rate.bandCurrency),
                (\(rate.validFrom.utcMidnight) AT TIME ZONE 'UTC')::date, \(rate.source), \(rate.recordedAt))
            """
    }
}

extension TaxRate: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let taxClass: String? = try row.decode("tax_class")
        let heading: String? = try row.decode("hsn_prefix")
        guard let goods = taxClass.map(Goods.taxClass) ?? heading.map(Goods.heading) else {
            throw .decoding("a tax rate is for no goods")
        }
        self.init(
            id: try row.decode("id"), country: try row.decode("country"), goods: goods, head: try row.decode("head"),
            rate: try row.decode("rate_ppm"),
            band: Band(above: try row.decode("unit_above_minor"), upTo: try row.decode("unit_up_to_minor")),
            bandCurrency: try row.decode("unit_currency"),
            validFrom: CivilDate(utc: try row.decode("valid_from")),
            validTo: try row.decode("valid_to", as: Date?.self).map(CivilDate.init(utc:)),
            source: try row.decode("source"), recordedAt: try row.decode("recorded_at"))
    }
}

extension TaxJurisdiction: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let territories: [String] = try row.decode("territories")
        self.init(
            country: try row.decode("country"), scheme: try row.decode("scheme"),
            timeZone: try TimeZone(decoding: row.decode("time_zone")),
            defaultClass: try row.decode("default_class"), serviceClass: try row.decode("service_class"),
            territories: Set(territories))
    }
}

extension TimeZone {
    init(decoding name: String) throws(PostgresError) {
        guard let zone = TimeZone(identifier: name) else {
            throw .decoding("\(UTF8Text(name).excerpt()) is no time zone that is known here")
        }
        self = zone
    }
}
