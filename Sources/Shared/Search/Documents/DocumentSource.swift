import Catalog
import Core
import Foundation
import Postgres
import Vendors

/// What the catalogue tells of a product that is on sale, as far as it can be searched for.
struct DocumentSource: Sendable, PostgresRowDecodable {
    let product: ID<Product>
    let vendor: ID<Vendor>
    let isListed: Bool
    let isInStock: Bool
    let changesAt: Date?
    let titles: [String]
    let descriptions: [String]
    let brand: String
    let genericName: String
    let countryOfOrigin: String?
    /// SKUs and GTINs.
    let numbers: [String]
    let choices: [String]
    let categories: [ID<Catalog.Category>]
    let categoryNames: [String]
    /// What a search can be narrowed by: attribute by attribute, and the code of the choice.
    let filterAttributes: [UUID]
    let filterCodes: [String]
    let attributeTexts: [String]
    let currencies: [String]
    let prices: [Int64]

    init(row: borrowing PostgresRow) throws(PostgresError) {
        product = try row.decode("id")
        vendor = try row.decode("vendor_id")
        isListed = try row.decode("is_listed")
        isInStock = try row.decode("is_in_stock")
        changesAt = try row.decode("changes_at")
        titles = try row.decode("titles")
        descriptions = try row.decode("descriptions")
        brand = try row.decode("brand")
        genericName = try row.decode("generic_name")
        countryOfOrigin = try row.decode("country_of_origin")
        numbers = try row.decode("numbers")
        choices = try row.decode("choices")
        categories = try row.decode("categories")
        categoryNames = try row.decode("category_names")
        filterAttributes = try row.decode("filter_attributes")
        filterCodes = try row.decode("filter_codes")
        attributeTexts = try row.decode("attribute_texts")
        currencies = try row.decode("currencies")
        prices = try row.decode("prices")
    }
}

enum DocumentSourceSQL {
    /// Those of `products` that are on sale by active vendors, at a time.
    static func sources(of products: [ID<Product>], at time: Date) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT product.id, product.vendor_id, product.brand, product.generic_name, product.country_of_origin,
                    \(SellingVendor.condition(at: "$2::timestamptz")) AS is_listed,
                    EXISTS (SELECT FROM variants AS variant JOIN stock ON stock.variant_id = variant.id
                        WHERE variant.product_id = product.id AND variant.removed_at IS NULL
                            AND stock.on_hand + stock.backorder_limit > stock.reserved) AS is_in_stock,
                    (SELECT min(moment) FROM (
                        SELECT unnest(price.sale_starts || price.sale_ends) FROM variants AS variant
                        JOIN prices AS price ON price.variant_id = variant.id
                        WHERE variant.product_id = product.id AND variant.removed_at IS NULL
                        UNION ALL SELECT vendor.holiday_from UNION ALL SELECT vendor.holiday_until
                    ) AS change (moment) WHERE moment > $2) AS changes_at,
                    \(texts), \(facets), price.currencies, price.prices
                FROM products AS product JOIN vendors AS vendor ON vendor.id = product.vendor_id
                CROSS JOIN LATERAL (\(prices)) AS price
                CROSS JOIN LATERAL (\(filters)) AS filter
                WHERE product.id = ANY ($1::uuid[]) AND product.status = 'active' AND product.deleted_at IS NULL
                    AND vendor.status = 'active'
                """,
            parameters: [products, time])
    }

    private static let texts = """
        product.title || ARRAY(SELECT title FROM product_translations WHERE product_id = product.id ORDER BY locale)
            AS titles,
        product.description || ARRAY(
            SELECT description FROM product_translations WHERE product_id = product.id ORDER BY locale) AS descriptions,
        ARRAY(SELECT number FROM variants AS variant, unnest(ARRAY[variant.sku, variant.gtin]) AS number
            WHERE variant.product_id = product.id AND variant.removed_at IS NULL AND number IS NOT NULL
            ORDER BY number LIMIT 200) AS numbers,
        ARRAY(SELECT DISTINCT choice FROM variants AS variant, unnest(variant.choices) AS choice
            WHERE variant.product_id = product.id AND variant.removed_at IS NULL ORDER BY choice LIMIT 200) AS choices,
        ARRAY(SELECT text.name FROM category_listings AS listing
            JOIN categories AS category ON category.id = listing.category_id
            CROSS JOIN LATERAL (SELECT category.name UNION ALL
                SELECT name FROM category_translations WHERE category_id = category.id) AS text (name)
            WHERE listing.product_id = product.id ORDER BY text.name LIMIT 400) AS category_names,
        ARRAY(SELECT text.name FROM product_attribute_choices AS chosen
            JOIN attribute_choices AS choice ON choice.attribute_id = chosen.attribute_id AND choice.code = chosen.choice
            CROSS JOIN LATERAL (SELECT choice.name UNION ALL
                SELECT choices ->> choice.code FROM attribute_translations
                WHERE attribute_id = choice.attribute_id AND choices ? choice.code) AS text (name)
            WHERE chosen.product_id = product.id
            UNION ALL SELECT text_value FROM product_attribute_values
            WHERE product_id = product.id AND text_value IS NOT NULL LIMIT 400) AS attribute_texts
        """

    private static let facets = """
        ARRAY(SELECT category_id FROM category_listings WHERE product_id = product.id ORDER BY category_id) AS categories,
        filter.attributes AS filter_attributes, filter.codes AS filter_codes
        """

    /// What is chosen of the attributes that buyers narrow a search by.
    private static let filters = """
        SELECT coalesce(array_agg(attribute_id ORDER BY attribute_id, chosen.code), '{}') AS attributes,
            coalesce(array_agg(chosen.code ORDER BY attribute_id, chosen.code), '{}') AS codes
        FROM (
            SELECT attribute_id, choice AS code FROM product_attribute_choices WHERE product_id = product.id
            UNION ALL SELECT attribute_id, boolean_value::text FROM product_attribute_values
            WHERE product_id = product.id AND boolean_value IS NOT NULL
        ) AS chosen JOIN attributes AS attribute ON attribute.id = chosen.attribute_id AND attribute.is_filter
        """

    /// What its variants cost at least, by currency.
    private static let prices = """
        SELECT coalesce(array_agg(currency ORDER BY currency), '{}') AS currencies,
            coalesce(array_agg(lowest ORDER BY currency), '{}') AS prices
        FROM (
            SELECT currency, min(current_minor) AS lowest FROM (
                SELECT \(PriceSQL.current(at: "$2")) FROM variants AS variant
                JOIN prices AS price ON price.variant_id = variant.id
                WHERE variant.product_id = product.id AND variant.removed_at IS NULL
            ) AS current GROUP BY currency
        ) AS cheapest
        """
}
