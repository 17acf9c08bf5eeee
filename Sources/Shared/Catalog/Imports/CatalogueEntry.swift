package import Core
package import Foundation
package import Postgres
package import Vendors

/// A product with all that files tell of products, but for its pictures.
package struct CatalogueEntry: Sendable {
    package internal(set) var product: Product
    /// What its variants cost in its currency.
    package internal(set) var prices: [ID<Variant>: Price] = [:]
    /// Its own first.
    package internal(set) var categories: [ID<Category>] = []
    /// A vendor's own columns; those of nil are the product's alone.
    package internal(set) var extraFields: [ID<Variant>?: ExtraFields] = [:]
}

/// Reads many products in few statements.
package struct CatalogueEntries: Sendable {
    package init() {}

    /// Those of a vendor's, by their ids.
    /// - Parameter isLocking: whether they stay as they are until the transaction is over.
    package func entries(
        _ ids: [ID<Product>], of vendor: ID<Vendor>, at time: Date, isLocking: Bool = false,
        in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ID<Product>: CatalogueEntry] {
        guard !ids.isEmpty else { return [:] }
        var entries: [ID<Product>: CatalogueEntry] = [:]
        for product in try await executor.query(
            ImportSQL.products(ids, of: vendor, isLocking: isLocking), as: Product.self)
        {
            entries[product.id] = CatalogueEntry(product: product)
        }
        for variant in try await executor.query(ProductSQL.variants(of: ids, at: time), as: Variant.self) {
            entries[variant.product]?.product.variants.append(variant)
        }
        for row in try await executor.query(ImportSQL.options(of: ids), as: PostgresRow.self) {
            let product: ID<Product> = try row.decode("product_id")
            entries[product]?.product.options.append(try ProductOption(row: row))
        }
        for row in try await executor.query(ImportSQL.prices(of: ids), as: PostgresRow.self) {
            let product: ID<Product> = try row.decode("product_id")
            let variant: ID<Variant> = try row.decode("variant_id")
            entries[product]?.prices[variant] = try Price(row: row)
        }
        for (product, category) in try await executor.query(
            ImportSQL.categories(of: ids), columns: (ID<Product>, ID<Category>).self)
        {
            entries[product]?.categories.append(category)
        }
        for (product, variant, fields) in try await executor.query(
            ImportSQL.extraFields(of: ids), columns: (ID<Product>, ID<Variant>?, JSONValue).self)
        {
            entries[product]?.extraFields[variant] = fields.objectValue ?? [:]
        }
        return entries
    }
}
