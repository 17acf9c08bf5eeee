import CommerceTestSupport
import Core
import Foundation
import Identity
import Postgres
import TestSupport
import Testing
import Vendors

@testable import Catalog

@Suite("The storefront")
struct StorefrontTests {
    private let price = Money(minorUnits: 9_900, currency: .bdt)

    @Test("The listing shows what is on sale, the newest first, page by page, with what it costs and what is left")
    func listing() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            var expected: [ID<Product>] = []
            for number in 0..<5 {
                expected.insert(
                    try await market.goods(units: Int64(number), sku: "S\(number)", vendor: vendor).product, at: 0)
            }
            let draft = try await market.product(
                of: vendor, isOnSale: false, NewVariant(sku: "D", kind: .licenceKey, price: price))
            let storefront = StorefrontStore(clock: market.clock)
            var seen: [ProductCard] = []
            var cursor: String?
            repeat {
                let page = try await storefront.products(
                    .onSale(vendor: nil), page: PageRequest(limit: 2, cursor: cursor), visibleTo: .nothing,
                    from: market.client)
                seen += page.items
                cursor = page.next?.encoded
            } while cursor != nil
            #expect(seen.map(\.id) == expected)
            #expect(seen.map { $0.variants.map(\.available) } == [[4], [3], [2], [1], [0]])
            #expect(seen.allSatisfy { $0.variants[0].price.amount.minorUnits == 50_000 })
            for (visibility, ids) in [
                (Visibility.nothing, []), (.vendor(vendor.id.uuid), [draft.id]), (.vendor(market.ids.next()), []),
            ] {
                let drafts = try await storefront.products(
                    .inStatus(.draft, vendor: nil), page: PageRequest(), visibleTo: visibility, from: market.client)
                #expect(drafts.items.map(\.id) == ids)
            }
            try await market.owner.execute("UPDATE vendors SET status = 'suspended'")
            let rest = try await storefront.products(
                .onSale(vendor: nil), page: PageRequest(), visibleTo: .nothing, from: market.client)
            #expect(rest.items.isEmpty)
        }
    }

    @Test("A list takes one statement and a product’s page the same number, however much is on them")
    func statements() async throws {
        try await Marketplace.open { market in
            let storefront = StorefrontStore(clock: market.clock)
            let vendor = try await market.vendor()
            var counts: [[Int]] = []
            for size in [1, 12] {
                let variants = (0..<size).map { NewVariant(sku: "S\(size)-\($0)", kind: .licenceKey, price: price) }
                var product: Product?
                for number in 0..<size {
                    let new = NewProduct(
                        vendor: vendor.id, title: "T", isSubmitted: true,
                        variants: number == 0
                            ? variants : [NewVariant(sku: "X\(size)-\(number)", kind: .licenceKey, price: price)])
                    product = try await market.work {
                        try await CreateProduct(audit: market.audit, ids: market.ids, clock: market.clock)(
                            new, by: .system, in: $0)
                    }
                }
                let id = try #require(product?.id)
                let (list, page) = (CountingExecutor(market.client), CountingExecutor(market.client))
                _ = try await storefront.products(
                    .onSale(vendor: nil), page: PageRequest(), in: [.english], visibleTo: .nothing, from: list)
                _ = try await storefront.page(of: id, in: [.english], visibleTo: .nothing, from: page)
                counts.append([list.statements, page.statements])
            }
            #expect(counts[0] == counts[1] && counts[0][0] == 1)
        }
    }

    @Test("What a product’s own page shows is what was told of it")
    func page() async throws {
        try await Marketplace.open { market in
            let book = try await market.goods(units: 7)
            let picture = ProductMedia(
                media: try await market.picture(of: book.vendor), variant: book.id, altText: "The cover")
            _ = try await market.work {
                try await SetProductMedia(audit: market.audit, clock: market.clock)(
                    [picture], of: book.product, by: .system, in: $0)
            }
            let page = try await StorefrontStore(clock: market.clock).page(
                of: book.product, in: [], visibleTo: .nothing, from: market.client)
            #expect(page?.media == [picture] && page?.available == [book.id: 7])
            let list = try await StorefrontStore(clock: market.clock).products(
                .onSale(vendor: nil), page: PageRequest(), visibleTo: .nothing, from: market.client)
            #expect(list.items.map(\.picture) == [picture.media])
        }
    }

    /// Half of the products are drafts, and each vendor has its share; one category of a hundred has the oldest.
    private static let catalogue = """
        SET statement_timeout = 0;
        SET session_replication_role = replica;
        INSERT INTO vendors (id, name, email, status)
        SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'Vendor', 'sales@example.com', 'active'
        FROM generate_series(1, 100) AS n;
        CREATE TEMPORARY TABLE numbered AS SELECT n,
            overlay(uuid7_floor(now())::text placing lpad(to_hex(n), 12, '0') from 25)::uuid AS id,
            ('00000000-0000-7000-8000-' || lpad((1 + n % 100)::text, 12, '0'))::uuid AS vendor
        FROM generate_series(1, 20000) AS n;
        INSERT INTO products (id, vendor_id, title, status, slug, currency)
        SELECT id, vendor, 'Product', CASE WHEN n % 2 = 0 THEN 'draft' ELSE 'active' END, 'p-' || n, 'BDT' FROM numbered;
        INSERT INTO variants (id, product_id, vendor_id, position, sku, kind)
        SELECT gen_random_uuid(), id, vendor, place, n || '-' || place, 'licence_key' FROM numbered, generate_series(1, 3) AS place;
        INSERT INTO prices (variant_id, product_id, currency, amount_minor) SELECT id, product_id, 'BDT', 1 FROM variants;
        INSERT INTO stock (variant_id, vendor_id, on_hand) SELECT id, vendor_id, 1 FROM variants;
        INSERT INTO category_listings (category_id, product_id)
        SELECT ('00000000-0000-7000-8001-' || lpad((n % 100)::text, 12, '0'))::uuid, id FROM numbered WHERE n % 2 = 1;
        INSERT INTO category_listings (category_id, product_id)
        SELECT '00000000-0000-7000-8001-000000000100', id FROM numbered WHERE n % 2 = 1 AND n < 100;
        RESET session_replication_role;
        ANALYZE;
        """

    @Test("A page of a large catalogue reads what it shows, whatever the filter")
    func plans() async throws {
        try await Marketplace.open { market in
            try await market.owner.withConnection(unlimited: true) { try await $0.runScript(Self.catalogue) }
            func uuid(_ text: String) throws -> UUID { try #require(UUID(uuidString: text)) }
            let vendor = ID<Vendor>(uuid: try uuid("00000000-0000-7000-8000-000000000008"))
            let lists: [ProductList] = [
                .onSale(vendor: nil), .onSale(vendor: vendor),
                .category(ID(uuid: try uuid("00000000-0000-7000-8001-000000000100"))),
                .category(ID(uuid: try uuid("00000000-0000-7000-8001-000000000007"))), .inStatus(.draft, vendor: nil),
                .inStatus(.inReview, vendor: nil), .deleted(vendor: nil),
            ]
            for list in lists {
                let statement = StorefrontSQL.page(
                    list, after: nil, place: nil, limit: 21, in: [.english], at: market.clock.now,
                    visibleTo: .everything)
                let plan = try await QueryPlan(of: statement, on: market.client)
                for table in ["products", "variants", "prices", "stock", "category_listings"] {
                    #expect(!plan.lines.contains { $0.contains("Seq Scan on \(table) ") }, "\(list): \(plan)")
                }
                #expect(plan.mostRowsRemoved < 100, "\(list): \(plan)")
            }
        }
    }
}
