package import Core
import Foundation
import Identity
import Postgres
package import Vendors

/// Which products a list is of.
package enum ProductList: Hashable, Sendable {
    /// What is on sale, of one vendor or of all.
    case onSale(vendor: ID<Vendor>?)
    /// What is on sale in a category or below it.
    case category(ID<Category>)
    /// What is on sale of a collection, in its order.
    case collection(ID<ProductCollection>)
    /// What is on sale of these, in their order.
    case these([ID<Product>])
    /// What those who sell it keep in a status.
    case inStatus(ProductStatus, vendor: ID<Vendor>?)
    /// What those who sell it have deleted.
    case deleted(vendor: ID<Vendor>?)
}

/// The statement behind pages of products: the hottest read there is. One row for each variant: PostgreSQL builds no JSON and no arrays,
/// and finds nothing twice.
enum StorefrontSQL {
    private static let isOnSale = """
        product.status = 'active' AND product.deleted_at IS NULL AND \(SellingVendor.condition(at: "$1"))
        """

    /// Units that can be bought.
    private static let available = "greatest(coalesce(stock.on_hand - stock.reserved + stock.backorder_limit, 0), 0)"

    /// - Parameters:
    ///   - after: where the page begins: the last place of the page before.
    ///   - locales: the languages that are wanted; none for the catalogue's own.
    ///   - time: whose prices count.
    static func page(
        _ list: ProductList, after: UUID?, place: Int64?, limit: Int, in locales: [ContentLocale], at time: Date,
        visibleTo visibility: Visibility
    ) -> PostgresStatement {
        let (source, order, parameters) = source(list, after: after, place: place, visibleTo: visibility)
        let text = locales.isEmpty ? Text.own : Text(in: "$\(parameters.count + 3)")
        return PostgresStatement(
            sql: """
                WITH page AS (
                    SELECT product.id, product.vendor_id, product.status, product.slug, \(text.columns), product.brand,
                        product.version, product.created_at, product.deleted_at, product.currency, \(order.place) AS place,
                        (SELECT media_id FROM product_media WHERE product_id = product.id AND position = 1) AS picture
                    \(source.replacing("{text}", with: text.join)) \(order.sql) LIMIT $2
                )
                SELECT page.id, page.vendor_id, page.status, page.slug, page.title, page.locale, page.brand, page.version,
                    page.created_at, page.deleted_at, page.picture, page.place, variant.id AS variant_id,
                    variant.title AS variant_title, variant.sku, variant.kind, variant.choices, variant.minimum_quantity,
                    variant.maximum_quantity, \(PriceSQL.current(at: "$1")),
                    \(available) AS available
                FROM page
                JOIN variants AS variant ON variant.product_id = page.id AND variant.removed_at IS NULL
                JOIN prices AS price ON price.variant_id = variant.id AND price.currency = page.currency
                LEFT JOIN stock ON stock.variant_id = variant.id
                ORDER BY \(order.outer), variant.position, variant.id
                """,
            parameters: [time, limit] + parameters + (locales.isEmpty ? [] : [locales]))
    }

    /// What a product is called: the columns, and what they are joined from.
    private struct Text {
        let columns: String
        let join: String

        static let own = Text(
            columns: "product.title, (SELECT locale FROM catalogue_settings) AS locale", join: "")

        private init(columns: String, join: String) {
            self.columns = columns
            self.join = join
        }

        /// In the first of the languages of a parameter in which it is called something.
        init(in parameter: String) {
            columns = """
                coalesce(text.title, product.title) AS title,
                coalesce(text.locale, (SELECT locale FROM catalogue_settings)) AS locale
                """
            join = """
                LEFT JOIN LATERAL (
                    SELECT translation.title, translation.locale
                    FROM \(LocaleSQL.languages(parameter)) JOIN product_translations AS translation
                        ON translation.product_id = product.id AND translation.locale = language.locale
                    ORDER BY language.rank LIMIT 1
                ) AS text ON true
                """
        }
    }

    /// How a page is ordered: within the page, and of its rows.
    private struct Order {
        let place: String
        let sql: String
        let outer: String

        static let newest = Order(place: "0::int8", sql: "ORDER BY product.id DESC", outer: "page.id DESC")
        static let newestListed = Order(
            place: "0::int8", sql: "ORDER BY listing.product_id DESC", outer: "page.id DESC")
        static let byHand = Order(place: "shown.position::int8", sql: "ORDER BY shown.position", outer: "page.place")
    }

