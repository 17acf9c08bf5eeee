import Catalog
import CommerceTestSupport
import Core
import Identity
import Jobs
import Postgres
import Testing
import Vendors

@Suite("Categories")
struct CategoryTests {
    private func manage(_ market: Marketplace) -> ManageCategories {
        ManageCategories(audit: market.audit, ids: market.ids, clock: market.clock)
    }

    private func create(
        _ name: String, under parent: Catalog.Category? = nil, in market: Marketplace
    ) async throws -> Catalog.Category {
        try await market.work {
            try await manage(market).create(NewCategory(parent: parent?.id, name: name), by: .system, in: $0)
        }
    }

    private func move(
        _ category: Catalog.Category, under parent: Catalog.Category?, in market: Marketplace
    ) async throws -> Catalog.Category {
        try await market.work {
            try await manage(market).move(category.id, under: parent?.id, position: 0, by: .system, in: $0)
        }
    }

    private func place(_ product: Product, in categories: [Catalog.Category], _ market: Marketplace) async throws {
        _ = try await market.work {
            try await PlaceProduct(audit: market.audit, clock: market.clock)(
                product.id, in: categories.map(\.id), by: .system, in: $0)
        }
    }

    private func product(_ sku: String, of vendor: Vendor, in market: Marketplace) async throws -> Product {
        try await market.product(
            of: vendor, NewVariant(sku: sku, kind: .licenceKey, price: Money(minorUnits: 1, currency: .bdt)))
    }

    private func listed(in category: Catalog.Category, _ market: Marketplace) async throws -> [ID<Product>] {
        try await StorefrontStore(clock: market.clock).products(
            .category(category.id), page: PageRequest(), visibleTo: .nothing, from: market.client
        ).items.map(\.id)
    }

    /// How many listings differ from what products and categories say they should be.
    private func wrongListings(_ market: Marketplace) async throws -> Int? {
        try await market.owner.queryValue(
            """
            WITH meant AS (
                SELECT DISTINCT unnest(category.path) AS category_id, product.id AS product_id FROM products AS product
                JOIN product_categories AS placed ON placed.product_id = product.id
                JOIN categories AS category ON category.id = placed.category_id
                WHERE product.status = 'active' AND product.deleted_at IS NULL
            )
            SELECT count(*) FROM meant FULL JOIN category_listings USING (category_id, product_id)
            WHERE NOT EXISTS (SELECT FROM meant AS m WHERE (m.category_id, m.product_id) = (category_id, product_id))
                OR NOT EXISTS (SELECT FROM category_listings AS l WHERE (l.category_id, l.product_id) = (category_id, product_id))
            """, as: Int.self)
    }

    @Test("Categories are read as a tree, each behind its parent")
    func tree() async throws {
        try await Marketplace.open { market in
            let root = try await create("Food", in: market)
            let other = try await create("Books", in: market)
            let child = try await create("Ghee", under: root, in: market)
            #expect(child.path == [root.id, child.id] && child.parent == root.id && root.parent == nil)
            let store = CategoryStore()
            #expect(try await store.tree(from: market.client) == [root, other, child])
            #expect(try await store.tree(below: root.id, from: market.client) == [root, child])
            #expect(try await store.category(named: child.content.slug, from: market.client) == child)
        }
    }

    @Test("A category moves with all below it, and what is on sale there is found above its new place alone")
    func moving() async throws {
        try await Marketplace.open { market in
            let (food, gifts) = (try await create("Food", in: market), try await create("Gifts", in: market))
            let dairy = try await create("Dairy", under: food, in: market)
            let ghee = try await create("Ghee", under: dairy, in: market)
            let spices = try await create("Spices", under: food, in: market)
            let vendor = try await market.vendor()
            let (one, two) = (
                try await product("1", of: vendor, in: market), try await product("2", of: vendor, in: market)
            )
            try await place(one, in: [ghee], market)
            try await place(two, in: [ghee, spices], market)
            #expect(try await listed(in: food, market) == [two.id, one.id])
            let moved = try await move(dairy, under: gifts, in: market)
            #expect(moved.path == [gifts.id, dairy.id] && moved.version == 2)
            let below = try await CategoryStore().category(ghee.id, from: market.client)
            #expect(below?.path == [gifts.id, dairy.id, ghee.id])
            #expect(try await listed(in: gifts, market) == [two.id, one.id])
            #expect(try await listed(in: food, market) == [two.id])
            #expect(try await wrongListings(market) == 0)
            _ = try await move(dairy, under: nil, in: market)
            #expect(try await listed(in: gifts, market).isEmpty)
            #expect(try await wrongListings(market) == 0)
        }
    }

