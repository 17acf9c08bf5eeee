package import Core
package import Foundation
package import Postgres
import Vendors

/// How somebody who once saw a product, or a variant of it, finds it later.
package struct ProductPresence: Hashable, Sendable {
    package enum Status: String, Hashable, Sendable, CaseIterable, PostgresCodable {
        case onSale = "on_sale"
        /// It can be looked at and not bought: it was archived, or its vendor does not sell at the time.
        case offSale = "off_sale"
        /// There is no such thing for customers any more.
        case gone
    }

    package let status: Status
    /// nil for what is gone.
    package let title: String?
    /// Of the variant; nil where none was asked for, or it is called nothing.
    package let variantTitle: String?
    /// Its name in links; nil for what is gone.
    package let slug: String?

    package init(status: Status, title: String?, variantTitle: String? = nil, slug: String?) {
        self.status = status
        self.title = title
        self.variantTitle = variantTitle
        self.slug = slug
    }
}

/// Reads what has become of products that others have kept the ids of.
package struct ProductPresenceStore: Sendable {
    package init() {}

    /// One for each that is asked for, in their order.
    package func presences(
        of things: [(product: ID<Product>, variant: ID<Variant>?)], at time: Date, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ProductPresence] {
        guard !things.isEmpty else { return [] }
        return try await executor.query(
            PostgresStatement(
                sql: """
                    SELECT CASE
                            WHEN product.id IS NULL OR wanted.variant_id IS NOT NULL AND variant.id IS NULL THEN 'gone'
                            WHEN product.status = 'active' AND \(SellingVendor.condition(at: "$1")) THEN 'on_sale'
                            ELSE 'off_sale'
                        END AS status, product.title, nullif(variant.title, '') AS variant_title, product.slug
                    FROM unnest($2::uuid[], $3::uuid[]) WITH ORDINALITY AS wanted (product_id, variant_id, place)
                        LEFT JOIN products AS product ON product.id = wanted.product_id
                            AND product.status IN ('active', 'archived') AND product.deleted_at IS NULL
                        LEFT JOIN vendors AS vendor ON vendor.id = product.vendor_id
                        LEFT JOIN variants AS variant ON variant.id = wanted.variant_id
                            AND variant.product_id = product.id AND variant.removed_at IS NULL
                    ORDER BY wanted.place
                    """,
                parameters: [time, things.map(\.product), things.map(\.variant)]), as: ProductPresence.self)
    }

    /// Of which product a variant is, whatever has become of either; nil where there is no such variant.
    package func product(
        of variant: ID<Variant>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> ID<Product>? {
        try await executor.queryValue(ProductSQL.product(of: variant), as: ID<Product>.self)
    }
}

extension ProductPresence: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let status: Status = try row.decode("status")
        self.init(
            status: status, title: status == .gone ? nil : try row.decode("title"),
            variantTitle: status == .gone ? nil : try row.decode("variant_title"),
            slug: status == .gone ? nil : try row.decode("slug"))
    }
}
