package import Core
package import Foundation
package import Identity
import Media
package import Postgres

/// All that a product's own page shows.
package struct ProductPage: Sendable {
    /// With its texts in `locale`.
    package let product: Product
    package let locale: ContentLocale
    /// How many units of each variant can be bought.
    package let available: [ID<Variant>: Int64]
    package let media: [ProductMedia]
    /// Its own first.
    package let categories: [Category]
    package let attributes: [DescribedValue]

    package init(
        product: Product, locale: ContentLocale, available: [ID<Variant>: Int64], media: [ProductMedia],
        categories: [Category], attributes: [DescribedValue]
    ) {
        self.product = product
        self.locale = locale
        self.available = available
        self.media = media
        self.categories = categories
        self.attributes = attributes
    }
}

/// What the storefront reads of the catalogue. A list takes one statement and a page a constant number, however much is on them.
package struct StorefrontStore: Sendable {
    private let clock: any WallClock

    package init(clock: some WallClock) { self.clock = clock }

    /// A page of products with their variants, what these cost now and how many are left.
    /// - Throws: a 400 `Problem` ("invalid-cursor"); `PostgresError`.
    package func products(
        _ list: ProductList, page: PageRequest, in locales: [ContentLocale] = [], visibleTo visibility: Visibility,
        from executor: some PostgresExecutor
    ) async throws -> Page<ProductCard> {
        if case .collection = list {
            return try await collection(list, page, locales, visibility, executor)
        }
        return try await page.newestFirst("products", by: \.id) { (before: ID<Product>?, limit) in
            let statement = StorefrontSQL.page(
                list, after: before?.uuid, place: nil, limit: limit, in: locales, at: clock.now, visibleTo: visibility)
            return try ProductCard.cards(of: try await executor.query(statement, as: PostgresRow.self)).map(\.card)
        }
    }

    /// Those of `products` that are on sale, in their order, each with its variants.
    package func products(
        _ products: [ID<Product>], in locales: [ContentLocale] = [], from executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ProductCard] {
        guard !products.isEmpty else { return [] }
        let statement = StorefrontSQL.page(
            .these(products), after: nil, place: nil, limit: products.count, in: locales, at: clock.now,
            visibleTo: .nothing)
        return try ProductCard.cards(of: try await executor.query(statement, as: PostgresRow.self)).map(\.card)
    }

    private func collection(
        _ list: ProductList, _ page: PageRequest, _ locales: [ContentLocale], _ visibility: Visibility,
        _ executor: some PostgresExecutor
    ) async throws -> Page<ProductCard> {
        let place: Int64? = try page.cursor.map { text throws(Problem) in
            guard let place = Int64(try Cursor(decoding: text, listing: "collection").keys[0]) else {
                throw .invalidCursor
            }
            return place
        }
        let statement = StorefrontSQL.page(
            list, after: nil, place: place, limit: page.limit + 1, in: locales, at: clock.now, visibleTo: visibility)
        let cards = try ProductCard.cards(of: try await executor.query(statement, as: PostgresRow.self))
        let items = cards.prefix(page.limit)
        let next = cards.count > page.limit ? items.last.map(\.place) : nil
        return Page(
            items: items.map(\.card), next: next.map { Cursor(listing: "collection", keys: [String($0)]) })
    }

    /// All that the page of a product shows, in the first of these languages, and what they fall back to, in which it is told; or nil.
    package func page(
        of id: ID<Product>, in locales: [ContentLocale], visibleTo visibility: Visibility,
        from executor: some PostgresExecutor
    ) async throws(PostgresError) -> ProductPage? {
        let now = clock.now
        guard
            var product = try await ProductStore().product(id, visibleTo: visibility, at: now, in: executor)
        else { return nil }
        let text = try await executor.queryOne(StorefrontSQL.text(of: id, in: locales), as: TranslatedText.self)
        guard let text else { throw .decoding("the catalogue has no settings") }
        if let told = text.content { product.content.tell(told) }
        let available = try await executor.query(
            StorefrontSQL.available(of: id), columns: (ID<Variant>, Int64).self)
        return ProductPage(
            product: product, locale: text.locale,
            available: Dictionary(available, uniquingKeysWith: { first, _ in first }),
            media: try await media(of: id, in: executor),
            categories: try await CategoryStore().categories(of: id, in: locales, from: executor),
            attributes: try await AttributeStore().values(of: id, in: locales, from: executor))
    }

    /// What the product is shown by, with the smaller pictures of each.
    private func media(
        of product: ID<Product>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ProductMedia] {
        var shown = try await ProductMediaStore().media(of: product, in: executor)
        let variants = try await MediaStore().variants(of: shown.map(\.media), in: executor)
        for index in shown.indices { shown[index].variants = variants[shown[index].media] ?? [] }
        return shown
    }

    /// The same by a slug that the product has or had.
    package func page(
        named slug: Slug, in locales: [ContentLocale], visibleTo visibility: Visibility,
        from executor: some PostgresExecutor
    ) async throws(PostgresError) -> ProductPage? {
        let id = try await executor.queryValue(StorefrontSQL.product(named: slug), as: ID<Product>.self)
        guard let id else { return nil }
        return try await page(of: id, in: locales, visibleTo: visibility, from: executor)
    }
}

/// What is told of a product in a language; nil where that is the catalogue's own.
private struct TranslatedText: PostgresRowDecodable, Sendable {
    let locale: ContentLocale
    let content: ProductTranslation?

    init(row: borrowing PostgresRow) throws(PostgresError) {
        locale = try row.decode("locale")
        let title: String? = try row.decode("title")
        content = title == nil ? nil : try ProductTranslation(row: row)
    }
}

extension ProductContent {
    fileprivate mutating func tell(_ text: ProductTranslation) {
        title = text.title
        description = text.description
        searchListing = text.searchListing
    }
}
