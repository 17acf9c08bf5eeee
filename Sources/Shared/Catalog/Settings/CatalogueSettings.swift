package import Core
package import Identity
package import Jobs
package import Postgres

/// When the marketplace looks at what vendors publish.
package enum Moderation: String, Hashable, Sendable, CaseIterable, PostgresCodable {
    /// Never.
    case none
    /// Before a product goes on sale; edits of what is on sale count at once.
    case publication
    /// After each edit as well, until when the product is off sale.
    case edits
}

/// How the marketplace runs its catalogue.
package struct CatalogueSettings: Hashable, Sendable {
    /// How many countries it may sell in.
    package static let countryCount = 0...20

    package let moderation: Moderation
    /// Where it sells: whose duties listings have. ISO 3166-1 alpha-2.
    package let countries: [String]
    /// The language of the texts that stand with the things themselves.
    package let locale: ContentLocale
    package let version: Int64

    package init(moderation: Moderation, countries: [String], locale: ContentLocale, version: Int64) {
        self.moderation = moderation
        self.countries = countries
        self.locale = locale
        self.version = version
    }
}

/// An edit of the settings; nil leaves one as it is.
package struct CatalogueSettingsChanges: Hashable, Sendable {
    package let moderation: Moderation?
    package let countries: [String]?
    package let locale: ContentLocale?

    package init(moderation: Moderation? = nil, countries: [String]? = nil, locale: ContentLocale? = nil) {
        self.moderation = moderation
        self.countries = countries
        self.locale = locale
    }

    fileprivate func check() throws(Problem) {
        var check = InputCheck()
        if let countries {
            check.number("/countries", countries.count, in: CatalogueSettings.countryCount)
            for (index, country) in countries.prefix(CatalogueSettings.countryCount.upperBound).enumerated() {
                check.text("/countries/\(index)", country, Declarations.country)
            }
        }
        if self == CatalogueSettingsChanges() { check.fail("", "empty", "at least one setting must be given") }
        try check.finish()
    }
}

/// All SQL about the settings and what the law asks.
package struct CatalogueSettingsStore: Sendable {
    package init() {}

    package func settings(in executor: some PostgresExecutor) async throws(PostgresError) -> CatalogueSettings {
        let settings = try await executor.queryOne(
            "SELECT \(unescaped: Self.columns) FROM catalogue_settings", as: CatalogueSettings.self)
        guard let settings else { throw .decoding("the catalogue has no settings") }
        return settings
    }

    /// The classes that products can be given, those of the past included.
    package func taxClasses(in executor: some PostgresExecutor) async throws(PostgresError) -> [TaxClass] {
        try await executor.query(
            """
            SELECT code, country, name, nullif(valid_from, '-infinity')::text AS valid_from,
                nullif(valid_to, 'infinity')::text AS valid_to
            FROM tax_classes ORDER BY country, code LIMIT 1000
            """, as: TaxClass.self)
    }

    func hasTaxClass(_ code: String, in executor: some PostgresExecutor) async throws(PostgresError) -> Bool {
        try await executor.queryValue(
            "SELECT EXISTS (SELECT FROM tax_classes WHERE code = \(code))", as: Bool.self) ?? false
    }

    /// The settings after the edit; nil where their version was not `version`.
    func update(
        _ changes: CatalogueSettingsChanges, version: Int64?, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> CatalogueSettings? {
        try await transaction.queryOne(
            """
            UPDATE catalogue_settings SET moderation = coalesce(\(changes.moderation), moderation),
                countries = coalesce(\(changes.countries), countries), locale = coalesce(\(changes.locale), locale),
                version = version + 1
            WHERE \(version)::int8 IS NULL OR version = \(version)
            RETURNING \(unescaped: Self.columns)
            """, as: CatalogueSettings.self)
    }

    private static let columns = "moderation, countries, locale, version"
}

extension CatalogueSettings: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            moderation: try row.decode("moderation"), countries: try row.decode("countries"),
            locale: try row.decode("locale"), version: try row.decode("version"))
    }
}

/// How goods are taxed, in one country: what it comes to is a matter of the day and of the price.
package struct TaxClass: Hashable, Sendable, PostgresRowDecodable {
    package let code: String
    package let country: String
    package let name: String
    /// The first day on which it is given, such as 2025-09-22; nil for always.
    package let validFrom: String?
    /// The first day on which it is not given any more; nil for never.
    package let validTo: String?

    package init(code: String, country: String, name: String, validFrom: String?, validTo: String?) {
        self.code = code
        self.country = country
        self.name = name
        self.validFrom = validFrom
        self.validTo = validTo
    }

    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            code: try row.decode("code"), country: try row.decode("country"), name: try row.decode("name"),
            validFrom: try row.decode("valid_from"), validTo: try row.decode("valid_to"))
    }
}

/// Changes how the marketplace runs its catalogue.
package struct UpdateCatalogueSettings: Sendable {
    private let store = CatalogueSettingsStore()
    private let audit: AuditStore

    package init(audit: AuditStore) { self.audit = audit }

    /// - Throws: `Problem`: 412 ("version-mismatch"), 422; `PostgresError`.
    package func callAsFunction(
        _ changes: CatalogueSettingsChanges, version: Int64?, by principal: Principal, in work: UnitOfWork
    ) async throws -> CatalogueSettings {
        try changes.check()
        guard let settings = try await store.update(changes, version: version, in: work) else {
            throw Problem.versionMismatch(current: try await store.settings(in: work).version)
        }
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "catalogue_settings.updated", subject: "catalogue",
                payload: [
                    "moderation": .string(settings.moderation.rawValue),
                    "countries": .array(settings.countries.map { .string($0) }),
                    "locale": .string(settings.locale.rawValue),
                ]),
            in: work)
        return settings
    }
}
