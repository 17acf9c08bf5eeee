import Core
import Foundation
import Postgres
import Vendors

/// Statements about many products at once.
enum ImportSQL {
    static func named(_ keys: [String], of vendor: ID<Vendor>) -> PostgresStatement {
        "SELECT key, product_id FROM product_external_refs WHERE vendor_id = \(vendor) AND key = ANY (\(keys))"
    }

    static func having(_ skus: [String], of vendor: ID<Vendor>) -> PostgresStatement {
        """
        SELECT sku, product_id FROM variants
        WHERE vendor_id = \(vendor) AND sku = ANY (\(skus)) AND removed_at IS NULL
        """
    }

    static func owners(of slugs: [Slug]) -> PostgresStatement {
        """
        SELECT named.slug, named.product_id, product.vendor_id FROM product_slugs AS named
        JOIN products AS product ON product.id = named.product_id WHERE named.slug = ANY (\(slugs))
        """
    }

    static func products(_ ids: [ID<Product>], of vendor: ID<Vendor>, isLocking: Bool) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT \(ProductSQL.columns) FROM products WHERE id = ANY ($1::uuid[]) AND vendor_id = $2
                ORDER BY id \(isLocking ? "FOR UPDATE" : "")
                """,
            parameters: [ids, vendor])
    }

    static func options(of products: [ID<Product>]) -> PostgresStatement {
        """
        SELECT product_id, name, choices FROM product_options WHERE product_id = ANY (\(products))
        ORDER BY product_id, position
        """
    }

    /// In the currencies in which the products are sold.
    static func prices(of products: [ID<Product>]) -> PostgresStatement {
        """
        SELECT price.* FROM prices AS price
        JOIN products AS product ON product.id = price.product_id AND product.currency = price.currency
        WHERE price.product_id = ANY (\(products))
        """
    }

    static func categories(of products: [ID<Product>]) -> PostgresStatement {
        """
        SELECT product_id, category_id FROM product_categories WHERE product_id = ANY (\(products))
        ORDER BY product_id, position
        """
    }

    static func extraFields(of products: [ID<Product>]) -> PostgresStatement {
        """
        SELECT product_id, variant_id, fields FROM product_extra_fields WHERE product_id = ANY (\(products))
        """
    }

    /// New products, all of their first version.
    static func insert(_ products: [Product]) -> PostgresStatement {
        let contents = products.map(\.content)
        let declared = contents.map(\.declarations)
        return PostgresStatement(
            sql: """
                INSERT INTO products (id, vendor_id, currency, status, created_at, updated_at, published_at,
                    \(ProductSQL.contentColumns))
                SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[],
                    $7::timestamptz[], \((8...26).map { "$\($0)::text[]" }.joined(separator: ", ")))
                """,
            parameters: [
                products.map(\.id), products.map(\.vendor), products.map(\.currency), products.map(\.status),
                products.map(\.createdAt), products.map(\.updatedAt), products.map(\.publishedAt),
            ] + [
                contents.map(\.slug), contents.map(\.title), contents.map(\.description), contents.map(\.brand),
                contents.map(\.searchListing.title), contents.map(\.searchListing.description),
                contents.map(\.taxation.hsn), contents.map(\.taxation.taxClass),
            ] + [
                declared.map(\.countryOfOrigin), declared.map(\.genericName), declared.map(\.manufacturer?.name),
                declared.map(\.manufacturer?.address), declared.map(\.packer?.name), declared.map(\.packer?.address),
                declared.map(\.importer?.name), declared.map(\.importer?.address), declared.map(\.consumerCare?.name),
                declared.map(\.consumerCare?.phone), declared.map(\.consumerCare?.email),
            ])
    }

    static func claim(_ slugs: [(slug: Slug, product: ID<Product>)]) -> PostgresStatement {
        """
        INSERT INTO product_slugs (slug, product_id) SELECT * FROM unnest(\(slugs.map(\.slug)), \(slugs.map(\.product)))
        """
    }

    static func insertOptions(of products: [Product]) -> PostgresStatement {
        let options = products.flatMap { product in
            product.options.enumerated().map { (product.id, $0.offset + 1, $0.element) }
        }
        return """
            INSERT INTO product_options (product_id, position, name, choices)
            SELECT option.product_id, option.position, option.name,
                ARRAY(SELECT jsonb_array_elements_text(option.choices))
            FROM unnest(\(options.map(\.0)), \(options.map(\.1)), \(options.map(\.2.name)),
                \(options.map { JSONValue.array($0.2.choices.map { .string($0) }) }))
                AS option (product_id, position, name, choices)
            """
    }

    static func place(_ places: [(product: ID<Product>, category: ID<Category>, position: Int)]) -> PostgresStatement {
        """
        INSERT INTO product_categories (product_id, category_id, position)
        SELECT * FROM unnest(\(places.map(\.product)), \(places.map(\.category)), \(places.map(\.position)))
        """
    }

    static func refer(_ refs: [(key: String, product: ID<Product>)], of vendor: ID<Vendor>) -> PostgresStatement {
        """
        INSERT INTO product_external_refs (vendor_id, key, product_id)
        SELECT \(vendor), key, product_id FROM unnest(\(refs.map(\.key)), \(refs.map(\.product))) AS ref (key, product_id)
        ON CONFLICT DO NOTHING
        """
    }

    static func keep(
        _ extras: [(product: ID<Product>, variant: ID<Variant>?, fields: ExtraFields)]
    ) -> PostgresStatement {
        """
        INSERT INTO product_extra_fields (product_id, variant_id, fields)
        SELECT * FROM unnest(\(extras.map(\.product)), \(extras.map(\.variant)), \(extras.map { JSONValue.object($0.fields) }))
        ON CONFLICT (product_id, variant_id) DO UPDATE SET fields = excluded.fields
        """
    }
}
