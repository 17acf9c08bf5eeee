package import Core
package import Foundation
package import Identity
package import Postgres

/// All SQL about products and their variants, but for what the storefront shows of them.
package struct ProductStore: Sendable {
    package init() {}

    /// The product with its options and variants, or nil. What is not, or no longer, shown to everybody is visible to those who
    /// sell it alone.
    /// - Parameter time: whose prices count; nil for now.
    package func product(
        _ id: ID<Product>, visibleTo visibility: Visibility, at time: Date? = nil, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Product? {
        guard var product = try await executor.queryOne(ProductSQL.one(id, visibleTo: visibility), as: Product.self)
        else { return nil }
        try await complete(&product, at: time, in: executor)
        return product
    }

    /// A variant, whatever its product's status, for those who sell it; or nil, also where it was removed.
    package func variant(
        _ id: ID<Variant>, visibleTo visibility: Visibility, at time: Date? = nil, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Variant? {
        try await executor.queryOne(ProductSQL.variant(id, visibleTo: visibility, at: time), as: Variant.self)
    }

    /// What of `variants` can be bought at a time: of an active product of a vendor that sells then. In no particular order.
    package func offers(
        for variants: [ID<Variant>], at time: Date, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [Offer] {
        try await executor.query(ProductSQL.offers(variants, at: time), as: Offer.self)
    }

    /// The prices of a variant, by currency.
    package func prices(
        of variant: ID<Variant>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [Price] {
        try await executor.query(PriceSQL.list(of: variant), as: Price.self)
    }

    /// Waits for the answer, which may be a constraint's refusal.
    func insert(
        _ product: Product, prices: [Price], in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(ProductSQL.insert(product))
        try await transaction.pipeline(ProductSQL.claim(product.content.slug, for: product.id))
        if !product.options.isEmpty {
            try await transaction.pipeline(ProductSQL.insert(product.options, of: product.id))
        }
        try await insert(product.variants, prices: prices, in: transaction)
    }

    /// The same.
    func insert(
        _ variants: [Variant], prices: [Price], in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(ProductSQL.insert(variants))
        try await transaction.execute(PriceSQL.set(zip(variants, prices).map { ($0.id, $0.product, $1) }))
    }

    /// The product, for whoever may edit it, with what the marketplace asks of edits; others wait until the transaction is over.
    func lock(
        _ id: ID<Product>, visibleTo visibility: Visibility, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> (product: Product, moderation: Moderation)? {
        let row = try await transaction.queryOne(ProductSQL.lock(id, visibleTo: visibility), as: PostgresRow.self)
        guard let row else { return nil }
        var product = try Product(row: row)
        try await complete(&product, at: time, in: transaction)
        return (product, try row.decode("moderation"))
    }

    func product(
        of variant: ID<Variant>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> ID<Product>? {
        try await executor.queryValue(ProductSQL.product(of: variant), as: ID<Product>.self)
    }

    private func complete(
        _ product: inout Product, at time: Date?, in executor: some PostgresExecutor
    ) async throws(PostgresError) {
        product.options = try await executor.query(ProductSQL.options(of: product.id), as: ProductOption.self)
        product.variants = try await executor.query(
            ProductSQL.variants(of: [product.id], at: time), as: Variant.self)
    }
}
