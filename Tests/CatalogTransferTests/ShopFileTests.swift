import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Postgres
import Testing
import Vendors

@testable import CatalogTransfer

@Suite("Files of other shops")
struct ShopFileTests {
    @Test("An export of Shopify's comes in as it is, and what is not taken is named")
    func shopify() async throws {
        try await Depot.open { depot in
            let one = try await depot.take(Depot.fixture("shopify.csv"))
            #expect(one.state == .done && one.layout == .shopify)
            #expect(one.counts.created == 3 && one.counts.refused == 1 && one.counts.all == 4)
            let report = try await depot.report(one)
            let saree = try await depot.product(report["jamdani-saree"])
            #expect(
                saree.description.replacing("\u{A0}", with: " ") == """
                    Hand-woven in Rupganj, soft & light.

                    • 100% cotton
                    • 5.5 m with blouse piece

                    Wash by hand — care guide.
                    """)
            #expect(saree.status == .active && saree.content.brand == "Rupganj Looms")
            #expect(saree.content.searchListing.title == "Jamdani saree from Rupganj")
            #expect(saree.options.map(\.name) == ["Colour", "Size"])
            #expect(saree.options.map(\.choices) == [["Red", "Blue"], ["Free"]])
            #expect(saree.variants.map(\.sku) == ["JS-RED", "JS-BLUE"])
            #expect(saree.variants.map(\.price.minorUnits) == [450_000, 470_000])
            #expect(saree.variants[0].currentPrice.compareAt?.minorUnits == 520_000)
            #expect(saree.variants[0].details.gtin?.rawValue == "4006381333931")
            #expect(saree.variants.map(\.weightGrams) == [620, 620])
            let own = try await depot.extraFields(of: saree)
            #expect(own[saree.variants[0].id]?["Tags"] == "cotton, handloom, eid")
            #expect(own[saree.variants[0].id]?["Cost per item"] == "3100.00")
            #expect(own[saree.variants[1].id]?["Variant Barcode"] == "12345")
            #expect(own[nil]?["Type"] == "Saree")
            #expect(report["jamdani-saree"]?.lastLine == 9)
            #expect(report["jamdani-saree"]?.keptColumns.contains("Variant Inventory Qty") == true)
            #expect(report["jamdani-saree"]?.marks.contains { $0.hasSuffix("Body (HTML) markup") } == true)
            #expect(report["jamdani-saree"]?.marks.contains { $0.hasSuffix("Variant Barcode check_digit") } == true)
            let kantha = try await depot.product(report["nakshi-kantha"])
            #expect(kantha.title == "Nakshi Kantha “Padma”, নকশি কাঁথা" && kantha.options.isEmpty)
            #expect(kantha.variants[0].sku == "nakshi-kantha" && kantha.status == .draft)
            #expect(report["nakshi-kantha"]?.marks.contains { $0.hasSuffix("Status not_offered") } == true)
            let card = try await depot.product(report["gift-card"])
            #expect(card.variants.map(\.kind) == [.licenceKey, .licenceKey])
            #expect(report["too-dear"]?.outcome == .refused)
            #expect(report["too-dear"]?.marks.contains { $0.hasSuffix("Variant Price format") } == true)
            let again = try await depot.take(Depot.fixture("shopify.csv"))
            #expect(again.counts.unchanged == 3 && again.counts.refused == 1)
        }
    }

    @Test("The columns of Shopify's newer exports are understood as well")
    func newShopify() async throws {
        try await Depot.open { depot in
            let one = try await depot.take(Depot.fixture("shopify_2025.csv"))
            #expect(one.layout == .shopify && one.counts.created == 2)
            let report = try await depot.report(one)
            let cup = try await depot.product(report["clay-cup"])
            #expect(cup.description.replacing("\u{A0}", with: " ") == "Fired in Savar.\nHolds 200 ml.")
            #expect(cup.variants.map(\.price.minorUnits) == [12_050, 19_000] && cup.status == .active)
            #expect(cup.options.map(\.choices) == [["Small", "Large"]])
            #expect(try await depot.product(report["tea-tray"]).variants.map(\.sku) == ["TRAY"])
        }
    }

    @Test("An export of WooCommerce's comes in as it is, its variations wherever they stand")
    func woocommerce() async throws {
        try await Depot.open { depot in
            try await depot.market.work { work in
                let manage = ManageCategories(
                    audit: depot.market.audit, ids: depot.market.ids, clock: depot.market.clock)
                let clothing = try await manage.create(NewCategory(name: "Clothing"), by: .system, in: work)
                _ = try await manage.create(NewCategory(parent: clothing.id, name: "T-Shirts"), by: .system, in: work)
            }
            let one = try await depot.take(Depot.fixture("woocommerce.csv"))
            #expect(one.state == .done && one.layout == .woocommerce, "\(one.problem ?? "")")
            #expect(one.counts.created == 3 && one.counts.skipped == 3, "\(one.counts)")
            let report = try await depot.report(one)
            let tee = try await depot.product(report["woo-vneck-tee"])
            #expect(tee.description == "This is a variable product.\n\nSoft cotton.\n\nMade in Dhaka.")
            #expect(tee.options.map(\.name) == ["Color"] && tee.options[0].choices == ["Blue", "Green", "Red"])
            #expect(tee.variants.map(\.sku) == ["woo-vneck-tee-red", "woocommerce-77"])
            #expect(tee.variants.map(\.details.choices) == [["Red"], ["Green"]])
            #expect(tee.variants.map(\.weightGrams) == [500, 550])
            #expect(tee.variants[0].details.dimensions == Dimensions(length: 240, width: 10, height: 20))
            #expect(tee.variants[1].price.minorUnits == 40_000)
            #expect(tee.variants[1].currentPrice.compareAt?.minorUnits == 45_000)
            let own = try await depot.extraFields(of: tee)
            #expect(own[nil]?["Attribute 2 name"] == "Fabric" && own[nil]?["Tags"] == "summer, cotton")
            #expect(own[tee.variants[0].id]?["Stock"] == "7")
            let placed = try await CategoryStore().categories(of: tee.id, from: depot.market.client)
            #expect(placed.map(\.content.name) == ["T-Shirts"])
            #expect(report["woo-vneck-tee"]?.marks.contains { $0.hasSuffix("Categories unknown") } == true)
            let beanie = try await depot.product(report["woo-beanie"])
            let prices = try await ProductStore().prices(of: beanie.variants[0].id, in: depot.market.client)
            #expect(prices[0].sales.map(\.amount.minorUnits) == [18_000])
            #expect(prices[0].sales[0].endsAt.timeIntervalSince(prices[0].sales[0].startsAt) == 31 * 86_400)
            #expect(try await depot.product(report["woo-album"]).variants[0].kind == .licenceKey)
            #expect(report["logo-collection"]?.outcome == .skipped && report["wp-pennant"]?.outcome == .skipped)
            #expect(report["lost"]?.marks == ["9 Parent unknown"])
            let again = try await depot.take(Depot.fixture("woocommerce.csv"))
            #expect(again.counts.unchanged == 3 && again.counts.skipped == 3)
        }
    }

    @Test("A file that is not UTF-8 is read as Windows-1252, and that is said")
    func windows1252() async throws {
        try await Depot.open { depot in
            var file = Array("Handle,Title,Variant SKU,Variant Price,Variant Grams\r\ncafe,Caf".utf8)
            file += [0xE9, 0x20, 0x93, 0x78, 0x94, 0x20, 0x80] + Array(",C,5,10\r\nplain,Plain,P,5,10\r\n".utf8)
            let report = try await depot.report(try await depot.take(file))
            #expect(try await depot.product(report["cafe"]).title == "Café “x” €")
            #expect(report["cafe"]?.marks == ["2  encoding"] && report["plain"]?.marks == [])
        }
    }
}
