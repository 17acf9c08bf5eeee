package import Core
package import Postgres

/// All SQL about texts in further languages.
package struct TranslationStore: Sendable {
    /// In how many languages a thing may be told.
    package static let most = 30

    package init() {}

    /// Of a product that is visible to those who sell it alone, too; in the order of the languages.
    package func translations(
        of product: ID<Product>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ProductTranslation] {
        try await executor.query(
            """
            SELECT locale, title, description, seo_title, seo_description FROM product_translations
            WHERE product_id = \(product) ORDER BY locale
            """, as: ProductTranslation.self)
    }

    /// In the order of the languages.
    package func translations(
        of category: ID<Category>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [CategoryTranslation] {
        try await executor.query(
            """
            SELECT locale, name, description, seo_title, seo_description FROM category_translations
            WHERE category_id = \(category) ORDER BY locale
            """, as: CategoryTranslation.self)
    }

    /// What texts in a language fall back to, the first first.
    package func fallbacks(
        of locale: ContentLocale, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ContentLocale] {
        try await executor.queryValues(
            "SELECT fallback FROM locale_fallbacks WHERE locale = \(locale) ORDER BY rank", as: ContentLocale.self)
    }

    func set(
        _ text: ProductTranslation, of product: ID<Product>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            INSERT INTO product_translations (product_id, locale, title, description, seo_title, seo_description)
            VALUES (\(product), \(text.locale), \(text.title), \(text.description), \(text.searchListing.title),
                \(text.searchListing.description))
            ON CONFLICT (product_id, locale) DO UPDATE SET (title, description, seo_title, seo_description) =
                (excluded.title, excluded.description, excluded.seo_title, excluded.seo_description)
            """)
    }

    func set(
        _ text: CategoryTranslation, of category: ID<Category>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            INSERT INTO category_translations (category_id, locale, name, description, seo_title, seo_description)
            VALUES (\(category), \(text.locale), \(text.name), \(text.description), \(text.searchListing.title),
                \(text.searchListing.description))
            ON CONFLICT (category_id, locale) DO UPDATE SET (name, description, seo_title, seo_description) =
                (excluded.name, excluded.description, excluded.seo_title, excluded.seo_description)
            """)
    }

    func set(
        _ text: AttributeTranslation, of attribute: ID<Attribute>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            INSERT INTO attribute_translations (attribute_id, locale, name, choices)
            VALUES (\(attribute), \(text.locale), \(text.name), \(JSONValue.object(text.choices.mapValues { .string($0) })))
            ON CONFLICT (attribute_id, locale) DO UPDATE SET (name, choices) = (excluded.name, excluded.choices)
            """)
    }

    /// How many languages a thing is told in besides one.
    func count(
        of subject: TranslatedSubject, besides locale: ContentLocale, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Int {
        let count = try await executor.queryValue(
            PostgresStatement(
                sql: "SELECT count(*) FROM \(subject.table) WHERE \(subject.column) = $1 AND locale <> $2",
                parameters: [subject.id, locale]), as: Int.self)
        return count ?? 0
    }

    /// Whether there was one.
    func delete(
        _ locale: ContentLocale, of subject: TranslatedSubject, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await transaction.execute(
            PostgresStatement(
                sql: "DELETE FROM \(subject.table) WHERE \(subject.column) = $1 AND locale = $2",
                parameters: [subject.id, locale])) == 1
    }

    func setFallbacks(
        _ fallbacks: [ContentLocale], of locale: ContentLocale, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline("DELETE FROM locale_fallbacks WHERE locale = \(locale)")
        try await transaction.pipeline(
            """
            INSERT INTO locale_fallbacks (locale, rank, fallback)
            SELECT \(locale), rank, fallback FROM unnest(\(fallbacks)) WITH ORDINALITY AS wanted (fallback, rank)
            """)
    }
}

/// What has texts in further languages.
enum TranslatedSubject {
    case product(ID<Product>)
    case category(ID<Category>)
    case attribute(ID<Attribute>)

    fileprivate var table: String {
        switch self {
        case .product: "product_translations"
        case .category: "category_translations"
        case .attribute: "attribute_translations"
        }
    }

    fileprivate var column: String {
        switch self {
        case .product: "product_id"
        case .category: "category_id"
        case .attribute: "attribute_id"
        }
    }

    fileprivate var id: any PostgresEncodable {
        switch self {
        case .product(let id): id
        case .category(let id): id
        case .attribute(let id): id
        }
    }
}
