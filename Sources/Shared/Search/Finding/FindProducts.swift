package import Catalog
package import Core
import Foundation
package import Identity
package import Postgres

/// What was found.
package struct SearchResult: Sendable {
    package let page: Page<ProductCard>
    /// How many products match.
    package let total: Int64
    /// Whether the total, and all counts, are estimates.
    package let isApproximate: Bool
    /// With the first page alone.
    package let facets: SearchFacets?
    /// What was searched for in place of what was misspelt; nil where nothing was.
    package let corrected: String?

    package init(
        page: Page<ProductCard>, total: Int64, isApproximate: Bool, facets: SearchFacets?, corrected: String?
    ) {
        self.page = page
        self.total = total
        self.isApproximate = isApproximate
        self.facets = facets
        self.corrected = corrected
    }

    fileprivate var size: Int {
        let counts = facets.map { facets in
            facets.categories.count + facets.vendors.count + facets.countries.count
                + facets.attributes.reduce(0) { $0 + $1.choices.count }
        }
        return page.items.reduce(1) { $0 + 1 + $1.variants.count } + (counts ?? 0)
    }
}

/// Finds what is on sale by words and by what it is like.
package struct FindProducts: Sendable {
    /// How long what was found is told again.
    package static let freshness: Duration = .seconds(5)
    /// In variants and counts, of some hundred bytes each.
    private static let mostRemembered = 40_000
    /// Of a sample; more takes time, less tells little.
    private static let sampleSize: Int64 = 4_000

    private let words = WordStore()
    private let storefront: StorefrontStore
    private let recent: RecentAnswers<SearchRequest, SearchResult>

    package init(clock: some WallClock) {
        storefront = StorefrontStore(clock: clock)
        recent = RecentAnswers(clock: clock, freshness: Self.freshness, most: Self.mostRemembered)
    }

    /// The products of a page as lists show them; what went off the sale a moment ago is left out.
    /// - Throws: `Problem`: 400 ("invalid-cursor"), 422; `PostgresError`.
    package func callAsFunction(
        _ request: SearchRequest, from client: PostgresClient
    ) async throws -> SearchResult {
        try request.check()
        if let answer = recent.answer(to: request) { return answer }
        let position = try request.position
        let result = try await client.withTransaction(.repeatableRead) { transaction in
            try await transaction.pipeline(MatchSQL.settings)
            return try await search(request, after: position, in: transaction)
        }
        recent.keep(result, size: result.size, for: request)
        return result
    }

    private func search(
        _ request: SearchRequest, after position: SearchPosition?, in executor: some PostgresExecutor
    ) async throws -> SearchResult {
        let (words, corrected) = try await words.understand(request.text, in: executor)
        let conditions = try await conditions(request, words, in: executor)
        let sampling = try await sampling(of: conditions, in: executor)
        let isLarge = sampling.isOf(.nothing)
        let limit = request.page.limit
        let order = request.order(position, isLarge: isLarge, hasText: !words.isEmpty)
        let counts =
            position == nil
            ? try await count(request, conditions, sampling, order: order, in: executor) : nil
        let found: [SearchPosition]
        if let counts, !isLarge {
            found = counts.entries
        } else {
            found = try await find(
                order, conditions, sampling, after: position, limit: limit + 1, in: executor)
        }
        let cards = try await storefront.products(
            found.prefix(limit).map { ID(uuid: $0.product) }, in: request.locales, from: executor)
        let next = found.count > limit ? found[limit - 1].cursor(of: request) : nil
        return SearchResult(
            page: Page(items: cards, next: next), total: counts?.total ?? 0, isApproximate: isLarge,
            facets: counts?.facets, corrected: corrected)
    }

    private func conditions(
        _ request: SearchRequest, _ words: SearchWords, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Conditions {
        let kinds: [(Conditions.Group.Subject, [FacetKey])] = [
            (.category, request.categories.map(FacetKey.category)), (.vendor, request.vendors.map(FacetKey.vendor)),
            (.country, request.countries.map(FacetKey.country)), (.stock, request.isInStock ? [.inStock] : []),
        ]
        let ids = try await FacetStore().ids(of: kinds.flatMap(\.1), in: executor)
        var groups = kinds.filter { !$0.1.isEmpty }.map { subject, keys in
            Conditions.Group(subject: subject, facets: keys.compactMap { ids[$0] })
        }
        if !request.attributes.isEmpty {
            let known = try await executor.query(
                FacetSQL.choices(request.attributes), columns: (String, UUID, Int32?).self)
            for code in Set(request.attributes.map(\.attribute)).sorted() {
                let own = known.filter { $0.0 == code }
                // What nobody knows, nothing has.
                let id = own.first?.1 ?? UUID()
                groups.append(Conditions.Group(subject: .attribute(id), facets: own.compactMap(\.2)))
            }
        }
        return Conditions(
            query: words.query, groups: groups, currency: request.currency?.code, price: request.price,
            needsPrice: request.sort.isByPrice)
    }

    private func sampling(
        of conditions: Conditions, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Sampling {
        let size = try await executor.queryValue(MatchSQL.size, as: Int64.self) ?? 0
        guard size > MatchSQL.exactly else { return .none }
        let samples = max(1, min(SearchSample.count, Int(Int64(SearchSample.count) * Self.sampleSize / size)))
        let counts = try await executor.queryValue(MatchSQL.count(conditions, samples: samples), as: [Int64].self) ?? []
        return Sampling(samples: samples, omissions: conditions.omissions, counts: counts)
    }

    private func count(
        _ request: SearchRequest, _ conditions: Conditions, _ sampling: Sampling, order: SearchPosition.Order,
        in executor: some PostgresExecutor
    ) async throws(PostgresError) -> (total: Int64, facets: SearchFacets, entries: [SearchPosition]) {
        let above =
            request.categories.isEmpty
            ? [] : try await executor.queryValues(FacetSQL.paths(of: request.categories.map(\.uuid)), as: UUID.self)
        let steps = request.currency.map(PriceSteps.steps) ?? []
        let rows = try await executor.query(
            FacetSQL.count(
                conditions, sampling, above: above, steps: steps,
                page: sampling.isOf(.nothing) ? nil : (order, request.page.limit + 1)), as: FacetSQL.Count.self)
        let assembly = FacetAssembly(counts: rows, conditions: conditions, sampling: sampling)
        let told = assembly.told()
        let names = try await executor.query(
            FacetNames.statement(told.map(\.key), in: request.locales), as: FacetNames.Row.self)
        let facets = assembly.facets(told, names: names, currency: request.currency)
        return (assembly.total, facets, assembly.entries(in: order))
    }

    private func find(
        _ order: SearchPosition.Order, _ conditions: Conditions, _ sampling: Sampling,
        after position: SearchPosition?, limit: Int, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [SearchPosition] {
        guard order == .tier || (sampling.isOf(.nothing) && order != .rank) else {
            return try await positions(
                MatchSQL.ranked(conditions, order: order, after: position, limit: limit), order, executor)
        }
        try await executor.pipeline(MatchSQL.walking(true))
        let found =
            order == .tier
            ? try await tiers(conditions, sampling, after: position, limit: limit, in: executor)
            : try await positions(
                MatchSQL.inOrder(conditions, order: order, after: position, limit: limit), order, executor)
        try await executor.pipeline(MatchSQL.walking(false))
        return found
    }

    private func tiers(
        _ conditions: Conditions, _ sampling: Sampling, after position: SearchPosition?, limit: Int,
        in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [SearchPosition] {
        var found: [SearchPosition] = []
        if position?.key != 0 {
            let areFew = sampling.isNamedByFew
            try await executor.pipeline(MatchSQL.walking(!areFew))
            found = try await positions(
                MatchSQL.tier(
                    conditions, isNamed: true, areFew: areFew, after: position?.product, limit: limit), .tier, executor)
            try await executor.pipeline(MatchSQL.walking(true))
        }
        guard found.count < limit else { return found }
        let after = position?.key == 0 ? position?.product : nil
        return found
            + (try await positions(
                MatchSQL.tier(conditions, isNamed: false, after: after, limit: limit - found.count), .tier, executor))
    }

    private func positions(
        _ statement: PostgresStatement, _ order: SearchPosition.Order, _ executor: some PostgresExecutor
    ) async throws(PostgresError) -> [SearchPosition] {
        try await executor.query(statement, columns: (UUID, Int64).self).map {
            SearchPosition(order: order, key: $0.1, product: $0.0)
        }
    }
}

extension SearchRequest {
    /// A cursor belongs to its order alone: whatever else is asked for, it says where to go on.
    private var listing: String { "search \(sort.rawValue)" }

    /// - Throws: a 400 `Problem` ("invalid-cursor").
    fileprivate var position: SearchPosition? {
        get throws(Problem) {
            guard let text = page.cursor else { return nil }
            let cursor = try Cursor(decoding: text, listing: listing, keyCount: 3)
            guard let order = SearchPosition.Order(rawValue: cursor.keys[0]), orders.contains(order),
                let key = Int64(cursor.keys[1]), let product = ID<Product>(cursor.keys[2])
            else { throw .invalidCursor }
            return SearchPosition(order: order, key: key, product: product.uuid)
        }
    }

    private var orders: [SearchPosition.Order] {
        switch sort {
        case .relevance: [.rank, .tier, .newest]
        case .newest: [.newest]
        case .priceAscending: [.cheapest]
        case .priceDescending: [.dearest]
        }
    }

    /// That of the page before, if there is one: how many match may have changed since, and the order may not.
    fileprivate func order(_ position: SearchPosition?, isLarge: Bool, hasText: Bool) -> SearchPosition.Order {
        if let position { return position.order }
        guard sort == .relevance else { return orders[0] }
        return hasText ? (isLarge ? .tier : .rank) : .newest
    }
}

extension SearchPosition {
    fileprivate func cursor(of request: SearchRequest) -> Cursor {
        Cursor(
            listing: "search \(request.sort.rawValue)",
            keys: [order.rawValue, String(key), ID<Product>(uuid: product).description])
    }
}
