import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Inventory
import Postgres
import Testing
import Vendors

@testable import Search

@Suite("Facets")
struct FacetTests {
    /// Three shirts of two vendors, in two colours and categories.
    private struct Wardrobe {
        let vendors: [Vendor]
        let clothes: Catalog.Category
        let shirts: Catalog.Category
        let products: [Product]
    }

    private func stage(_ market: Marketplace) async throws -> Wardrobe {
        let categories = ManageCategories(audit: market.audit, ids: market.ids, clock: market.clock)
        let clothes = try await market.work {
            try await categories.create(NewCategory(name: "Clothes"), by: .system, in: $0)
        }
        let shirts = try await market.work {
            try await categories.create(NewCategory(parent: clothes.id, name: "Shirts"), by: .system, in: $0)
        }
        let colour = try await market.work {
            try await ManageAttributes(audit: market.audit, ids: market.ids, clock: market.clock).create(
                NewAttribute(
                    code: "colour", kind: .choice, name: "Colour",
                    choices: [AttributeChoice(code: "red", name: "Red"), AttributeChoice(code: "blue", name: "Blue")]),
                by: .system, in: $0)
        }
        let vendors = [try await market.vendor(), try await market.vendor(named: "Karim Cloth")]
        var products: [Product] = []
        for (index, hue) in ["red", "blue", "blue"].enumerated() {
            let product = try await market.good(
                "Shirt \(index)", price: [15_000, 45_000, 60_000][index], of: vendors[index / 2])
            _ = try await market.work {
                try await PlaceProduct(audit: market.audit, clock: market.clock)(
                    product.id, in: [index == 0 ? clothes.id : shirts.id], by: .system, in: $0)
            }
            _ = try await market.work {
                try await DescribeProduct(audit: market.audit, clock: market.clock)(
                    product.id, by: [(colour.id, .choices([hue]))], by: .system, in: $0)
            }
            try await market.edit(product) { $0.countryOfOrigin = index == 0 ? "BD" : "IN" }
            products.append(product)
        }
        try await market.importKeys(["A"], into: products[1].variants[0])
        try await market.bringSearchInLine()
        return Wardrobe(vendors: vendors, clothes: clothes, shirts: shirts, products: products)
    }

    @Test("Matches are counted by category, vendor, country, attribute, stock and price")
    func counts() async throws {
        try await Marketplace.open { market in
            let wardrobe = try await stage(market)
            let found = try await market.search("shirt") { $0.currency = .bdt }
            let facets = try #require(found.facets)
            #expect(found.total == 3 && !found.isApproximate)
            #expect(facets.categories.map { "\($0.name) \($0.count)" } == ["Clothes 3"])
            #expect(facets.vendors.map { "\($0.name) \($0.count)" } == ["Rahim Books 2", "Karim Cloth 1"])
            #expect(facets.countries.map { "\($0.code) \($0.count)" } == ["IN 2", "BD 1"])
            #expect(facets.attributes.map(\.name) == ["Colour"])
            #expect(facets.attributes[0].choices.map { "\($0.name) \($0.count)" } == ["Blue 2", "Red 1"])
            #expect(facets.inStock == 1)
            let price = try #require(facets.price)
            #expect(price.lowest == 15_000 && price.highest == 60_000)
            #expect(
                price.ranges.map { "\($0.from) \($0.below ?? 0) \($0.count)" } == [
                    "10000 20000 1", "20000 50000 1", "50000 100000 1",
                ])
            #expect(try await market.search().facets?.price == nil)
            _ = wardrobe
        }
    }

    @Test("A facet’s own choice narrows the others and not itself; choices of one are alternatives")
    func ownSelection() async throws {
        try await Marketplace.open { market in
            let wardrobe = try await stage(market)
            let red = SearchRequest.AttributeChoice(attribute: "colour", choice: "red")
            let found = try await market.search { $0.attributes = [red] }
            #expect(found.page.items.map(\.id) == [wardrobe.products[0].id] && found.total == 1)
            #expect(found.facets?.attributes[0].choices.map(\.count) == [2, 1])
            #expect(found.facets?.vendors.map(\.count) == [1])
            let both = try await market.search {
                $0.attributes = [red, SearchRequest.AttributeChoice(attribute: "colour", choice: "blue")]
                $0.vendors = [wardrobe.vendors[1].id]
            }
            #expect(both.total == 1 && both.facets?.vendors.map(\.count) == [2, 1])
            let shirts = try await market.search { $0.categories = [wardrobe.shirts.id] }
            #expect(shirts.total == 2)
            #expect(shirts.facets?.categories.map { "\($0.name) \($0.count)" } == ["Clothes 3", "Shirts 2"])
            let cheap = try await market.search {
                $0.currency = .bdt
                $0.price = SearchRequest.PriceRange(maximum: 45_000)
                $0.isInStock = true
            }
            #expect(cheap.total == 1 && cheap.facets?.inStock == 1 && cheap.facets?.price?.highest == 45_000)
            #expect(try await market.titles { $0.countries = ["BD", "PK"] } == ["Shirt 0"])
            #expect(try await market.titles { $0.vendors = [ID(uuid: market.ids.next())] }.isEmpty)
            #expect(
                try await market.titles {
                    $0.attributes = [SearchRequest.AttributeChoice(attribute: "size", choice: "xl")]
                }.isEmpty)
        }
    }

    @Test("What facets are called is told in the language that is wanted")
    func names() async throws {
        try await Marketplace.open { market in
            let wardrobe = try await stage(market)
            let bengali = ContentLocale(rawValue: "bn")!
            try await market.work {
                try await TranslateCatalogue(audit: market.audit, clock: market.clock).set(
                    CategoryTranslation(locale: bengali, name: "পোশাক"), of: wardrobe.clothes.id, by: .system, in: $0)
            }
            try await market.bringSearchInLine()
            let found = try await market.search("পোশাক") { $0.locales = [bengali] }
            #expect(found.total == 3 && found.facets?.categories.first?.name == "পোশাক")
        }
    }

    @Test("A price needs its currency, and there are bounds to what may be chosen")
    func checks() async throws {
        try await Marketplace.open { market in
            for narrow: @Sendable (inout SearchRequest) -> Void in [
                { $0.sort = .priceAscending }, { $0.price = SearchRequest.PriceRange(minimum: 1) },
                { $0.countries = Array(repeating: "BD", count: 21) }, { $0.text = String(repeating: "x", count: 201) },
            ] {
                await #expect(throws: Problem.self) { _ = try await market.search("", narrow) }
            }
        }
    }
}
