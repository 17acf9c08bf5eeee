import Catalog
import CommerceTestSupport
import Core
import Identity
import Postgres
import Testing
import Vendors

@Suite("Variants and options")
struct VariantTests {
    private let price = Money(minorUnits: 9_900, currency: .bdt)

    private func shirt(in market: Marketplace) async throws -> Product {
        func variant(_ size: String) -> NewVariant {
            NewVariant(
                kind: .physical, details: VariantDetails(sku: "T-\(size)", choices: [size], weightGrams: 200),
                price: Price(amount: price))
        }
        let new = NewProduct(
            vendor: try await market.vendor().id, title: "Shirt", isSubmitted: true,
            options: [ProductOption(name: "Size", choices: ["S", "M", "L"])], variants: [variant("S"), variant("M")])
        return try await market.work {
            try await CreateProduct(audit: market.audit, ids: market.ids, clock: market.clock)(
                new, by: .system, in: $0)
        }
    }

    private func edit(_ market: Marketplace) -> EditVariants {
        EditVariants(audit: market.audit, ids: market.ids, clock: market.clock)
    }

    @Test("A variant is added behind the others, with its price and the product’s next version")
    func adding() async throws {
        try await Marketplace.open { market in
            let product = try await shirt(in: market)
            let new = NewVariant(
                kind: .physical, details: VariantDetails(sku: "T-L", choices: ["L"], weightGrams: 220),
                price: Price(amount: Money(minorUnits: 10_900, currency: .bdt)))
            let grown = try await market.work {
                try await edit(market).add(new, to: product.id, by: .system, in: $0)
            }
            #expect(grown.version == 2 && grown.variants.map(\.sku) == ["T-S", "T-M", "T-L"])
            let read = try await ProductStore().product(product.id, visibleTo: .everything, in: market.client)
            #expect(read == grown)
            let offers = try await ProductStore().offers(
                for: grown.variants.map(\.id), at: market.clock.now, in: market.client)
            #expect(Set(offers.map(\.price.minorUnits)) == [9_900, 10_900])
        }
    }

    @Test("Choices are those of the options, and no two variants have the same ones")
    func choices() async throws {
        try await Marketplace.open { market in
            let product = try await shirt(in: market)
            func add(_ choices: [String], currency: Currency = .bdt) async throws {
                _ = try await market.work {
                    try await edit(market).add(
                        NewVariant(
                            kind: .physical, details: VariantDetails(sku: "X", choices: choices, weightGrams: 1),
                            price: Price(amount: Money(minorUnits: 1, currency: currency))), to: product.id,
                        by: .system, in: $0)
                }
            }
            let unknown = await #expect(throws: Problem.self) { try await add(["XL"]) }
            #expect(unknown?.fields.map(\.pointer) == ["/choices/0"])
            let missing = await #expect(throws: Problem.self) { try await add([]) }
            #expect(missing?.fields.map(\.pointer) == ["/choices"])
            let foreign = await #expect(throws: Problem.self) { try await add(["L"], currency: .usd) }
            #expect(foreign?.fields.map(\.pointer) == ["/price/currency"])
            let taken = await #expect(throws: Problem.self) { try await add(["M"]) }
            #expect(taken?.type == "choices-taken")
        }
    }

    @Test("A variant is edited, moved among the others, and its SKU stays unique")
    func editing() async throws {
        try await Marketplace.open { market in
            let product = try await shirt(in: market)
            let (small, medium) = (product.variants[0], product.variants[1])
            var changes = VariantChanges()
            changes.choices = ["L"]
            changes.gtin = GTIN(rawValue: "96385074")
            changes.maximumQuantity = 3
            changes.position = 1
            let edited = try await market.work { [changes] in
                try await edit(market).update(medium.id, changes, version: 1, by: .system, in: $0)
            }
            #expect(edited.variants.map(\.id) == [medium.id, small.id])
            #expect(edited.variants[0].details.choices == ["L"])
            #expect(edited.variants[0].details.quantityPerOrder == QuantityPerOrder(minimum: 1, maximum: 3))
            let read = try await ProductStore().product(product.id, visibleTo: .everything, in: market.client)
            #expect(read == edited)
            var taken = VariantChanges()
            taken.sku = "T-S"
            let problem = await #expect(throws: Problem.self) {
                try await market.work { [taken] in
                    try await edit(market).update(medium.id, taken, version: nil, by: .system, in: $0)
                }
            }
            #expect(problem?.type == "sku-taken")
            await #expect(throws: Problem.versionMismatch(current: 2)) {
                try await market.work { [changes] in
                    try await edit(market).update(medium.id, changes, version: 1, by: .system, in: $0)
                }
            }
        }
    }

    @Test("A removed variant is sold no more, its SKU is free again, and the last one stays")
    func removing() async throws {
        try await Marketplace.open { market in
            let product = try await shirt(in: market)
            let (small, medium) = (product.variants[0], product.variants[1])
            let left = try await market.work {
                try await edit(market).remove(small.id, version: 1, by: .system, in: $0)
            }
            #expect(left.variants.map(\.id) == [medium.id])
            let store = ProductStore()
            #expect(try await store.offers(for: [small.id], at: market.clock.now, in: market.client).isEmpty)
            #expect(try await store.variant(small.id, visibleTo: .everything, in: market.client) == nil)
            let again = NewVariant(
                kind: .physical, details: VariantDetails(sku: "T-S", choices: ["S"], weightGrams: 200),
                price: Price(amount: price))
            _ = try await market.work { try await edit(market).add(again, to: product.id, by: .system, in: $0) }
            _ = try await market.work { try await edit(market).remove(medium.id, version: nil, by: .system, in: $0) }
            let rest = try await store.product(product.id, visibleTo: .everything, in: market.client)
            let last = try #require(rest?.variants.first)
            let problem = await #expect(throws: Problem.self) {
                try await market.work { try await edit(market).remove(last.id, version: nil, by: .system, in: $0) }
            }
            #expect(problem?.type == "last-variant")
        }
    }

    @Test("Options are rearranged as long as they keep what variants have chosen")
    func options() async throws {
        try await Marketplace.open { market in
            let product = try await shirt(in: market)
            func set(_ options: [ProductOption]) async throws -> Product {
                try await market.work {
                    try await SetProductOptions(audit: market.audit, clock: market.clock)(
                        options, of: product.id, by: .system, in: $0)
                }
            }
            let renamed = try await set([ProductOption(name: "Grösse", choices: ["XS", "S", "M"])])
            #expect(renamed.options == [ProductOption(name: "Grösse", choices: ["XS", "S", "M"])])
            let read = try await ProductStore().product(product.id, visibleTo: .everything, in: market.client)
            #expect(read == renamed)
            let lost = await #expect(throws: Problem.self) {
                try await set([ProductOption(name: "Size", choices: ["S"])])
            }
            #expect(lost?.fields.map(\.pointer) == ["/options/0/choices"])
            let fewer = await #expect(throws: Problem.self) { try await set([]) }
            #expect(fewer?.fields.map(\.pointer) == ["/options"])
        }
    }

    @Test("Whoever sells something else finds no variant to edit")
    func reach() async throws {
        try await Marketplace.open { market in
            let product = try await shirt(in: market)
            let other = Principal(
                .vendorMember(market.ids.next()), permissions: [.productsUpdate],
                visibility: .vendor(try await market.vendor().id.uuid))
            await #expect(throws: Problem.notFound("variant")) {
                try await market.work {
                    try await edit(market).remove(product.variants[0].id, version: nil, by: other, in: $0)
                }
            }
        }
    }
}
