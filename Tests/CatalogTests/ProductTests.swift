import Catalog
import CommerceTestSupport
import Core
import Identity
import Postgres
import Testing
import Vendors

@Suite("Products")
struct ProductTests {
    private let price = Money(minorUnits: 9_900, currency: .bdt)

    @Test("A new product is read back with its variants in order")
    func roundTrip() async throws {
        try await Marketplace.open { market in
            let product = try await market.product(
                of: market.vendor(), title: "Office",
                NewVariant(title: "Box", sku: "OF-BOX", kind: .physical, price: price, weightGrams: 400),
                NewVariant(title: "Key", sku: "OF-KEY", kind: .licenceKey, price: price))
            #expect(try await ProductStore().product(product.id, visibleTo: .everything, in: market.client) == product)
            #expect(
                try await ProductStore().variant(product.variants[1].id, visibleTo: .everything, in: market.client)
                    == product.variants[1])
        }
    }

    @Test("All that is told of a product and its variants is read back, and cleared again")
    func everything() async throws {
        try await Marketplace.open { market in
            let establishment = Establishment(name: "Lekha Foods", address: "12 Lake Road, Dhaka 1212")
            let new = NewProduct(
                vendor: try await market.vendor().id, title: "Ghee", description: "Pure", slug: Slug(rawValue: "ghee"),
                brand: "Lekha", searchListing: SearchListing(title: "Buy ghee", description: "Fresh"),
                taxation: Taxation(hsn: "040590", taxClass: "in_merit"),
                declarations: Declarations(
                    countryOfOrigin: "BD", genericName: "Ghee", manufacturer: establishment, packer: establishment,
                    importer: establishment,
                    consumerCare: ConsumerCare(name: "Care", phone: "+8801712345678", email: "care@lekha.example")),
                options: [ProductOption(name: "Size", choices: ["500 g", "1 kg"])],
                variants: [
                    NewVariant(
                        kind: .physical,
                        details: VariantDetails(
                            title: "Small", sku: "G-500", gtin: GTIN(rawValue: "4006381333931"), choices: ["500 g"],
                            weightGrams: 620, dimensions: Dimensions(length: 90, width: 90, height: 120),
                            quantityPerOrder: QuantityPerOrder(minimum: 2, maximum: 12),
                            netQuantity: NetQuantity(amount: 500, unit: .gram)),
                        price: Price(
                            amount: Money(minorUnits: 64_900, currency: .inr),
                            compareAt: Money(minorUnits: 69_900, currency: .inr),
                            maximumRetail: Money(minorUnits: 70_000, currency: .inr)))
                ])
            let created = try await market.work {
                try await CreateProduct(audit: market.audit, ids: market.ids, clock: market.clock)(
                    new, by: .system, in: $0)
            }
            let store = ProductStore()
            #expect(try await store.product(created.id, visibleTo: .everything, in: market.client) == created)
            #expect(created.status == .draft && created.publishedAt == nil)
            var changes = ProductChanges()
            changes.hsn = .some(nil)
            changes.taxClass = .some(nil)
            changes.countryOfOrigin = .some(nil)
            changes.manufacturer = .some(nil)
            changes.packer = .some(nil)
            changes.importer = .some(nil)
            changes.consumerCare = .some(nil)
            let cleared = try await market.work { [changes] in
                try await UpdateProduct(audit: market.audit, clock: market.clock)(
                    created.id, changes, version: 1, by: .system, in: $0)
            }
            #expect(cleared.content.taxation == Taxation())
            #expect(cleared.content.declarations == Declarations(genericName: "Ghee"))
            #expect(try await store.product(created.id, visibleTo: .everything, in: market.client) == cleared)
        }
    }

    @Test("A former slug stays the product’s own, and nobody else gets it")
    func slugs() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            let update = UpdateProduct(audit: market.audit, clock: market.clock)
            func rename(_ product: Product, _ slug: String) async throws -> Product {
                var changes = ProductChanges()
                changes.slug = Slug(rawValue: slug)
                return try await market.work { [changes] in
                    try await update(product.id, changes, version: nil, by: .system, in: $0)
                }
            }
            let first = try await market.product(of: vendor, NewVariant(sku: "A", kind: .licenceKey, price: price))
            let second = try await market.product(of: vendor, NewVariant(sku: "B", kind: .licenceKey, price: price))
            let storefront = StorefrontStore(clock: market.clock)
            func found(_ slug: Slug) async throws -> ID<Product>? {
                try await storefront.page(named: slug, in: [], visibleTo: .nothing, from: market.client)?.product.id
            }
            let old = first.content.slug
            let renamed = try await rename(first, "antivirus")
            #expect(try await found(old) == first.id)
            #expect(try await found(renamed.content.slug) == first.id)
            for taken in ["antivirus", old.rawValue] {
                let problem = await #expect(throws: Problem.self) { try await rename(second, taken) }
                #expect(problem?.type == "slug-taken" && problem?.status == 409)
            }
            #expect(try await rename(first, old.rawValue).content.slug == old)
        }
    }

    @Test("An edit from a stale version is refused with the current one")
    func staleEdit() async throws {
        try await Marketplace.open { market in
            let product = try await market.product(
                of: market.vendor(), NewVariant(sku: "S", kind: .licenceKey, price: price))
            let useCase = UpdateProduct(audit: market.audit, clock: market.clock)
            func update(_ id: ID<Product>, _ changes: ProductChanges) async throws -> Product {
                try await market.work { try await useCase(id, changes, version: 1, by: .system, in: $0) }
            }
            let updated = try await update(product.id, ProductChanges(title: "New"))
            #expect(updated.version == 2 && updated.title == "New" && updated.status == .active)
            #expect(
                try await ProductStore().product(product.id, visibleTo: .everything, in: market.client) == updated)
            #expect(updated.description == product.description)
            await #expect(throws: Problem.versionMismatch(current: 2)) {
                try await update(product.id, ProductChanges(title: "Other"))
            }
            await #expect(throws: Problem.notFound("product")) {
                try await update(ID(uuid: market.ids.next()), ProductChanges(title: "Other"))
            }
        }
    }

    @Test("A SKU belongs to one variant of a vendor; another vendor may use it too")
    func skus() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            _ = try await market.product(of: vendor, NewVariant(sku: "S", kind: .licenceKey, price: price))
            let problem = await #expect(throws: Problem.self) {
                try await market.product(of: vendor, NewVariant(sku: "S", kind: .licenceKey, price: price))
            }
            #expect(problem?.type == "sku-taken" && problem?.status == 409)
            _ = try await market.product(of: market.vendor(), NewVariant(sku: "S", kind: .licenceKey, price: price))
        }
    }

    @Test("All fields of a product that are not acceptable are named")
    func refusal() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            let problem = await #expect(throws: Problem.self) {
                try await market.product(
                    of: vendor, title: "",
                    NewVariant(sku: "A", kind: .physical, price: price),
                    NewVariant(
                        sku: "A", kind: .licenceKey, price: Money(minorUnits: -1, currency: .bdt), weightGrams: 1))
            }
            #expect(
                problem?.fields.map(\.pointer) == [
                    "/title", "/variants/0/weight_grams", "/variants/1/weight_grams", "/variants/1/price/minor_units",
                    "/variants/1/sku",
                ])
        }
    }

    @Test("An unknown vendor is named as the field that is wrong")
    func unknownVendor() async throws {
        try await Marketplace.open { market in
            let create = CreateProduct(audit: market.audit, ids: market.ids, clock: market.clock)
            let problem = await #expect(throws: Problem.self) {
                try await market.work {
                    try await create(
                        NewProduct(
                            vendor: ID(uuid: market.ids.next()), title: "T",
                            variants: [NewVariant(sku: "S", kind: .licenceKey, price: price)]), by: .system, in: $0)
                }
            }
            #expect(problem?.fields.map(\.pointer) == ["/vendor_id"])
        }
    }

    @Test("Only active products of active vendors are offered")
    func offers() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor(commission: .percent(7))
            let active = try await market.product(of: vendor, NewVariant(sku: "A", kind: .licenceKey, price: price))
            let draft = try await market.product(
                of: vendor, isOnSale: false, NewVariant(sku: "B", kind: .licenceKey, price: price))
            let wanted = (active.variants + draft.variants).map(\.id)
            let offers = try await ProductStore().offers(for: wanted, at: market.clock.now, in: market.client)
            #expect(offers.map(\.variant) == [active.variants[0].id])
            #expect(offers.first?.commissionRate == .percent(7))
            try await market.owner.execute("UPDATE vendors SET status = 'suspended'")
            #expect(try await ProductStore().offers(for: wanted, at: market.clock.now, in: market.client).isEmpty)
        }
    }
}
