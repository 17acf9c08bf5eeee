import Core
import Foundation
import Identity
import Postgres
import Vendors

/// Reads of products and variants. Conditions on what is on sale stand in the texts, as partial indexes ask.
enum ProductSQL {
    static let contentColumns = """
        slug, title, description, brand, seo_title, seo_description, hsn, tax_class, country_of_origin, generic_name, \
        manufacturer_name, manufacturer_address, packer_name, packer_address, importer_name, importer_address, \
        consumer_care_name, consumer_care_phone, consumer_care_email
        """

    static let columns = """
        id, vendor_id, currency, status, version, review_reason, reviewed_by, reviewed_at, created_at, updated_at, \
        published_at, deleted_at, \(contentColumns)
        """

    static let variantColumns = """
        id, product_id, vendor_id, title, sku, kind, choices, gtin, weight_grams, length_mm, width_mm, height_mm, \
        minimum_quantity, maximum_quantity, net_quantity, net_unit
        """

    /// What everybody may read.
    static let isPublic = "status IN ('active', 'archived') AND deleted_at IS NULL"

    static func one(_ id: ID<Product>, visibleTo visibility: Visibility) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT \(columns) FROM products
                WHERE id = $1 AND ((\(isPublic)) OR \(visibility.condition("$2", vendor: "vendor_id = $2")))
                """,
            parameters: [id, visibility.subject])
    }

    /// The product for an edit, which others wait for, with what the marketplace asks of edits.
    static func lock(_ id: ID<Product>, visibleTo visibility: Visibility) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT \(columns), (SELECT moderation FROM catalogue_settings) AS moderation FROM products
                WHERE id = $1 AND \(visibility.condition("$2", vendor: "vendor_id = $2")) FOR UPDATE
                """,
            parameters: [id, visibility.subject])
    }

    static func product(of variant: ID<Variant>) -> PostgresStatement {
        "SELECT product_id FROM variants WHERE id = \(variant) AND removed_at IS NULL"
    }

    static func options(of product: ID<Product>) -> PostgresStatement {
        "SELECT name, choices FROM product_options WHERE product_id = \(product) ORDER BY position"
    }

    /// The variants of products at a time, which is now where it is nil.
    static func variants(of products: [ID<Product>], at time: Date?) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT \(qualified(variantColumns, "variant")), \(PriceSQL.current(at: "$2")) FROM variants AS variant
                JOIN products AS product ON product.id = variant.product_id
                JOIN prices AS price ON price.variant_id = variant.id AND price.currency = product.currency
                WHERE variant.product_id = ANY ($1::uuid[]) AND variant.removed_at IS NULL
                ORDER BY variant.product_id, variant.position, variant.id
                """,
            parameters: [products, time])
    }

    static func variant(_ id: ID<Variant>, visibleTo visibility: Visibility, at time: Date?) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT \(qualified(variantColumns, "variant")), \(PriceSQL.current(at: "$3")) FROM variants AS variant
                JOIN products AS product ON product.id = variant.product_id
                JOIN prices AS price ON price.variant_id = variant.id AND price.currency = product.currency
                WHERE variant.id = $1 AND variant.removed_at IS NULL
                    AND \(visibility.condition("$2", vendor: "variant.vendor_id = $2"))
                """,
            parameters: [id, visibility.subject, time])
    }

    static func offers(_ variants: [ID<Variant>], at time: Date) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT variant.id, variant.product_id, variant.vendor_id, concat_ws(', ', product.title,
                        coalesce(nullif(variant.title, ''), nullif(array_to_string(variant.choices, ', '), ''))) AS title,
                    variant.sku, variant.kind, variant.minimum_quantity, variant.maximum_quantity,
                    \(PriceSQL.current(at: "$2")), term.rate_ppm
                FROM variants AS variant
                JOIN products AS product ON product.id = variant.product_id
                JOIN prices AS price ON price.variant_id = variant.id AND price.currency = product.currency
                \(SellingVendor.join(on: "variant.vendor_id", at: "$2"))
                WHERE variant.id = ANY ($1::uuid[]) AND variant.removed_at IS NULL
                    AND product.status = 'active' AND product.deleted_at IS NULL
                """,
            parameters: [variants, time])
    }

    /// The columns of a list, of the table or alias with this name.
    static func qualified(_ columns: String, _ table: String) -> String {
        columns.split(separator: ", ").map { "\(table).\($0)" }.joined(separator: ", ")
    }
}
