import Catalog
import Core
import Foundation
import Postgres

/// Writes of documents and of what hangs on them.
enum DocumentSQL {
    /// One indexer of a product after the other, and none beside an edit: whoever has its lock last sees all that was committed before.
    static func lock(_ products: [ID<Product>]) -> PostgresStatement {
        "SELECT FROM products WHERE id = ANY (\(products)) ORDER BY id FOR NO KEY UPDATE"
    }

    static func number(_ keys: [FacetKey]) -> PostgresStatement {
        """
        INSERT INTO search_facets (kind, subject, code)
        SELECT kind, subject, code FROM unnest(\(keys.map(\.kind)), \(keys.map(\.subject)), \(keys.map(\.code)))
            AS wanted (kind, subject, code)
        WHERE NOT EXISTS (SELECT FROM search_facets AS known WHERE known.kind = wanted.kind
            AND known.subject IS NOT DISTINCT FROM wanted.subject AND known.code = wanted.code)
        ORDER BY kind, subject, code
        ON CONFLICT DO NOTHING
        """
    }

    static func facets(_ keys: [FacetKey]) -> PostgresStatement {
        """
        SELECT known.kind, known.subject, known.code, known.id
        FROM unnest(\(keys.map(\.kind)), \(keys.map(\.subject)), \(keys.map(\.code))) AS wanted (kind, subject, code)
        JOIN search_facets AS known ON known.kind = wanted.kind AND known.subject = wanted.subject
            AND known.code = wanted.code
        UNION ALL
        SELECT known.kind, known.subject, known.code, known.id
        FROM unnest(\(keys.map(\.kind)), \(keys.map(\.subject)), \(keys.map(\.code))) AS wanted (kind, subject, code)
        JOIN search_facets AS known ON known.kind = wanted.kind AND known.subject IS NULL AND wanted.subject IS NULL
            AND known.code = wanted.code
        """
    }

    /// A document as it is to be; one that is so already is left alone.
    static func upsert(_ document: SearchDocument, facets: [FacetKey: Int32]) -> PostgresStatement {
        let source = document.source
        let ids = FacetArray.ids(of: document, facets)
        return PostgresStatement(
            sql: """
                INSERT INTO search_documents AS document (\(columns))
                SELECT $1, $2, $3, $4, $5, $6, name.words, name.words || \(weighed("$10", "D")), $11
                FROM (SELECT \(weighed("$7", "A")) || \(weighed("$8", "B")) || \(weighed("$9", "C"))) AS name (words)
                ON CONFLICT (product_id) DO UPDATE SET (\(changing)) =
                    (\(qualified("excluded")))
                WHERE (\(qualified("document"))) IS DISTINCT FROM
                    (\(qualified("excluded")))
                """,
            parameters: [
                source.product, source.isListed, ids, source.currencies, source.prices, source.changesAt,
                document.titleText, document.brandText, document.labelText, document.descriptionText,
                document.terms.map(\.text),
            ])
    }

    private static let changing = "is_listed, facets, currencies, prices, changes_at, names, words, terms"
    private static let columns = "product_id, \(changing)"

    /// The words as they are and without their endings, as English and Hindi have them; PostgreSQL's Hindi leaves words of ASCII to its
    /// English.
    private static func weighed(_ text: String, _ weight: String) -> String {
        "setweight(to_tsvector('simple', \(text)::text) || to_tsvector('hindi', \(text)::text), '\(weight)')"
    }

    private static func qualified(_ table: String) -> String {
        changing.split(separator: ", ").map { "\(table).\($0)" }.joined(separator: ", ")
    }

    static func setPrices(of sources: [DocumentSource]) -> [PostgresStatement] {
        let prices = sources.flatMap { source in
            zip(source.currencies, source.prices).map { (source.product, $0, $1) }
        }
        return [
            """
            DELETE FROM search_prices AS price WHERE product_id = ANY (\(sources.map(\.product))) AND NOT EXISTS (
                SELECT FROM search_documents AS document WHERE document.product_id = price.product_id
                    AND price.currency = ANY (document.currencies))
            """,
            """
            INSERT INTO search_prices AS price (product_id, currency, amount_minor)
            SELECT * FROM unnest(\(prices.map(\.0)), \(prices.map(\.1)), \(prices.map(\.2)))
            ON CONFLICT (product_id, currency) DO UPDATE SET amount_minor = excluded.amount_minor
            WHERE price.amount_minor <> excluded.amount_minor
            """,
        ]
    }

    static func delete(_ products: [ID<Product>]) -> PostgresStatement {
        "DELETE FROM search_documents WHERE product_id = ANY (\(products))"
    }

    /// Notes terms that are not known yet; all who do it do it in the same order.
    static func note(_ terms: [SearchTerm]) -> PostgresStatement {
        let trigrams = terms.map { ($0.sound?.trigrams ?? []).joined(separator: "\n") }
        return """
            INSERT INTO search_terms (term, is_word, sound, trigrams)
            SELECT term, is_word, sound, string_to_array(trigrams, E'\\n')
            FROM unnest(\(terms.map(\.text)), \(terms.map { $0.sound != nil }), \(terms.map { $0.sound?.sound ?? "" }),
                \(trigrams)) AS new (term, is_word, sound, trigrams)
            WHERE NOT EXISTS (SELECT FROM search_terms AS known WHERE known.term = new.term COLLATE "C")
            ORDER BY term COLLATE "C" ON CONFLICT DO NOTHING
            """
    }
}
