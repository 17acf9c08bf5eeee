import Catalog
import Core
import Endpoints
import Foundation
import Search

/// A page of what was found.
struct SearchResultView: APIOutput {
    let result: SearchResult

    static let example = SearchResultView(
        result: SearchResult(
            page: Page(items: [ProductSummaryView.example.card], next: nil), total: 1, isApproximate: false,
            facets: SearchFacetsView.example.facets, corrected: nil))

    func write(to out: inout ObjectWriter) {
        let next = result.page.next?.encoded
        out.field(
            "data", result.page.items.map(ProductSummaryView.init), "What was found, in the order that was asked for")
        out.field("next_cursor", next, "Pass it as `cursor` to read the next page; null on the last")
        out.field("has_more", next != nil, "Whether there is a next page")
        out.field("corrected_query", result.corrected, "What was searched for in place of what was misspelt")
        out.field("total", result.facets.map { _ in result.total }, "How many match; with the first page alone")
        out.field("is_approximate", result.isApproximate, "Whether the total is an estimate")
        out.field("facets", result.facets.map(SearchFacetsView.init), "With the first page alone")
    }
}

/// What the search can be narrowed by.
struct SearchFacetsView: APIOutput {
    let facets: SearchFacets

    static let schemaName = "SearchFacets"
    static let example = SearchFacetsView(
        facets: SearchFacets(
            categories: [SearchFacets.CategoryCount(id: .example, name: "Software", count: 1)],
            vendors: [SearchFacets.VendorCount(id: .example, name: "Lekha", count: 1)],
            countries: [SearchFacets.CountryCount(code: "BD", count: 1)],
            attributes: [
                SearchFacets.AttributeCounts(
                    code: "platform", name: "Platform",
                    choices: [SearchFacets.AttributeCounts.Choice(code: "linux", name: "Linux", count: 1)])
            ], inStock: 1,
            price: SearchFacets.PriceCounts(
                currency: .bdt, lowest: 129_900, highest: 129_900,
                ranges: [SearchFacets.PriceCounts.Range(from: 100_000, below: 200_000, count: 1)])))

    func write(to out: inout ObjectWriter) {
        out.field("is_approximate", facets.isApproximate, "Whether some counts are estimates")
        out.field(
            "categories", facets.categories.map(CategoryCountView.init),
            "At the root, and beside and below those chosen")
        out.field("vendors", facets.vendors.map(VendorCountView.init), "Those with the most matches")
        out.field("countries", facets.countries.map(CountryCountView.init), "Where matches come from")
        out.field("attributes", facets.attributes.map(AttributeCountsView.init), "What matches are like")
        out.field("in_stock", facets.inStock, "How many can be bought now")
        out.field(
            "price", facets.price.map(PriceCountsView.init),
            "null without `currency`, or where nothing has a price in it")
    }
}

struct CategoryCountView: APIOutput {
    let value: SearchFacets.CategoryCount

    static let example = CategoryCountView(value: SearchFacetsView.example.facets.categories[0])

    func write(to out: inout ObjectWriter) {
        out.field("category_id", value.id)
        out.field("name", value.name)
        out.field("count", value.count)
    }
}

struct VendorCountView: APIOutput {
    let value: SearchFacets.VendorCount

    static let example = VendorCountView(value: SearchFacetsView.example.facets.vendors[0])

    func write(to out: inout ObjectWriter) {
        out.field("vendor_id", value.id)
        out.field("name", value.name)
        out.field("count", value.count)
    }
}

struct CountryCountView: APIOutput {
    let value: SearchFacets.CountryCount

    static let example = CountryCountView(value: SearchFacetsView.example.facets.countries[0])

    func write(to out: inout ObjectWriter) {
        out.field("country", value.code, "ISO 3166-1 alpha-2")
        out.field("count", value.count)
    }
}

struct AttributeCountsView: APIOutput {
    let value: SearchFacets.AttributeCounts

    static let example = AttributeCountsView(value: SearchFacetsView.example.facets.attributes[0])

    func write(to out: inout ObjectWriter) {
        out.field("code", value.code, "Stands before the colon in `attribute`")
        out.field("name", value.name)
        out.field("choices", value.choices.map(ChoiceCountView.init))
    }
}

struct ChoiceCountView: APIOutput {
    let value: SearchFacets.AttributeCounts.Choice

    static let example = ChoiceCountView(value: AttributeCountsView.example.value.choices[0])

    func write(to out: inout ObjectWriter) {
        out.field("code", value.code)
        out.field("name", value.name)
        out.field("count", value.count)
    }
}

struct PriceCountsView: APIOutput {
    let value: SearchFacets.PriceCounts

    static let example = PriceCountsView(
        value: SearchFacets.PriceCounts(
            currency: .bdt, lowest: 129_900, highest: 129_900,
            ranges: [SearchFacets.PriceCounts.Range(from: 100_000, below: 200_000, count: 1)]))

    func write(to out: inout ObjectWriter) {
        out.field("currency", value.currency)
        out.field("lowest_minor", value.lowest, "What the cheapest match costs")
        out.field("highest_minor", value.highest, "What the dearest match costs at least")
        out.field("ranges", value.ranges.map(PriceRangeCountView.init), "In their order")
    }
}

struct PriceRangeCountView: APIOutput {
    let value: SearchFacets.PriceCounts.Range

    static let example = PriceRangeCountView(value: PriceCountsView.example.value.ranges[0])

    func write(to out: inout ObjectWriter) {
        out.field("from_minor", value.from)
        out.field("below_minor", value.below, "null for all above")
        out.field("count", value.count)
    }
}

struct SuggestionView: APIOutput {
    let suggestion: Suggestion

    static let example = SuggestionView(suggestion: Suggestion(text: "antivirus", products: 12))

    func write(to out: inout ObjectWriter) {
        out.field("text", suggestion.text)
        out.field("products", suggestion.products, "In about how many names it is; 0 where that is not known")
    }
}

struct SynonymView: APIOutput {
    let synonym: Synonym

    static let example = SynonymView(
        synonym: Synonym(id: .example, terms: ["mobile", "cell phone", "মোবাইল"], createdAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("id", synonym.id)
        out.field("terms", synonym.terms)
        out.field("created_at", synonym.createdAt)
    }
}