    private static func source(
        _ list: ProductList, after: UUID?, place: Int64?, visibleTo visibility: Visibility
    ) -> (sql: String, order: Order, parameters: [any PostgresEncodable]) {
        let products = "FROM products AS product JOIN vendors AS vendor ON vendor.id = product.vendor_id {text}"
        switch list {
        case .onSale(let vendor):
            let ofVendor = OptionalFilter.condition("product.vendor_id = $4", "$4::uuid", isSet: vendor != nil)
            return (
                "\(products) WHERE \(isOnSale) AND \(isBefore("product.id", after)) AND \(ofVendor)", .newest,
                [after, vendor]
            )
        case .category(let category):
            let listed = """
                FROM category_listings AS listing JOIN products AS product ON product.id = listing.product_id
                JOIN vendors AS vendor ON vendor.id = product.vendor_id {text}
                """
            return (
                """
                \(listed) WHERE listing.category_id = $4 AND \(isBefore("listing.product_id", after)) AND \(isOnSale)
                """, .newestListed, [after, category]
            )
        case .collection(let collection):
            return (
                """
                FROM collection_products AS shown JOIN products AS product ON product.id = shown.product_id
                JOIN vendors AS vendor ON vendor.id = product.vendor_id {text}
                WHERE shown.collection_id = $4 AND shown.position > coalesce($3, 0) AND \(isOnSale) AND EXISTS (
                    SELECT FROM collections WHERE collections.id = $4
                        AND (is_published OR \(visibility.condition("$5", vendor: "collections.vendor_id = $5"))))
                """, .byHand, [place, collection, visibility.subject]
            )
        case .these(let products):
            return (
                """
                FROM unnest($4::uuid[]) WITH ORDINALITY AS shown (product_id, position)
                JOIN products AS product ON product.id = shown.product_id
                JOIN vendors AS vendor ON vendor.id = product.vendor_id {text}
                WHERE shown.position > coalesce($3, 0) AND \(isOnSale)
                """, .byHand, [place, products]
            )
        case .inStatus(let status, let vendor):
            return kept(
                "product.status = '\(status.rawValue)' AND product.deleted_at IS NULL", vendor, after, visibility)
        case .deleted(let vendor):
            return kept("product.deleted_at IS NOT NULL", vendor, after, visibility)
        }
    }

    /// What those who sell it see alone.
    private static func kept(
        _ condition: String, _ vendor: ID<Vendor>?, _ after: UUID?, _ visibility: Visibility
    ) -> (sql: String, order: Order, parameters: [any PostgresEncodable]) {
        let ofVendor = OptionalFilter.condition("product.vendor_id = $4", "$4::uuid", isSet: vendor != nil)
        return (
            """
            FROM products AS product {text} WHERE \(condition) AND \(isBefore("product.id", after)) AND \(ofVendor)
                AND \(visibility.condition("$5", vendor: "product.vendor_id = $5"))
            """, .newest, [after, vendor, visibility.subject]
        )
    }

    private static func isBefore(_ column: String, _ after: UUID?) -> String {
        OptionalFilter.condition("\(column) < $3", "$3::uuid", isSet: after != nil)
    }

    /// What is told of a product in the first of these languages in which there is something, and in which that is.
    static func text(of product: ID<Product>, in locales: [ContentLocale]) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT coalesce(text.locale, settings.locale) AS locale, text.title, text.description, text.seo_title,
                    text.seo_description
                FROM catalogue_settings AS settings
                LEFT JOIN LATERAL (
                    SELECT translation.* FROM \(LocaleSQL.languages("$2")) JOIN product_translations AS translation
                        ON translation.product_id = $1 AND translation.locale = language.locale
                    ORDER BY language.rank LIMIT 1
                ) AS text ON true
                """,
            parameters: [product, locales])
    }

    static func available(of product: ID<Product>) -> PostgresStatement {
        """
        SELECT variant.id, \(unescaped: available) FROM variants AS variant
        LEFT JOIN stock ON stock.variant_id = variant.id
        WHERE variant.product_id = \(product) AND variant.removed_at IS NULL
        """
    }

    static func product(named slug: Slug) -> PostgresStatement {
        "SELECT product_id FROM product_slugs WHERE slug = \(slug)"
    }
}
