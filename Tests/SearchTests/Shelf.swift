import Catalog
import CommerceTestSupport
import Core
import Identity
import Jobs
import Postgres
import Vendors

@testable import Search

/// Goods to be found, and the searches of a test.
extension Marketplace {
    var find: FindProducts { FindProducts(clock: clock) }

    func good(
        _ title: String, sku: String? = nil, price: Int64 = 10_000, brand: String = "", description: String = "",
        of vendor: Vendor
    ) async throws -> Product {
        let number = try await client.queryValue("SELECT count(*) FROM products", as: Int.self) ?? 0
        let variant = NewVariant(
            sku: sku ?? "SKU\(number)", kind: .licenceKey, price: Money(minorUnits: price, currency: .bdt))
        let product = try await product(of: vendor, title: title, variant)
        guard !brand.isEmpty || !description.isEmpty else { return product }
        return try await edit(product) { changes in
            changes.brand = brand
            changes.description = description
        }
    }

    @discardableResult
    func edit(_ product: Product, _ change: @Sendable (inout ProductChanges) -> Void) async throws -> Product {
        try await work { work in
            var changes = ProductChanges()
            change(&changes)
            return try await UpdateProduct(audit: audit, clock: clock)(
                product.id, changes, version: nil, by: .system, in: work)
        }
    }

    /// Does what has been noted for the search's jobs, and forgets that it was.
    func bringSearchInLine() async throws {
        let products = try await owner.queryValues(
            """
            WITH noted AS (DELETE FROM jobs WHERE kind = 'search.index_product' RETURNING payload)
            SELECT DISTINCT (payload ->> 'productID') FROM noted
            """, as: String.self)
        let marks = try await owner.query(
            """
            WITH noted AS (DELETE FROM jobs WHERE kind = 'search.mark_stale' RETURNING payload)
            SELECT payload ->> 'categoryID', payload ->> 'vendorID', payload ->> 'attributeID' FROM noted
            """, columns: (String?, String?, String?).self)
        for (category, vendor, attribute) in marks {
            let job = MarkStaleProducts.Job(
                categoryID: category.flatMap { ID($0) }, vendorID: vendor.flatMap { ID($0) },
                attributeID: attribute.flatMap { ID($0) })
            try await work { try await MarkStaleProducts()(job, in: $0) }
        }
        _ = try await work { try await IndexProducts(clock: clock)(products.compactMap { ID($0) }.sorted(), in: $0) }
        try await RefreshSearch(clock: clock).run(in: queue)
    }

    func search(
        _ text: String = "", _ narrow: (inout SearchRequest) -> Void = { _ in }
    ) async throws -> SearchResult {
        var request = SearchRequest(text: text)
        narrow(&request)
        return try await find(request, from: client)
    }

    func titles(
        _ text: String = "", _ narrow: (inout SearchRequest) -> Void = { _ in }
    ) async throws -> [String] {
        try await search(text, narrow).page.items.map(\.title)
    }
}
