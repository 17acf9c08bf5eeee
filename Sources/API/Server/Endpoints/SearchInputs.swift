import Catalog
import Core
import Endpoints
import Search
import Vendors

struct SearchInput: APIInput {
    /// But for the languages.
    let request: SearchRequest
    let locale: ContentLocale?

    init(_ fields: inout Fields) {
        var request = SearchRequest(
            text: fields.optional(
                "q", .text(SearchRequest.text), "What is looked for; empty for everything", default: ""))
        let count = SearchRequest.choiceCount
        request.categories = fields.optional(
            "category_id", .array(of: .id(Category.self), count: count), "Only what is there or below; repeatable",
            default: [])
        request.vendors = fields.optional(
            "vendor_id", .array(of: .id(Vendor.self), count: count), "Only products of these vendors; repeatable",
            default: [])
        request.countries = fields.optional(
            "country", .array(of: .text(Declarations.country), count: count), "Only what comes from there; repeatable",
            default: [])
        request.attributes = fields.optional(
            "attribute", .array(of: .attributeChoice, count: count),
            "Only what has the attribute’s choice, as `colour:red`; repeatable", default: [])
        request.isInStock = fields.optional("in_stock", .boolean, "Only what can be bought now", default: false)
        request.currency = fields.optional("currency", .currency, "In which prices are meant and counted")
        request.price = SearchRequest.PriceRange(
            minimum: fields.optional("price_min", .integer(Price.amount), "In minor units; what it costs at least"),
            maximum: fields.optional("price_max", .integer(Price.amount), "In minor units; what it costs at most"))
        request.sort = fields.optional("sort", .oneOf(SearchRequest.Sort.self), "In which order", default: .relevance)
        let isPriced =
            request.price != SearchRequest.PriceRange() || [.priceAscending, .priceDescending].contains(request.sort)
        fields.check(
            request.currency != nil || !isPriced, "currency", code: "required", "must say of which prices")
        locale = fields.locale()
        request.page = fields.page()
        self.request = request
    }
}

extension FieldKind where Value == SearchRequest.AttributeChoice {
    /// An attribute and one of its choices, by their codes.
    static var attributeChoice: FieldKind<SearchRequest.AttributeChoice> {
        FieldKind<String>.string(3...121, of: "a-z0-9_:").map(
            "must be an attribute’s code and a choice’s, with a colon between them",
            placeholder: SearchRequest.AttributeChoice(attribute: "colour", choice: "red"),
            to: { text in
                let sides = text.split(separator: ":", omittingEmptySubsequences: false)
                guard sides.count == 2, sides.allSatisfy({ !$0.isEmpty }) else { return nil }
                return SearchRequest.AttributeChoice(attribute: String(sides[0]), choice: String(sides[1]))
            }, from: { "\($0.attribute):\($0.choice)" })
    }
}

struct SuggestionsInput: APIInput {
    let text: String
    let limit: Int

    init(_ fields: inout Fields) {
        text = fields.required("q", .text(SuggestTerms.text), "What has been typed so far", example: "anti")
        limit = fields.optional("limit", .integer(SuggestTerms.count), "How many at most", default: 10)
    }
}

struct SynonymCreateInput: APIInput {
    let terms: [String]

    init(_ fields: inout Fields) {
        terms = fields.required(
            "terms", .array(of: .text(Synonym.term), count: Synonym.termCount), "Words and phrases that mean the same",
            example: ["mobile", "cell phone", "মোবাইল"])
    }
}
