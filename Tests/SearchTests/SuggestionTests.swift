import Catalog
import CommerceTestSupport
import Core
import Postgres
import Testing

@testable import Search

@Suite("Suggestions")
struct SuggestionTests {
    @Test("What is typed is completed by words and the beginnings of titles, the most frequent first")
    func completion() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            for title in ["Samsung Galaxy A15", "Samsung Galaxy S24", "Sandals", "শাড়ি লাল"] {
                _ = try await market.good(title, of: vendor)
            }
            try await market.bringSearchInLine()
            try await CountSearchTerms().count(in: market.queue)
            let suggest = SuggestTerms(clock: market.clock)
            func texts(_ text: String) async throws -> [String] {
                try await suggest(text, limit: 10, from: market.client).map(\.text)
            }
            #expect(try await texts("Sams").prefix(2) == ["samsung", "samsung galaxy"])
            #expect(try await texts("samsung g") == ["samsung galaxy", "samsung galaxy a15", "samsung galaxy s24"])
            #expect(try await texts("s").contains("sandals"))
            #expect(try await texts("sari").contains("শাড়ি"))
            #expect(try await texts("sandels") == ["sandals"])
            #expect(try await texts("red sand").contains("red sandals"))
            #expect(try await texts("।").isEmpty)
            #expect(try await suggest("samsung", limit: 10, from: market.client).first?.products == 2)
        }
    }
}
