package import Catalog
package import Core
package import Vendors

/// What pricing needs to know of a variant.
package struct PricingSubject: Hashable, Sendable {
    package let variant: ID<Variant>
    package let product: ID<Product>
    package let vendor: ID<Vendor>
    package let kind: VariantKind
    /// Those that it stands in and all above them.
    package let categories: [ID<Category>]
    package let collections: [ID<ProductCollection>]
    /// What one unit costs everybody at the time.
    package let listPrice: PricePerUnit
    /// What it costs the customer's groups instead, by the quantity from which it does; the least first.
    package let quantityPrices: [QuantityPrice]
    /// The maximum retail price that is printed on the package, taxes included.
    package let maximumRetail: Money?
    package let taxClass: String?
    /// The Harmonised System's code.
    package let hsn: String?
    package let weightGrams: Int?

    package init(
        variant: ID<Variant>, product: ID<Product>, vendor: ID<Vendor>, kind: VariantKind = .physical,
        categories: [ID<Category>] = [], collections: [ID<ProductCollection>] = [], listPrice: PricePerUnit,
        quantityPrices: [QuantityPrice] = [], maximumRetail: Money? = nil,
        taxClass: String? = nil, hsn: String? = nil, weightGrams: Int? = nil
    ) {
        self.variant = variant
        self.product = product
        self.vendor = vendor
        self.kind = kind
        self.categories = categories
        self.collections = collections
        self.listPrice = listPrice
        self.quantityPrices = quantityPrices
        self.maximumRetail = maximumRetail
        self.taxClass = taxClass
        self.hsn = hsn
        self.weightGrams = weightGrams
    }

    /// What one unit costs where so many are bought.
    package func unitPrice(for quantity: Int64) -> PricePerUnit {
        quantityPrices.last { $0.minimumQuantity <= quantity }?.unitPrice ?? listPrice
    }
}

/// What one unit costs before discounts.
package struct PricePerUnit: Hashable, Sendable {
    package let amount: Money
    /// Whether it contains the taxes on it.
    package let includesTax: Bool

    package init(_ amount: Money, includesTax: Bool = true) {
        self.amount = amount
        self.includesTax = includesTax
    }
}

/// A unit price from a quantity on.
package struct QuantityPrice: Hashable, Sendable {
    package let minimumQuantity: Int64
    package let unitPrice: PricePerUnit

    package init(minimumQuantity: Int64, unitPrice: PricePerUnit) {
        self.minimumQuantity = minimumQuantity
        self.unitPrice = unitPrice
    }
}
