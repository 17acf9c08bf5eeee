import CommerceTestSupport
import Core
import Foundation
import Identity
import Testing

@testable import Vendors

@Suite("Names by which vendors are found")
struct SlugTests {
    private let id = ID<Vendor>(uuid: UUID())

    @Test(
        "One is made of the letters and digits of a name",
        arguments: [
            ("Rahim Books", "rahim-books"), ("  Café — 24/7 ", "cafe-24-7"),
            ("A&B Traders, Dhaka", "a-b-traders-dhaka"),
            ("রহিম Books", "books"),
        ])
    func derived(row: (name: String, slug: String)) {
        #expect(Slug.derived(from: row.name, of: id).wanted.rawValue == row.slug)
    }

    @Test("A name without such letters gets one of the vendor's own", arguments: ["রহিম বই", "A", "万"])
    func withoutLetters(name: String) {
        let made = Slug.derived(from: name, of: id)
        #expect(made.wanted.rawValue == "vendor-\(id.description.suffix(12))" && made.wanted == made.unique)
    }

    @Test("Whatever the name, what is made of it is a vendor's slug")
    func alwaysSlugs() {
        for name in ["Rahim", String(repeating: "long name ", count: 30), "---", "ß", "Ⅷ", "a--b", ""] {
            let made = Slug.derived(from: name, of: id)
            for slug in [made.wanted, made.unique] {
                #expect(Slug.vendorRule.violations(of: slug.rawValue).isEmpty && Slug(rawValue: slug.rawValue) == slug)
            }
        }
    }

    @Test("The second of a name gets another one, and nobody can take one that somebody had")
    func taken() async throws {
        try await Marketplace.open { market in
            let first = try await market.vendor(named: "Rahim Books")
            let second = try await market.vendor(named: "Rahim Books")
            #expect(first.slug == "rahim-books" && second.slug.hasPrefix("rahim-books-"))
            func rename(_ vendor: Vendor, _ slug: String) async throws -> Vendor {
                var changes = VendorChanges()
                changes.slug = slug
                let wanted = changes
                return try await market.work {
                    try await market.update(vendor.id, wanted, version: nil, by: .system, in: $0).vendor
                }
            }
            #expect(try await rename(first, "rahim").slug == "rahim")
            let problem = await #expect(throws: Problem.self) { try await rename(second, "rahim-books") }
            #expect(problem?.type == "slug-taken")
            #expect(try await SlugStore().vendor(called: "rahim-books", in: market.client) == first.id)
            #expect(try await rename(first, "rahim-books").slug == "rahim-books")
            let read = ReadPublicProfile(clock: market.clock)
            #expect(try await read("rahim", in: market.client)?.vendor.slug == "rahim-books")
        }
    }

    @Test("A vendor may take so many names and no more")
    func limit() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor(named: "Rahim")
            func rename(_ slug: String) async throws {
                var changes = VendorChanges()
                changes.slug = slug
                let wanted = changes
                _ = try await market.work {
                    try await market.update(vendor.id, wanted, version: nil, by: .system, in: $0)
                }
            }
            for number in 1..<SlugStore.mostPerVendor { try await rename("rahim-\(number)") }
            await #expect(throws: Problem.self) { try await rename("one-more") }
            try await rename("rahim-1")
        }
    }
}
