package import Core
import Foundation
package import Identity
package import Postgres
import Vendors

/// All SQL about collections.
package struct CollectionStore: Sendable {
    package init() {}

    /// The collection, or nil. One that is not published is visible to those whose it is alone.
    package func collection(
        _ id: ID<ProductCollection>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> ProductCollection? {
        try await executor.queryOne(
            CollectionSQL.one("id = $1", id, visibleTo: visibility), as: ProductCollection.self)
    }

    /// The same by its slug.
    package func collection(
        named slug: Slug, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> ProductCollection? {
        try await executor.queryOne(
            CollectionSQL.one("slug = $1", slug, visibleTo: visibility), as: ProductCollection.self)
    }

    /// A page of the collections that are published or, for those whose they are, of those that are not; the newest first.
    package func collections(
        arePublished: Bool, page: PageRequest, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws -> Page<ProductCollection> {
        try await page.newestFirst("collections", by: \.id) { before, limit in
            try await executor.query(
                CollectionSQL.list(
                    arePublished: arePublished, visibleTo: visibility, before: before, limit: limit),
                as: ProductCollection.self)
        }
    }

    /// The active products of a collection, in its order, the first 2,000.
    package func products(
        of id: ID<ProductCollection>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ID<Product>] {
        try await executor.queryValues(
            """
            SELECT product_id FROM collection_products JOIN products ON products.id = product_id
            WHERE collection_id = \(id) AND products.status = 'active' AND products.deleted_at IS NULL
            ORDER BY collection_products.position LIMIT 2000
            """, as: ID<Product>.self)
    }

    func insert(
        _ collection: ProductCollection, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.execute(CollectionSQL.insert(collection))
    }

    /// The collection, for whoever may edit it; others wait until the transaction is over.
    func lock(
        _ id: ID<ProductCollection>, visibleTo visibility: Visibility, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> ProductCollection? {
        try await transaction.queryOne(CollectionSQL.lock(id, visibleTo: visibility), as: ProductCollection.self)
    }

    func update(
        _ collection: ProductCollection, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.execute(CollectionSQL.update(collection))
    }

    func delete(
        _ id: ID<ProductCollection>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline("DELETE FROM collections WHERE id = \(id)")
    }

    /// Those of `products` that may be shown in a vendor's collection, or in the marketplace's.
    func known(
        of products: [ID<Product>], for collection: ProductCollection, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ID<Product>] {
        try await executor.queryValues(
            CollectionSQL.known(of: products, vendor: collection.vendor), as: ID<Product>.self)
    }

    func set(
        _ products: [ID<Product>], of id: ID<ProductCollection>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline("DELETE FROM collection_products WHERE collection_id = \(id)")
        try await transaction.pipeline(
            """
            INSERT INTO collection_products (collection_id, product_id, position)
            SELECT \(id), product, place FROM unnest(\(products)) WITH ORDINALITY AS shown (product, place)
            """)
    }
}

private enum CollectionSQL {
    static let columns = "id, vendor_id, slug, title, description, is_published, version, created_at, updated_at"

    static func one(
        _ condition: String, _ value: any PostgresEncodable, visibleTo visibility: Visibility
    ) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT \(columns) FROM collections
                WHERE \(condition) AND (is_published OR \(visibility.condition("$2", vendor: "vendor_id = $2")))
                """,
            parameters: [value, visibility.subject])
    }

    static func list(
        arePublished: Bool, visibleTo visibility: Visibility, before: ID<ProductCollection>?, limit: Int
    ) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition("id < $1", "$1::uuid", isSet: before != nil)
        guard !arePublished else {
            return PostgresStatement(
                sql: """
                    SELECT \(columns) FROM collections WHERE is_published AND \(fromCursor) ORDER BY id DESC LIMIT $2
                    """,
                parameters: [before, limit])
        }
        return PostgresStatement(
            sql: """
                SELECT \(columns) FROM collections
                WHERE NOT is_published AND \(fromCursor) AND \(visibility.condition("$3", vendor: "vendor_id = $3"))
                ORDER BY id DESC LIMIT $2
                """,
            parameters: [before, limit, visibility.subject])
    }

    static func lock(_ id: ID<ProductCollection>, visibleTo visibility: Visibility) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT \(columns) FROM collections
                WHERE id = $1 AND \(visibility.condition("$2", vendor: "vendor_id = $2")) FOR UPDATE
                """,
            parameters: [id, visibility.subject])
    }

    static func insert(_ collection: ProductCollection) -> PostgresStatement {
        """
        INSERT INTO collections (id, vendor_id, slug, title, description, is_published, created_at, updated_at)
        VALUES (\(collection.id), \(collection.vendor), \(collection.slug), \(collection.title),
            \(collection.description), \(collection.isPublished), \(collection.createdAt), \(collection.updatedAt))
        """
    }

    static func update(_ collection: ProductCollection) -> PostgresStatement {
        """
        UPDATE collections SET slug = \(collection.slug), title = \(collection.title),
            description = \(collection.description), is_published = \(collection.isPublished),
            version = \(collection.version), updated_at = \(collection.updatedAt)
        WHERE id = \(collection.id)
        """
    }

    static func known(of products: [ID<Product>], vendor: ID<Vendor>?) -> PostgresStatement {
        let ofVendor = OptionalFilter.condition("vendor_id = $2", "$2::uuid", isSet: vendor != nil)
        return PostgresStatement(
            sql: "SELECT id FROM products WHERE id = ANY ($1::uuid[]) AND deleted_at IS NULL AND \(ofVendor)",
            parameters: [products, vendor])
    }
}

extension ProductCollection: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            id: try row.decode("id"), vendor: try row.decode("vendor_id"), slug: try row.decode("slug"),
            title: try row.decode("title"), description: try row.decode("description"),
            isPublished: try row.decode("is_published"), version: try row.decode("version"),
            createdAt: try row.decode("created_at"), updatedAt: try row.decode("updated_at"))
    }
}
