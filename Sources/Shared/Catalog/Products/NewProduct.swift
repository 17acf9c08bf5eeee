package import Core
package import Vendors

/// What somebody enters to create a product.
package struct NewProduct: Hashable, Sendable {
    package let vendor: ID<Vendor>
    package let title: String
    package let description: String
    /// nil for one that is made of the title.
    package let slug: Slug?
    package let brand: String
    package let searchListing: SearchListing
    package let taxation: Taxation
    package let declarations: Declarations
    /// Whether it is put on sale at once, as far as its vendor may.
    package let isSubmitted: Bool
    package let options: [ProductOption]
    package let variants: [NewVariant]

    package init(
        vendor: ID<Vendor>, title: String, description: String = "", slug: Slug? = nil, brand: String = "",
        searchListing: SearchListing = SearchListing(), taxation: Taxation = Taxation(),
        declarations: Declarations = Declarations(), isSubmitted: Bool = false, options: [ProductOption] = [],
        variants: [NewVariant]
    ) {
        self.vendor = vendor
        self.title = title
        self.description = description
        self.slug = slug
        self.brand = brand
        self.searchListing = searchListing
        self.taxation = taxation
        self.declarations = declarations
        self.isSubmitted = isSubmitted
        self.options = options
        self.variants = variants
    }

    func content(of id: ID<Product>) -> ProductContent {
        ProductContent(
            title: title, description: description, slug: slug ?? Slug(from: title, of: id), brand: brand,
            searchListing: searchListing, taxation: taxation, declarations: declarations)
    }
}

/// A variant that is about to be created.
package struct NewVariant: Hashable, Sendable {
    package let kind: VariantKind
    package let details: VariantDetails
    /// In the product's currency.
    package let price: Price

    package init(kind: VariantKind, details: VariantDetails, price: Price) {
        self.kind = kind
        self.details = details
        self.price = price
    }

    package init(title: String = "", sku: String, kind: VariantKind, price: Money, weightGrams: Int? = nil) {
        self.init(
            kind: kind, details: VariantDetails(title: title, sku: sku, weightGrams: weightGrams),
            price: Price(amount: price))
    }
}

/// An edit of a product; nil leaves a field as it is, nil within clears it.
package struct ProductChanges: Hashable, Sendable {
    package var title: String?
    package var description: String?
    package var slug: Slug?
    package var brand: String?
    package var searchTitle: String?
    package var searchDescription: String?
    package var hsn: String??
    package var taxClass: String??
    package var countryOfOrigin: String??
    package var genericName: String?
    package var manufacturer: Establishment??
    package var packer: Establishment??
    package var importer: Establishment??
    package var consumerCare: ConsumerCare??

    package init(title: String? = nil, description: String? = nil) {
        self.title = title
        self.description = description
    }

    var isEmpty: Bool { self == ProductChanges() }

    func applied(to content: ProductContent) -> ProductContent {
        var content = content
        if let title { content.title = title }
        if let description { content.description = description }
        if let slug { content.slug = slug }
        if let brand { content.brand = brand }
        if let searchTitle { content.searchListing.title = searchTitle }
        if let searchDescription { content.searchListing.description = searchDescription }
        if let hsn { content.taxation.hsn = hsn }
        if let taxClass { content.taxation.taxClass = taxClass }
        if let countryOfOrigin { content.declarations.countryOfOrigin = countryOfOrigin }
        if let genericName { content.declarations.genericName = genericName }
        if let manufacturer { content.declarations.manufacturer = manufacturer }
        if let packer { content.declarations.packer = packer }
        if let importer { content.declarations.importer = importer }
        if let consumerCare { content.declarations.consumerCare = consumerCare }
        return content
    }

    /// The names of what is edited: the audit trail tells them, and never what contacts there are.
    var names: [String] {
        let edited: [(String, Bool)] = [
            ("title", title != nil), ("description", description != nil), ("slug", slug != nil),
            ("brand", brand != nil), ("seo_title", searchTitle != nil), ("seo_description", searchDescription != nil),
            ("hsn", hsn != nil), ("tax_class", taxClass != nil), ("country_of_origin", countryOfOrigin != nil),
            ("generic_name", genericName != nil), ("manufacturer", manufacturer != nil), ("packer", packer != nil),
            ("importer", importer != nil), ("consumer_care", consumerCare != nil),
        ]
        return edited.filter(\.1).map(\.0)
    }
}

/// An edit of a variant; nil leaves a field as it is, nil within clears it.
package struct VariantChanges: Hashable, Sendable {
    package var title: String?
    package var sku: String?
    package var gtin: GTIN??
    package var choices: [String]?
    package var weightGrams: Int?
    package var dimensions: Dimensions??
    package var minimumQuantity: Int64?
    package var maximumQuantity: Int64??
    package var netQuantity: NetQuantity??
    /// Among the product's variants, from 1.
    package var position: Int?

    package init() {}

    func applied(to details: VariantDetails) -> VariantDetails {
        var details = details
        if let title { details.title = title }
        if let sku { details.sku = sku }
        if let gtin { details.gtin = gtin }
        if let choices { details.choices = choices }
        if let weightGrams { details.weightGrams = weightGrams }
        if let dimensions { details.dimensions = dimensions }
        details.quantityPerOrder = QuantityPerOrder(
            minimum: minimumQuantity ?? details.quantityPerOrder.minimum,
            maximum: maximumQuantity ?? details.quantityPerOrder.maximum)
        if let netQuantity { details.netQuantity = netQuantity }
        return details
    }
}