    @Test("Listings follow what becomes of products")
    func listings() async throws {
        try await Marketplace.open { market in
            let food = try await create("Food", in: market)
            let ghee = try await create("Ghee", under: food, in: market)
            let sold = try await product("1", of: market.vendor(), in: market)
            let status = ChangeProductStatus(audit: market.audit, clock: market.clock)
            let delete = DeleteProduct(audit: market.audit, clock: market.clock)
            try await place(sold, in: [ghee], market)
            #expect(try await listed(in: food, market) == [sold.id])
            _ = try await market.work { try await status.withdraw(sold.id, by: .system, in: $0) }
            #expect(try await listed(in: food, market).isEmpty)
            _ = try await market.work { try await status.submit(sold.id, by: .system, in: $0) }
            #expect(try await listed(in: ghee, market) == [sold.id])
            try await market.work { try await delete(sold.id, by: .system, in: $0) }
            #expect(try await listed(in: ghee, market).isEmpty)
            #expect(try await wrongListings(market) == 0)
            try await market.owner.execute("UPDATE products SET status = 'draft', deleted_at = NULL")
            _ = try await market.work { try await status.submit(sold.id, by: .system, in: $0) }
            try await place(sold, in: [], market)
            #expect(try await listed(in: food, market).isEmpty)
        }
    }

    @Test("Nothing lies below itself or deeper than eight steps, however the tree is changed")
    func bounds() async throws {
        try await Marketplace.open { market in
            var chain = [try await create("1", in: market)]
            for depth in 2...Category.depth {
                chain.append(try await create("\(depth)", under: chain[depth - 2], in: market))
            }
            let deep = await #expect(throws: Problem.self) { try await create("9", under: chain[7], in: market) }
            #expect(deep?.fields.map(\.code) == ["too_deep"])
            let other = try await create("other", in: market)
            let tooDeep = await #expect(throws: Problem.self) { try await move(chain[0], under: other, in: market) }
            #expect(tooDeep?.fields.map(\.code) == ["too_deep"])
            for target in [chain[0], chain[3]] {
                let below = await #expect(throws: Problem.self) { try await move(chain[0], under: target, in: market) }
                #expect(below?.fields.map(\.code) == ["descendant"])
            }
            let unknown = await #expect(throws: Problem.self) {
                try await market.work {
                    try await manage(market).move(
                        other.id, under: ID(uuid: market.ids.next()), position: 0, by: .system, in: $0)
                }
            }
            #expect(unknown?.fields.map(\.code) == ["unknown"])
        }
    }

    @Test("Two moves at once can’t put each category below the other")
    func concurrentMoves() async throws {
        try await Marketplace.open { market in
            let (left, right) = (try await create("L", in: market), try await create("R", in: market))
            let outcomes = await withTaskGroup(of: Bool.self) { group in
                for (category, parent) in [(left, right), (right, left)] {
                    group.addTask {
                        do {
                            _ = try await move(category, under: parent, in: market)
                            return true
                        } catch {
                            return false
                        }
                    }
                }
                return await group.reduce(into: [Bool]()) { $0.append($1) }
            }
            #expect(outcomes.filter { $0 }.count == 1)
            let paths = try await CategoryStore().tree(from: market.client).map(\.path.count)
            #expect(paths == [1, 2])
        }
    }

    @Test("A category is edited from its version, keeps its former slugs, and is deleted only when it is empty")
    func editing() async throws {
        try await Marketplace.open { market in
            let food = try await create("Food", in: market)
            let child = try await create("Ghee", under: food, in: market)
            var changes = CategoryChanges()
            changes.name = "Groceries"
            changes.slug = Slug(rawValue: "groceries")
            let edited = try await market.work { [changes] in
                try await manage(market).update(food.id, changes, version: 1, by: .system, in: $0)
            }
            #expect(edited.content.name == "Groceries" && edited.version == 2)
            #expect(try await CategoryStore().category(named: food.content.slug, from: market.client) == edited)
            await #expect(throws: Problem.versionMismatch(current: 2)) {
                try await market.work { [changes] in
                    try await manage(market).update(food.id, changes, version: 1, by: .system, in: $0)
                }
            }
            let inUse = await #expect(throws: Problem.self) {
                try await market.work { try await manage(market).delete(food.id, by: .system, in: $0) }
            }
            #expect(inUse?.type == "category-in-use")
            for category in [child, food] {
                try await market.work { try await manage(market).delete(category.id, by: .system, in: $0) }
            }
            #expect(try await CategoryStore().tree(from: market.client).isEmpty)
        }
    }

    @Test("A change is told to whoever subscribes")
    func events() async throws {
        try await Marketplace.open { market in
            let food = try await create("Food", in: market)
            let sold = try await product("1", of: market.vendor(), in: market)
            try await place(sold, in: [food], market)
            let names = try await market.owner.queryValues(
                "SELECT name FROM events WHERE name <> 'vendor.changed' ORDER BY id", as: String.self)
            #expect(names == ["category.changed", "product.changed", "product.changed"])
        }
    }
}
