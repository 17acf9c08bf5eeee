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

@Suite("Finding products")
struct FindingTests {
    @Test("What is on sale is found by words of its title, brand, SKU and description, and nothing else is")
    func words() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            _ = try await market.good("Red cotton shirts", sku: "RCS-100-XL", brand: "Aarong", of: vendor)
            _ = try await market.good("Blue jeans", description: "Goes well with a shirt.", of: vendor)
            _ = try await market.product(
                of: vendor, title: "Hidden shirt", isOnSale: false,
                NewVariant(sku: "H", kind: .licenceKey, price: Money(minorUnits: 1, currency: .bdt)))
            try await market.bringSearchInLine()
            #expect(try await market.titles("shirt") == ["Red cotton shirts", "Blue jeans"])
            #expect(try await market.titles("SHIRTS the red") == ["Red cotton shirts"])
            #expect(try await market.titles("aarong") == ["Red cotton shirts"])
            #expect(try await market.titles("rcs-100-xl") == ["Red cotton shirts"])
            #expect(try await market.titles("rcs100xl") == ["Red cotton shirts"])
            #expect(try await market.titles("jeans red").isEmpty)
            #expect(try await market.titles().count == 2)
        }
    }

    @Test("Words are found in Bengali and Hindi, whatever form and script they are typed in")
    func scripts() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            let saree = try await market.good("Jamdani saree", of: vendor)
            _ = try await market.good("কলমের বাক্স", of: vendor)
            _ = try await market.work {
                try await TranslateCatalogue(audit: market.audit, clock: market.clock).set(
                    ProductTranslation(locale: ContentLocale(rawValue: "hi")!, title: "किताबें और साड़ियाँ"), of: saree.id,
                    by: .system, in: $0)
            }
            try await market.bringSearchInLine()
            for text in ["saree", "sari", "শাড়ি", "সাড়ি", "জামদানি", "जामदानी", "किताब"] {
                #expect(try await market.titles(text) == ["Jamdani saree"], "\(text)")
            }
            for text in ["কলম", "কলমের", "kolomer"] {
                #expect(try await market.titles(text) == ["কলমের বাক্স"], "\(text)")
            }
        }
    }

    @Test("A misspelt word finds what is nearest, and says so; a word of a description is right as it is")
    func typos() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            _ = try await market.good("Samsung refrigerator", description: "Very frosty.", of: vendor)
            _ = try await market.good("Frosts", of: vendor)
            try await market.bringSearchInLine()
            let found = try await market.search("samsnug refrigeratr")
            #expect(found.page.items.map(\.title) == ["Samsung refrigerator"])
            #expect(found.corrected == "samsung refrigerator")
            let frosty = try await market.search("frosty")
            #expect(frosty.corrected == nil && frosty.page.items.map(\.title) == ["Samsung refrigerator"])
            #expect(try await market.titles("xylophone").isEmpty)
        }
    }

    @Test("Synonyms are searched for as one, phrases as well, until they are deleted")
    func synonyms() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            _ = try await market.good("Mobile", of: vendor)
            _ = try await market.good("Cell cover for every phone", of: vendor)
            try await market.bringSearchInLine()
            let manage = ManageSynonyms(audit: market.audit, ids: market.ids, clock: market.clock)
            let synonym = try await market.work {
                try await manage.create(["Cell phone", "mobile", "মুঠোফোন"], by: .system, in: $0)
            }
            #expect(try await market.titles("cell phone").count == 2)
            #expect(try await market.titles("মুঠোফোন").count == 2)
            try await market.work { try await manage.delete(synonym.id, by: .system, in: $0) }
            #expect(try await market.titles("মুঠোফোন").isEmpty)
            await #expect(throws: Problem.self) {
                try await market.work { _ = try await manage.create(["Mobile", "MOBILE"], by: .system, in: $0) }
            }
        }
    }

    @Test("What matches the query’s own word comes before what is only described so, and the newest first")
    func relevance() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            _ = try await market.good("Tea cup", of: vendor)
            _ = try await market.good("Cup", description: "For tea.", of: vendor)
            _ = try await market.good("Tea tray", of: vendor)
            try await market.bringSearchInLine()
            #expect(try await market.titles("tea") == ["Tea tray", "Tea cup", "Cup"])
        }
    }

    @Test("Pages of every order follow one another without gap and repetition while products come and go")
    func pages() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            for number in 0..<7 {
                _ = try await market.good(
                    "Lamp \(number)", price: [500, 300, 300, 900, 100, 300, 700][number], of: vendor)
            }
            try await market.bringSearchInLine()
            for sort in SearchRequest.Sort.allCases {
                var seen: [String] = []
                var cursor: String?
                repeat {
                    let page = try await market.search("lamp") {
                        $0.sort = sort
                        $0.currency = .bdt
                        $0.page = PageRequest(limit: 2, cursor: cursor)
                    }
                    #expect((page.facets == nil) == (cursor != nil))
                    seen += page.page.items.map(\.title)
                    cursor = page.page.next?.encoded
                    if sort == .newest, seen.count == 2 {
                        _ = try await market.good("Lamp late", of: vendor)
                        try await market.bringSearchInLine()
                    }
                } while cursor != nil
                let lamps = seen.filter { $0 != "Lamp late" }
                #expect(lamps.count == 7 && Set(lamps).count == 7, "\(sort): \(seen)")
                if sort == .newest { #expect(seen.first == "Lamp 6" && !seen.contains("Lamp late")) }
                if sort == .priceAscending { #expect(lamps.first == "Lamp 4" && lamps.last == "Lamp 3") }
                if sort == .priceDescending { #expect(lamps.first == "Lamp 3" && lamps.last == "Lamp 4") }
            }
            let cursor = try await market.search("lamp") { $0.page = PageRequest(limit: 2) }.page.next
            await #expect(throws: Problem.invalidCursor) {
                _ = try await market.search("lamp") {
                    $0.sort = .newest
                    $0.page = PageRequest(limit: 2, cursor: cursor?.encoded)
                }
            }
        }
    }

    @Test("The same search is answered from memory for a moment, and then anew")
    func repeated() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            _ = try await market.good("Lamp", of: vendor)
            try await market.bringSearchInLine()
            let find = market.find
            let request = SearchRequest(text: "lamp")
            #expect(try await find(request, from: market.client).page.items.count == 1)
            _ = try await market.good("Lamp two", of: vendor)
            try await market.bringSearchInLine()
            #expect(try await find(request, from: market.client).page.items.count == 1)
            market.clock.advance(by: 6)
            #expect(try await find(request, from: market.client).page.items.count == 2)
        }
    }
}
