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

    @Test("The listing shows active products, the newest first, page by page")
    func listing() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            var expected: [ID<Product>] = []
            for number in 0..<5 {
                let product = try await market.product(
                    of: vendor, title: "P\(number)",
                    NewVariant(sku: "S\(number)", kind: .licenceKey, price: price))
                expected.insert(product.id, at: 0)
            }
            let draft = try await market.product(
                of: vendor, status: .draft, NewVariant(sku: "D", kind: .licenceKey, price: price))
            var seen: [ID<Product>] = []
            var cursor: String?
            repeat {
                let page = try await ProductStore().products(
                    status: .active, page: PageRequest(limit: 2, cursor: cursor), in: market.client)
                #expect(page.items.allSatisfy { $0.variants.count == 1 })
                seen += page.items.map(\.id)
                cursor = page.next?.encoded
            } while cursor != nil
            #expect(seen == expected)
            let all = try await ProductStore().products(
                status: nil, vendor: vendor.id, page: PageRequest(), in: market.client)
            #expect(all.items.first?.id == draft.id)
            #expect(all.items.count == 6)
        }
    }

    @Test("An edit from a stale version is refused with the current one")
    func staleEdit() async throws {
        try await Marketplace.open { market in
            let product = try await market.product(
                of: market.vendor(), NewVariant(sku: "S", kind: .licenceKey, price: price))
            let useCase = UpdateProduct(audit: market.audit)
            func update(_ id: ID<Product>, _ changes: ProductChanges) async throws -> Product {
                try await market.work { try await useCase(id, changes, version: 1, by: .system, in: $0) }
            }
            let updated = try await update(product.id, ProductChanges(title: "New", status: .archived))
            #expect(updated.version == 2 && updated.title == "New" && updated.status == .archived)
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
                    "/title", "/variants/0/weight_grams", "/variants/1/price/minor_units", "/variants/1/weight_grams",
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
                of: vendor, status: .draft, NewVariant(sku: "B", kind: .licenceKey, price: price))
            let wanted = (active.variants + draft.variants).map(\.id)
            let offers = try await ProductStore().offers(for: wanted, at: market.clock.now, in: market.client)
            #expect(offers.map(\.variant) == [active.variants[0].id])
            #expect(offers.first?.commissionRate == .percent(7))
            try await market.owner.execute("UPDATE vendors SET status = 'suspended'")
            #expect(try await ProductStore().offers(for: wanted, at: market.clock.now, in: market.client).isEmpty)
        }
    }
}
