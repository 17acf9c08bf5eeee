import Catalog
import CommerceTestSupport
import Core
import Identity
import Postgres
import Testing
import Vendors

@Suite("Collections")
struct CollectionTests {
    private func manage(_ market: Marketplace) -> ManageCollections {
        ManageCollections(audit: market.audit, ids: market.ids, clock: market.clock)
    }

    private func create(
        _ title: String, of vendor: Vendor? = nil, isPublished: Bool = true, by principal: Principal = .system,
        in market: Marketplace
    ) async throws -> ProductCollection {
        try await market.work {
            try await manage(market).create(
                NewCollection(vendor: vendor?.id, title: title, isPublished: isPublished), by: principal, in: $0)
        }
    }

    private func product(_ sku: String, of vendor: Vendor, in market: Marketplace) async throws -> Product {
        try await market.product(
            of: vendor, NewVariant(sku: sku, kind: .licenceKey, price: Money(minorUnits: 1, currency: .bdt)))
    }

    @Test("A collection shows what is on sale of its products, in its order, page by page")
    func order() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            var products: [Product] = []
            for number in 0..<5 { products.append(try await product("\(number)", of: vendor, in: market)) }
            let collection = try await create("Monsoon", in: market)
            let wanted = [products[3], products[0], products[4], products[1]].map(\.id)
            let set = try await market.work {
                try await manage(market).setProducts(wanted, of: collection.id, version: 1, by: .system, in: $0)
            }
            #expect(set.version == 2)
            let archived = products[0].id
            _ = try await market.work {
                try await ChangeProductStatus(audit: market.audit, clock: market.clock).archive(
                    archived, by: .system, in: $0)
            }
            var seen: [ID<Product>] = []
            var cursor: String?
            repeat {
                let page = try await StorefrontStore(clock: market.clock).products(
                    .collection(collection.id), page: PageRequest(limit: 1, cursor: cursor), visibleTo: .nothing,
                    from: market.client)
                seen += page.items.map(\.id)
                cursor = page.next?.encoded
            } while cursor != nil
            #expect(seen == [products[3], products[4], products[1]].map(\.id))
        }
    }

    @Test("One that is not published is seen by those whose it is, and its products too")
    func unpublished() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            let shown = try await product("1", of: vendor, in: market)
            let collection = try await create("Draft", of: vendor, isPublished: false, in: market)
            _ = try await market.work {
                try await manage(market).setProducts([shown.id], of: collection.id, by: .system, in: $0)
            }
            for (visibility, isSeen) in [
                (Visibility.nothing, false), (.vendor(vendor.id.uuid), true), (.vendor(market.ids.next()), false),
                (.everything, true),
            ] {
                let read = try await CollectionStore().collection(
                    collection.id, visibleTo: visibility, in: market.client)
                #expect((read != nil) == isSeen)
                let page = try await StorefrontStore(clock: market.clock).products(
                    .collection(collection.id), page: PageRequest(), visibleTo: visibility, from: market.client)
                #expect(page.items.isEmpty != isSeen)
                let kept = try await CollectionStore().collections(
                    arePublished: false, page: PageRequest(), visibleTo: visibility, in: market.client)
                #expect(kept.items.isEmpty != isSeen)
            }
        }
    }

    @Test("A vendor keeps collections of its own products alone")
    func vendors() async throws {
        try await Marketplace.open { market in
            let (own, other) = (try await market.vendor(), try await market.vendor())
            let seller = Principal(
                .vendorMember(own.id.uuid), permissions: [.productsUpdate], visibility: .vendor(own.id.uuid))
            for vendor in [other, nil] {
                let problem = await #expect(throws: Problem.self) {
                    try await create("Not mine", of: vendor, by: seller, in: market)
                }
                #expect(problem?.fields.map(\.pointer) == ["/vendor_id"])
            }
            let collection = try await create("Mine", of: own, by: seller, in: market)
            let foreign = try await product("1", of: other, in: market)
            let problem = await #expect(throws: Problem.self) {
                try await market.work {
                    try await manage(market).setProducts([foreign.id], of: collection.id, by: seller, in: $0)
                }
            }
            #expect(problem?.fields.map(\.pointer) == ["/products/0"])
            let marketplaces = try await create("Best of", in: market)
            await #expect(throws: Problem.notFound("collection")) {
                try await market.work { try await manage(market).delete(marketplaces.id, by: seller, in: $0) }
            }
        }
    }

    @Test("A slug belongs to one collection, and a deleted one is gone")
    func slugs() async throws {
        try await Marketplace.open { market in
            let (first, second) = (try await create("A", in: market), try await create("B", in: market))
            var changes = CollectionChanges()
            changes.slug = first.slug
            let problem = await #expect(throws: Problem.self) {
                try await market.work { [changes] in
                    try await manage(market).update(second.id, changes, version: 1, by: .system, in: $0)
                }
            }
            #expect(problem?.type == "slug-taken")
            try await market.work { try await manage(market).delete(first.id, by: .system, in: $0) }
            let read = try await CollectionStore().collection(first.id, visibleTo: .everything, in: market.client)
            #expect(read == nil)
        }
    }
}
