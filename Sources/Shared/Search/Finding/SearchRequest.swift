package import Catalog
package import Core
package import Vendors

/// What somebody looks for.
package struct SearchRequest: Hashable, Sendable {
    /// What a text must be like.
    package static let text = TextRule(0...200, .line)
    /// How many of one kind may be chosen.
    package static let choiceCount = 0...20
    /// Of how many attributes.
    static let mostAttributes = 6

    /// What a product costs at least, in one currency.
    package struct PriceRange: Hashable, Sendable {
        package let minimum: Int64?
        package let maximum: Int64?

        package init(minimum: Int64? = nil, maximum: Int64? = nil) {
            self.minimum = minimum
            self.maximum = maximum
        }
    }

    /// A value of an attribute, both by their codes.
    package struct AttributeChoice: Hashable, Sendable {
        package let attribute: String
        package let choice: String

        package init(attribute: String, choice: String) {
            self.attribute = attribute
            self.choice = choice
        }
    }

    package enum Sort: String, Hashable, Sendable, CaseIterable {
        /// What is called so before what is described so, and the newest first.
        case relevance
        case newest
        case priceAscending = "price_asc"
        case priceDescending = "price_desc"

        var isByPrice: Bool { self == .priceAscending || self == .priceDescending }
    }

    /// Empty for everything.
    package var text: String
    /// Any of these, or what is below them.
    package var categories: [ID<Catalog.Category>] = []
    package var vendors: [ID<Vendor>] = []
    /// Of origin; ISO 3166-1 alpha-2.
    package var countries: [String] = []
    /// Any of the choices of an attribute, and that of each attribute.
    package var attributes: [AttributeChoice] = []
    package var isInStock = false
    /// Of prices: of the range, of the order and of the counts.
    package var currency: Currency?
    package var price = PriceRange()
    package var sort = Sort.relevance
    package var page = PageRequest()
    /// In which languages the answer is wanted.
    package var locales: [ContentLocale] = []

    package init(text: String = "") { self.text = text }

    /// - Throws: a 422 `Problem`.
    func check() throws(Problem) {
        var check = InputCheck()
        check.text("/q", text, Self.text)
        for (pointer, count) in [
            ("/category_id", categories.count), ("/vendor_id", vendors.count), ("/country", countries.count),
            ("/attribute", attributes.count),
        ] { check.number(pointer, count, in: Self.choiceCount) }
        if Set(attributes.map { UTF8Text($0.attribute) }).count > Self.mostAttributes {
            check.fail("/attribute", "too_many", "must be of at most \(Self.mostAttributes) attributes")
        }
        if currency == nil, price != PriceRange() || sort.isByPrice {
            check.fail("/currency", "required", "must say of which prices")
        }
        try check.finish()
    }
}
