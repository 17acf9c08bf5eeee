import Catalog
package import Core
import Foundation
package import Identity
import Media
package import Postgres
import Vendors

/// All SQL about exports.
package struct ProductExportStore: Sendable {
    package init() {}

    /// The export, or nil.
    package func find(
        _ id: ID<ProductExport>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> ProductExport? {
        try await executor.queryOne(ProductExportSQL.one(id, visibleTo: visibility), as: ProductExport.self)
    }

    /// A page of exports, the newest first.
    package func list(
        page: PageRequest, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws -> Page<ProductExport> {
        try await page.newestFirst("product_exports", by: \.id) { before, limit in
            try await executor.query(
                ProductExportSQL.list(visibleTo: visibility, before: before, limit: limit), as: ProductExport.self)
        }
    }

    /// Waits for the answer, which may be a constraint's refusal.
    func insert(_ new: ProductExport, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.execute(
            """
            INSERT INTO product_exports (id, vendor_id, created_by, created_at)
            VALUES (\(new.id), \(new.vendor), \(new.createdBy.rawValue), \(new.createdAt))
            """)
    }

    func update(_ one: ProductExport, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            UPDATE product_exports SET state = \(one.state), media_id = \(one.media), products = \(one.products),
                problem = \(one.problem), finished_at = \(one.finishedAt)
            WHERE id = \(one.id)
            """)
    }

    /// The names of a vendor's own columns.
    func ownColumns(of vendor: ID<Vendor>, in executor: some PostgresExecutor) async throws(PostgresError) -> [String] {
        try await executor.queryValues(
            """
            SELECT DISTINCT jsonb_object_keys(extra.fields) AS name FROM products AS product
            JOIN product_extra_fields AS extra ON extra.product_id = product.id
            WHERE product.vendor_id = \(vendor) AND product.deleted_at IS NULL ORDER BY name LIMIT 900
            """, as: String.self)
    }

    /// The ids of a vendor's products after one, in their order.
    func products(
        of vendor: ID<Vendor>, after id: ID<Product>?, limit: Int, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ID<Product>] {
        let fromCursor = OptionalFilter.condition("id > $2", "$2::uuid", isSet: id != nil)
        return try await executor.queryValues(
            PostgresStatement(
                sql: """
                    SELECT id FROM products WHERE vendor_id = $1 AND \(fromCursor) AND deleted_at IS NULL
                    ORDER BY id LIMIT $3
                    """,
                parameters: [vendor, id, limit]), as: ID<Product>.self)
    }

    /// What vendors' own systems call products.
    func keys(
        of products: [ID<Product>], in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [(ID<Product>, String)] {
        try await executor.query(
            """
            SELECT DISTINCT ON (product_id) product_id, key FROM product_external_refs
            WHERE product_id = ANY (\(products)) ORDER BY product_id, key
            """, columns: (ID<Product>, String).self)
    }

    /// The media of products, in the order in which they are shown.
    func media(
        of products: [ID<Product>], in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [(ID<Product>, ID<MediaFile>, ID<Variant>?, String)] {
        try await executor.query(
            """
            SELECT product_id, media_id, variant_id, alt_text FROM product_media WHERE product_id = ANY (\(products))
            ORDER BY product_id, position
            """, columns: (ID<Product>, ID<MediaFile>, ID<Variant>?, String).self)
    }
}

private enum ProductExportSQL {
    static let columns = "id, vendor_id, state, media_id, products, problem, created_by, created_at, finished_at"

    static func one(_ id: ID<ProductExport>, visibleTo visibility: Visibility) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT \(columns) FROM product_exports
                WHERE id = $1 AND \(visibility.condition("$2", vendor: "vendor_id = $2"))
                """,
            parameters: [id, visibility.subject])
    }

    static func list(visibleTo visibility: Visibility, before: ID<ProductExport>?, limit: Int) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition("id < $1", "$1::uuid", isSet: before != nil)
        return PostgresStatement(
            sql: """
                SELECT \(columns) FROM product_exports
                WHERE \(fromCursor) AND \(visibility.condition("$3", vendor: "vendor_id = $3"))
                ORDER BY id DESC LIMIT $2
                """,
            parameters: [before, limit, visibility.subject])
    }
}

extension ProductExport: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            id: try row.decode("id"), vendor: try row.decode("vendor_id"), state: try row.decode("state"),
            media: try row.decode("media_id"), products: try row.decode("products"),
            problem: try row.decode("problem"), createdBy: AuditActor(rawValue: try row.decode("created_by")),
            createdAt: try row.decode("created_at"), finishedAt: try row.decode("finished_at"))
    }
}
