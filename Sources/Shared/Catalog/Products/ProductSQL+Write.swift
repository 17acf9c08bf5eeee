import Core
import Foundation
import Postgres

extension ProductSQL {
    static func insert(_ product: Product) -> PostgresStatement {
        PostgresStatement(
            sql: """
                INSERT INTO products (id, vendor_id, currency, status, version, created_at, updated_at, published_at,
                    \(contentColumns))
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, \(placeholders(from: 9, count: 19)))
                """,
            parameters: [
                product.id, product.vendor, product.currency, product.status, product.version, product.createdAt,
                product.updatedAt, product.publishedAt,
            ] + parameters(of: product.content))
    }

    static func update(_ product: Product) -> PostgresStatement {
        PostgresStatement(
            sql: """
                UPDATE products SET (status, version, updated_at, published_at, review_reason, reviewed_by, reviewed_at,
                    deleted_at, \(contentColumns)) = ($2, $3, $4, $5, $6, $7, $8, $9, \(placeholders(from: 10, count: 19)))
                WHERE id = $1
                """,
            parameters: [
                product.id, product.status, product.version, product.updatedAt, product.publishedAt,
                product.review?.reason, product.review?.by.rawValue, product.review?.at, product.deletedAt,
            ] + parameters(of: product.content))
    }

    private static func placeholders(from first: Int, count: Int) -> String {
        (first..<first + count).map { "$\($0)" }.joined(separator: ", ")
    }

    /// In the order of `contentColumns`.
    private static func parameters(of content: ProductContent) -> [any PostgresEncodable] {
        let declared = content.declarations
        return [
            content.slug, content.title, content.description, content.brand, content.searchListing.title,
            content.searchListing.description, content.taxation.hsn, content.taxation.taxClass,
            declared.countryOfOrigin, declared.genericName, declared.manufacturer?.name,
            declared.manufacturer?.address, declared.packer?.name, declared.packer?.address, declared.importer?.name,
            declared.importer?.address, declared.consumerCare?.name, declared.consumerCare?.phone,
            declared.consumerCare?.email,
        ]
    }

    /// Gives the product a name; one that it has had before stays its own.
    static func claim(_ slug: Slug, for product: ID<Product>) -> PostgresStatement {
        """
        INSERT INTO product_slugs (slug, product_id) SELECT \(slug), \(product)
        WHERE NOT EXISTS (SELECT FROM product_slugs WHERE slug = \(slug) AND product_id = \(product))
        """
    }

    static func insert(_ options: [ProductOption], of product: ID<Product>) -> PostgresStatement {
        // A jsonb array of arrays: PostgreSQL's own arrays of arrays would have to be of one length.
        let choices = JSONValue.array(options.map { .array($0.choices.map { .string($0) }) })
        return PostgresStatement(
            sql: """
                INSERT INTO product_options (product_id, position, name, choices)
                SELECT $1, option.place, option.name,
                    ARRAY(SELECT jsonb_array_elements_text($3::jsonb -> (option.place - 1)::integer))
                FROM unnest($2::text[]) WITH ORDINALITY AS option (name, place)
                """,
            parameters: [product, options.map(\.name), choices])
    }

    static func deleteOptions(of product: ID<Product>) -> PostgresStatement {
        "DELETE FROM product_options WHERE product_id = \(product)"
    }

    /// Adds variants behind those that the product has.
    /// - Parameter areFirst: whether their products have none yet, so that nobody need look.
    static func insert(_ variants: [Variant], areFirst: Bool = false) -> PostgresStatement {
        // The condition on removal is an index's: without it, each variant would cost a look at all there are.
        let last = """
             + coalesce((SELECT max(position) FROM variants
                WHERE variants.product_id = variant.product_id AND variants.removed_at IS NULL), 0)
            """
        let choices = JSONValue.array(variants.map { .array($0.details.choices.map { .string($0) }) })
        let details = variants.map(\.details)
        return PostgresStatement(
            sql: """
                INSERT INTO variants (\(variantColumns), position)
                SELECT variant.id, variant.product_id, variant.vendor_id, variant.title, variant.sku, variant.kind,
                    ARRAY(SELECT jsonb_array_elements_text($16::jsonb -> (variant.place - 1)::integer)), variant.gtin,
                    variant.weight, variant.length, variant.width, variant.height, variant.minimum, variant.maximum,
                    variant.net, variant.unit, variant.place\(areFirst ? "" : last)
                FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int8[],
                    $9::int8[], $10::int8[], $11::int8[], $12::int8[], $13::int8[], $14::int8[], $15::text[])
                    WITH ORDINALITY AS variant (id, product_id, vendor_id, title, sku, kind, gtin, weight, length, width,
                        height, minimum, maximum, net, unit, place)
                """,
            parameters: [
                variants.map(\.id), variants.map(\.product), variants.map(\.vendor), details.map(\.title),
                details.map(\.sku), variants.map(\.kind), details.map(\.gtin), details.map(\.weightGrams),
                details.map(\.dimensions?.length), details.map(\.dimensions?.width), details.map(\.dimensions?.height),
                details.map(\.quantityPerOrder.minimum), details.map(\.quantityPerOrder.maximum),
                details.map(\.netQuantity?.amount), details.map(\.netQuantity?.unit), choices,
            ])
    }

    static func update(_ variant: Variant) -> PostgresStatement {
        let details = variant.details
        return """
            UPDATE variants SET title = \(details.title), sku = \(details.sku), choices = \(details.choices),
                gtin = \(details.gtin), weight_grams = \(details.weightGrams), length_mm = \(details.dimensions?.length),
                width_mm = \(details.dimensions?.width), height_mm = \(details.dimensions?.height),
                minimum_quantity = \(details.quantityPerOrder.minimum),
                maximum_quantity = \(details.quantityPerOrder.maximum),
                net_quantity = \(details.netQuantity?.amount), net_unit = \(details.netQuantity?.unit)
            WHERE id = \(variant.id)
            """
    }

    /// Numbers variants from 1 in this order.
    static func order(_ variants: [ID<Variant>]) -> PostgresStatement {
        """
        UPDATE variants SET position = wanted.place FROM unnest(\(variants)) WITH ORDINALITY AS wanted (id, place)
        WHERE variants.id = wanted.id AND position <> wanted.place
        """
    }

    static func remove(_ variant: ID<Variant>, at time: Date) -> PostgresStatement {
        "UPDATE variants SET removed_at = \(time) WHERE id = \(variant)"
    }

    static func listInCategories(_ products: [ID<Product>]) -> PostgresStatement {
        "SELECT list_in_categories(\(products))"
    }
}
