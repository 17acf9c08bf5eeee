import Catalog
import Core
import Foundation
import Postgres

/// What facets are called in the languages that are wanted.
enum FacetNames {
    struct Row: Sendable, PostgresRowDecodable {
        let place: Int64
        let name: String?
        let attributeCode: String?
        let attributeName: String?

        init(row: borrowing PostgresRow) throws(PostgresError) {
            place = try row.decode("place")
            name = try row.decode("name")
            attributeCode = try row.decode("attribute_code")
            attributeName = try row.decode("attribute_name")
        }
    }

    static func statement(
        _ keys: [FacetKey], in locales: [ContentLocale]
    ) -> PostgresStatement {
        PostgresStatement(
            sql: """
                WITH wanted AS (
                    SELECT * FROM unnest($1::text[], $2::uuid[], $3::text[]) WITH ORDINALITY AS wanted (kind, subject, code, place)
                ), language AS MATERIALIZED (SELECT * FROM \(LocaleSQL.languages("$4")))
                SELECT wanted.place, coalesce((
                        SELECT translation.name FROM language JOIN category_translations AS translation
                            ON translation.category_id = category.id AND translation.locale = language.locale
                        ORDER BY language.rank LIMIT 1), category.name) AS name,
                    NULL AS attribute_code, NULL AS attribute_name
                FROM wanted JOIN categories AS category ON wanted.kind = 'category' AND category.id = wanted.subject
                UNION ALL
                SELECT wanted.place, vendor.name, NULL, NULL
                FROM wanted JOIN vendors AS vendor ON wanted.kind = 'vendor' AND vendor.id = wanted.subject
                UNION ALL
                SELECT wanted.place, coalesce((
                        SELECT translation.choices ->> wanted.code FROM language JOIN attribute_translations AS translation
                            ON translation.attribute_id = attribute.id AND translation.locale = language.locale
                                AND translation.choices ? wanted.code
                        ORDER BY language.rank LIMIT 1), choice.name, wanted.code),
                    attribute.code, coalesce((
                        SELECT translation.name FROM language JOIN attribute_translations AS translation
                            ON translation.attribute_id = attribute.id AND translation.locale = language.locale
                        ORDER BY language.rank LIMIT 1), attribute.name)
                FROM wanted JOIN attributes AS attribute ON wanted.kind = 'attribute' AND attribute.id = wanted.subject
                LEFT JOIN attribute_choices AS choice ON choice.attribute_id = attribute.id AND choice.code = wanted.code
                """,
            parameters: [keys.map(\.kind), keys.map(\.subject), keys.map(\.code), locales])
    }
}
