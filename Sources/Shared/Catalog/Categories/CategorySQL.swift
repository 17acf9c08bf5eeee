package import Core
import Foundation
package import Postgres

enum CategorySQL {
    static let columns = """
        id, path, position, slug, name, description, seo_title, seo_description, version, created_at, updated_at
        """

    /// The same in the first of a parameter's languages in which a translation is; without one, in the catalogue's own.
    private static func localized(_ parameter: String) -> (columns: String, join: String) {
        (
            """
            category.id, category.path, category.position, category.slug, coalesce(text.name, category.name) AS name,
            coalesce(text.description, category.description) AS description,
            coalesce(text.seo_title, category.seo_title) AS seo_title,
            coalesce(text.seo_description, category.seo_description) AS seo_description, category.version,
            category.created_at, category.updated_at
            """,
            """
            LEFT JOIN LATERAL (
                SELECT translation.* FROM \(LocaleSQL.languages(parameter)) JOIN category_translations AS translation
                    ON translation.category_id = category.id AND translation.locale = language.locale
                ORDER BY language.rank LIMIT 1
            ) AS text ON true
            """
        )
    }

    static func one(_ id: ID<Category>, in locales: [ContentLocale]) -> PostgresStatement {
        let text = localized("$2")
        return PostgresStatement(
            sql: "SELECT \(text.columns) FROM categories AS category \(text.join) WHERE category.id = $1",
            parameters: [id, locales])
    }

    static func named(_ slug: Slug, in locales: [ContentLocale]) -> PostgresStatement {
        let text = localized("$2")
        return PostgresStatement(
            sql: """
                SELECT \(text.columns) FROM category_slugs AS name JOIN categories AS category ON category.id = name.category_id
                \(text.join) WHERE name.slug = $1
                """,
            parameters: [slug, locales])
    }

    /// All there are, or all below one: each behind its parent, siblings in their order.
    static func tree(below root: ID<Category>?, in locales: [ContentLocale], limit: Int) -> PostgresStatement {
        let text = localized("$2")
        let isBelow = OptionalFilter.condition("category.path @> ARRAY[$1]", "$1::uuid", isSet: root != nil)
        return PostgresStatement(
            sql: """
                SELECT \(text.columns) FROM categories AS category \(text.join) WHERE \(isBelow)
                ORDER BY cardinality(category.path), category.position, category.id LIMIT $3
                """,
            parameters: [root, locales, limit])
    }

    /// One change of the tree after the other: two moves at once could put each below the other.
    static let takeTurn: PostgresStatement = "SELECT FROM catalogue_settings FOR UPDATE"

    static func lock(_ id: ID<Category>) -> PostgresStatement {
        "SELECT \(unescaped: columns) FROM categories WHERE id = \(id) FOR UPDATE"
    }

    static let count: PostgresStatement = "SELECT count(*) FROM categories"

    static func insert(_ category: Category) -> PostgresStatement {
        let content = category.content
        return """
            INSERT INTO categories (id, parent_id, path, position, slug, name, description, seo_title, seo_description,
                created_at, updated_at)
            VALUES (\(category.id), \(category.parent), \(category.path), \(category.position), \(content.slug),
                \(content.name), \(content.description), \(content.searchListing.title),
                \(content.searchListing.description), \(category.createdAt), \(category.updatedAt))
            """
    }

    static func update(_ category: Category) -> PostgresStatement {
        let content = category.content
        return """
            UPDATE categories SET slug = \(content.slug), name = \(content.name), description = \(content.description),
                seo_title = \(content.searchListing.title), seo_description = \(content.searchListing.description),
                position = \(category.position), version = \(category.version), updated_at = \(category.updatedAt)
            WHERE id = \(category.id)
            """
    }

    static func claim(_ slug: Slug, for category: ID<Category>) -> PostgresStatement {
        """
        INSERT INTO category_slugs (slug, category_id) SELECT \(slug), \(category)
        WHERE NOT EXISTS (SELECT FROM category_slugs WHERE slug = \(slug) AND category_id = \(category))
        """
    }

