package import Core
package import Foundation
package import Identity
package import Postgres
package import Vendors

/// All SQL about products and their variants.
package struct ProductStore: Sendable {
    package init() {}

    /// The product with its variants, or nil. Drafts are visible to those who sell them alone.
    package func product(
        _ id: ID<Product>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Product? {
        try await withVariants(
            executor.query(ProductSQL.one(id, visibleTo: visibility), as: Product.self), in: executor
        ).first
    }

    /// A page of products with their variants, the newest first.
    package func products(
        status: ProductStatus?, vendor: ID<Vendor>? = nil, page: PageRequest, in executor: some PostgresExecutor
    ) async throws -> Page<Product> {
        let page = try await page.newestFirst("products", by: \Product.id) { before, limit in
            try await executor.query(
                ProductSQL.list(status: status, vendor: vendor, before: before, limit: limit), as: Product.self)
        }
        return Page(items: try await withVariants(page.items, in: executor), next: page.next)
    }

    /// A variant, whatever its product's status, for those who sell it; or nil.
    package func variant(
        _ id: ID<Variant>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Variant? {
        try await executor.queryOne(ProductSQL.variant(id, visibleTo: visibility), as: Variant.self)
    }

    /// What of `variants` can be bought at `time`: of an active product of a vendor that sells then. In no particular order.
    package func offers(
        for variants: [ID<Variant>], at time: Date, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [Offer] {
        try await executor.query(ProductSQL.offers(variants, at: time), as: Offer.self)
    }

    /// Waits for the answer, which may be a constraint's refusal.
    func insert(_ product: Product, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.pipeline(ProductSQL.insert(product))
        try await transaction.execute(ProductSQL.insert(product.variants))
    }

    /// The product's version after the edit, or nil when its version was not `version` or it is out of reach.
    func update(
        _ id: ID<Product>, _ changes: ProductChanges, version: Int64?, visibleTo visibility: Visibility,
        in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Int64? {
        try await transaction.queryValue(
            ProductSQL.update(id, changes, version: version, visibleTo: visibility), as: Int64.self)
    }

    private func withVariants(
        _ products: [Product], in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [Product] {
        guard !products.isEmpty else { return [] }
        let variants = try await executor.query(ProductSQL.variants(of: products.map(\.id)), as: Variant.self)
        let ofProduct = Dictionary(grouping: variants, by: \.product)
        return products.map { product in
            var product = product
            product.variants = ofProduct[product.id] ?? []
            return product
        }
    }
}

extension Product: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        id = try row.decode("id")
        vendor = try row.decode("vendor_id")
        title = try row.decode("title")
        description = try row.decode("description")
        status = try row.decode("status")
        version = try row.decode("version")
        createdAt = try row.decode("created_at")
        updatedAt = try row.decode("updated_at")
        variants = []
    }
}

extension Variant: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        id = try row.decode("id")
        product = try row.decode("product_id")
        vendor = try row.decode("vendor_id")
        title = try row.decode("title")
        sku = try row.decode("sku")
        kind = try row.decode("kind")
        price = Money(minorUnits: try row.decode("price_minor"), currency: try row.decode("currency"))
        weightGrams = try row.decode("weight_grams")
    }
}

extension Offer: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        variant = try row.decode("id")
        product = try row.decode("product_id")
        vendor = try row.decode("vendor_id")
        title = try row.decode("title")
        sku = try row.decode("sku")
        kind = try row.decode("kind")
        price = Money(minorUnits: try row.decode("price_minor"), currency: try row.decode("currency"))
        commissionRate = try row.decode("rate_ppm")
    }
}

enum ProductSQL {
    static let columns = "id, vendor_id, title, description, status, version, created_at, updated_at"
    static let variantColumns =
        "id, product_id, vendor_id, title, sku, kind, price_minor, currency, weight_grams"

    static func one(_ id: ID<Product>, visibleTo visibility: Visibility) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT \(columns) FROM products
                WHERE id = $1 AND (status <> 'draft' OR \(visibility.condition("$2", vendor: "vendor_id = $2")))
                """,
            parameters: [id, visibility.subject])
    }

    static func list(
        status: ProductStatus?, vendor: ID<Vendor>?, before: ID<Product>?, limit: Int
    ) -> PostgresStatement {
        let inStatus = OptionalFilter.equals("status", status)
        let ofVendor = OptionalFilter.condition("vendor_id = $1", "$1::uuid", isSet: vendor != nil)
        let fromCursor = OptionalFilter.condition("id < $2", "$2::uuid", isSet: before != nil)
        return PostgresStatement(
            sql: """
                SELECT \(columns) FROM products
                WHERE \(inStatus) AND \(ofVendor) AND \(fromCursor)
                ORDER BY id DESC LIMIT $3
                """,
            parameters: [vendor, before, limit])
    }

    static func variants(of products: [ID<Product>]) -> PostgresStatement {
        """
        SELECT \(unescaped: variantColumns) FROM variants
        WHERE product_id = ANY(\(products)::uuid[]) ORDER BY product_id, position
        """
    }

    static func variant(_ id: ID<Variant>, visibleTo visibility: Visibility) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT \(variantColumns) FROM variants
                WHERE id = $1 AND \(visibility.condition("$2", vendor: "vendor_id = $2"))
                """,
            parameters: [id, visibility.subject])
    }

    static func offers(_ variants: [ID<Variant>], at time: Date) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT variant.id, variant.product_id, variant.vendor_id, concat_ws(', ', product.title,
                        nullif(variant.title, '')) AS title,
                    variant.sku, variant.kind, variant.price_minor, variant.currency, term.rate_ppm
                FROM variants AS variant
                JOIN products AS product ON product.id = variant.product_id
                \(SellingVendor.join(on: "variant.vendor_id", at: "$2"))
                WHERE variant.id = ANY($1::uuid[]) AND product.status = 'active'
                """,
            parameters: [variants, time])
    }

    static func insert(_ product: Product) -> PostgresStatement {
        """
        INSERT INTO products (\(unescaped: columns))
        VALUES (\(product.id), \(product.vendor), \(product.title), \(product.description), \(product.status),
            \(product.version), \(product.createdAt), \(product.updatedAt))
        """
    }

    static func insert(_ variants: [Variant]) -> PostgresStatement {
        PostgresStatement(
            sql: """
                INSERT INTO variants (\(variantColumns), position)
                SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::int8[],
                    $8::text[], $9::int4[]) WITH ORDINALITY
                """,
            parameters: [
                variants.map(\.id), variants.map(\.product), variants.map(\.vendor), variants.map(\.title),
                variants.map(\.sku), variants.map(\.kind), variants.map(\.price.minorUnits),
                variants.map(\.price.currency), variants.map { $0.weightGrams.map(Int32.init) },
            ])
    }

    static func update(
        _ id: ID<Product>, _ changes: ProductChanges, version: Int64?, visibleTo visibility: Visibility
    ) -> PostgresStatement {
        PostgresStatement(
            sql: """
                UPDATE products SET title = coalesce($3, title), description = coalesce($4, description),
                    status = coalesce($5, status), version = version + 1, updated_at = now()
                WHERE id = $1 AND ($2::int8 IS NULL OR version = $2)
                    AND \(visibility.condition("$6", vendor: "vendor_id = $6"))
                RETURNING version
                """,
            parameters: [
                id, version, changes.title, changes.description, changes.status, visibility.subject,
            ])
    }
}
