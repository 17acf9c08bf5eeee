import Catalog
import CommerceTestSupport
import Core
import Identity
import Jobs
import Postgres
import Testing
import Vendors

@Suite("Deleting products")
struct DeleteProductTests {
    private func useCase(_ market: Marketplace) -> DeleteProduct {
        DeleteProduct(audit: market.audit, clock: market.clock)
    }

    private let key = NewVariant(sku: "S", kind: .licenceKey, price: Money(minorUnits: 100, currency: .bdt))

    @Test("A deleted product is for nobody but its vendor, who takes it back as a draft")
    func softly() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            let product = try await market.product(of: vendor, key)
            let delete = useCase(market)
            for _ in 0..<2 { try await market.work { try await delete(product.id, by: .system, in: $0) } }
            let store = ProductStore()
            #expect(try await store.product(product.id, visibleTo: .nothing, in: market.client) == nil)
            let kept = try await store.product(product.id, visibleTo: .vendor(vendor.id.uuid), in: market.client)
            #expect(kept?.deletedAt == market.clock.now && kept?.version == 2)
            #expect(
                try await store.offers(for: product.variants.map(\.id), at: market.clock.now, in: market.client).isEmpty
            )
            let edit = await #expect(throws: Problem.self) {
                try await market.work {
                    try await UpdateProduct(audit: market.audit, clock: market.clock)(
                        product.id, ProductChanges(title: "New"), version: nil, by: .system, in: $0)
                }
            }
            #expect(edit?.type == "product-deleted")
            let restored = try await market.work { try await delete.restore(product.id, by: .system, in: $0) }
            #expect(restored.deletedAt == nil && restored.status == .draft && restored.version == 3)
        }
    }

    @Test("What nothing refers to is erased with all that hangs on it")
    func erased() async throws {
        try await Marketplace.open { market in
            let product = try await market.product(of: market.vendor(), key)
            _ = try await market.work {
                try await TranslateCatalogue(audit: market.audit, clock: market.clock).set(
                    ProductTranslation(locale: .english, title: "T"), of: product.id, by: .system, in: $0)
            }
            let picture = try await market.picture(of: product.vendor)
            _ = try await market.work {
                try await SetProductMedia(audit: market.audit, clock: market.clock)(
                    [ProductMedia(media: picture, variant: product.variants[0].id)], of: product.id,
                    by: .system, in: $0)
            }
            try await market.work { try await useCase(market).erase(product.id, by: .system, in: $0) }
            for table in [
                "products", "variants", "prices", "product_slugs", "product_media", "product_translations",
                "media_references",
            ] {
                let left = try await market.client.queryValue("SELECT count(*) FROM \(unescaped: table)", as: Int.self)
                #expect(left == 0, "\(table)")
            }
        }
    }

    @Test("What orders, keys or stock refer to is not erased, and the refusal counts them")
    func referredTo() async throws {
        try await Marketplace.open { market in
            let licence = try await market.licence(keys: 3)
            _ = try await market.place((licence, 1), address: nil)
            let problem = await #expect(throws: Problem.self) {
                try await market.work { try await useCase(market).erase(licence.product, by: .system, in: $0) }
            }
            #expect(problem?.type == "product-in-use")
            let references = problem?.extensions["references"]
            #expect(references?["order_lines"] == 1 && references?["licence_keys"] == 3)
            #expect(references?["reservations"] == 1)
            #expect(
                try await ProductStore().product(licence.product, visibleTo: .everything, in: market.client) != nil)
        }
    }

    @Test("A list of edits does each for itself and tells what became of it")
    func bulk() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            var products: [Product] = []
            for number in 0..<4 {
                products.append(
                    try await market.product(
                        of: vendor, NewVariant(sku: "S\(number)", kind: .licenceKey, price: key.price.amount)))
            }
            let (brand, tooLong, unknownClass) = (
                changes { $0.brand = "Lekha" }, changes { $0.title = String(repeating: "x", count: 201) },
                changes { $0.taxClass = "nonsense" }
            )
            let edit = BulkEditProducts(audit: market.audit, clock: market.clock)
            let missing = ID<Product>(uuid: market.ids.next())
            let edits: [(product: ID<Product>, edit: BulkEditProducts.Edit)] = [
                (products[3].id, .update(tooLong)), (products[0].id, .update(brand)), (products[1].id, .archive),
                (missing, .submit), (products[2].id, .update(unknownClass)),
            ]
            let outcomes = try await market.work { try await edit(edits, by: .system, in: $0) }
            #expect(outcomes.map(\.product) == edits.map(\.product))
            #expect(outcomes.map(\.version) == [nil, 2, 2, nil, nil])
            #expect(outcomes.map { $0.problem?.status } == [422, nil, nil, 404, 422])
            let store = ProductStore()
            #expect(
                try await store.product(products[0].id, visibleTo: .everything, in: market.client)?.content.brand
                    == "Lekha")
            #expect(
                try await store.product(products[1].id, visibleTo: .everything, in: market.client)?.status == .archived)
            #expect(try await store.product(products[3].id, visibleTo: .everything, in: market.client) == products[3])
        }
    }

    @Test("A vendor can’t decide about its own products in a list of edits either")
    func bulkModeration() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            let product = try await market.product(of: vendor, isOnSale: false, key)
            try await market.owner.execute("UPDATE products SET status = 'in_review'")
            let seller = Principal(
                .vendorMember(vendor.id.uuid), permissions: [.productsUpdate], visibility: .vendor(vendor.id.uuid))
            let outcomes = try await market.work {
                try await BulkEditProducts(audit: market.audit, clock: market.clock)(
                    [(product.id, .approve)], by: seller, in: $0)
            }
            #expect(outcomes.first?.problem?.status == 403)
        }
    }

    private func changes(_ body: (inout ProductChanges) -> Void) -> ProductChanges {
        var changes = ProductChanges()
        body(&changes)
        return changes
    }
}