    /// Puts a category with all below it under another, `above` being that one's path, and what is on sale there into the listings
    /// of the categories that are above it now, and out of those that are not any more. Answers how deep it goes.
    static func move(
        _ category: Category, under above: [ID<Category>], position: Int, at time: Date
    ) -> PostgresStatement {
        let before = Array(category.path.dropLast())
        return PostgresStatement(
            sql: """
                WITH moved AS (
                    UPDATE categories SET path = $2::uuid[] || path[$3:],
                        parent_id = CASE WHEN id = $1 THEN $4 ELSE parent_id END,
                        position = CASE WHEN id = $1 THEN $5 ELSE position END,
                        version = CASE WHEN id = $1 THEN version + 1 ELSE version END,
                        updated_at = CASE WHEN id = $1 THEN $6 ELSE updated_at END
                    WHERE path @> ARRAY[$1]
                    RETURNING cardinality(path) AS depth
                ), listed AS (
                    SELECT product_id FROM category_listings WHERE category_id = $1
                ), unlisted AS (
                    DELETE FROM category_listings AS listing USING listed
                    WHERE listing.product_id = listed.product_id AND listing.category_id = ANY ($7::uuid[])
                        AND listing.category_id <> ALL ($2::uuid[])
                        AND NOT EXISTS (
                            SELECT FROM product_categories AS placed JOIN categories AS place ON place.id = placed.category_id
                            WHERE placed.product_id = listing.product_id AND place.path @> ARRAY[listing.category_id]
                                AND NOT place.path @> ARRAY[$1])
                ), relisted AS (
                    INSERT INTO category_listings (category_id, product_id)
                    SELECT above.id, listed.product_id FROM listed, unnest($2::uuid[]) AS above (id)
                    ON CONFLICT DO NOTHING
                )
                SELECT max(depth) FROM moved
                """,
            parameters: [category.id, above, category.path.count, above.last, position, time, before])
    }

    /// What keeps a category from being deleted, and how often.
    static func uses(of id: ID<Category>) -> PostgresStatement {
        """
        SELECT what, count FROM (
            SELECT 'categories' AS what, count(*) FROM categories WHERE parent_id = \(id)
            UNION ALL SELECT 'products', count(*) FROM product_categories WHERE category_id = \(id)
        ) AS uses WHERE count > 0
        """
    }

    static func delete(_ id: ID<Category>) -> PostgresStatement {
        "DELETE FROM categories WHERE id = \(id)"
    }

    /// Those of `categories` that there are; nobody deletes them until the transaction is over.
    static func known(of categories: [ID<Category>]) -> PostgresStatement {
        "SELECT id FROM categories WHERE id = ANY (\(categories)) ORDER BY id FOR KEY SHARE"
    }

    static func place(_ product: ID<Product>, in categories: [ID<Category>]) -> [PostgresStatement] {
        [
            "DELETE FROM product_categories WHERE product_id = \(product)",
            """
            INSERT INTO product_categories (product_id, category_id, position)
            SELECT \(product), id, place FROM unnest(\(categories)) WITH ORDINALITY AS wanted (id, place)
            """,
        ]
    }

    static func categories(of product: ID<Product>, in locales: [ContentLocale]) -> PostgresStatement {
        let text = localized("$2")
        return PostgresStatement(
            sql: """
                SELECT \(text.columns) FROM product_categories AS placed
                JOIN categories AS category ON category.id = placed.category_id \(text.join)
                WHERE placed.product_id = $1 ORDER BY placed.position
                """,
            parameters: [product, locales])
    }
}

extension Category: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            id: try row.decode("id"), path: try row.decode("path"), position: try row.decode("position"),
            content: CategoryContent(
                name: try row.decode("name"), description: try row.decode("description"), slug: try row.decode("slug"),
                searchListing: SearchListing(
                    title: try row.decode("seo_title"), description: try row.decode("seo_description"))),
            version: try row.decode("version"), createdAt: try row.decode("created_at"),
            updatedAt: try row.decode("updated_at"))
    }
}
