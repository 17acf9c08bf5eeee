package import Core
package import Vendors

/// What is bought: one SKU with its price.
package struct Variant: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "var"

    package let id: ID<Variant>
    package let product: ID<Product>
    package let vendor: ID<Vendor>
    package let kind: VariantKind
    package internal(set) var details: VariantDetails
    /// In the product's currency, as it was when the variant was read.
    package internal(set) var currentPrice: CurrentPrice

    package var title: String { details.title }
    /// Unique among the vendor's variants.
    package var sku: String { details.sku }
    /// What a unit costs.
    package var price: Money { currentPrice.amount }
    /// Set for physical variants alone.
    package var weightGrams: Int? { details.weightGrams }

    /// What its net quantity comes to, as listings of packed goods tell; nil where none is declared.
    package var unitPrice: UnitPrice? { details.netQuantity?.unitPrice(at: price) }

    package init(
        id: ID<Variant>, product: ID<Product>, vendor: ID<Vendor>, kind: VariantKind, details: VariantDetails,
        currentPrice: CurrentPrice
    ) {
        self.id = id
        self.product = product
        self.vendor = vendor
        self.kind = kind
        self.details = details
        self.currentPrice = currentPrice
    }
}

/// What is told of a variant; all of it can be edited.
package struct VariantDetails: Hashable, Sendable {
    /// What sets it apart; may be empty.
    package var title: String
    package var sku: String
    package var gtin: GTIN?
    /// One of each of the product's options, in their order.
    package var choices: [String]
    package var weightGrams: Int?
    package var dimensions: Dimensions?
    /// How many units one order takes.
    package var quantityPerOrder: QuantityPerOrder
    package var netQuantity: NetQuantity?

    package init(
        title: String = "", sku: String, gtin: GTIN? = nil, choices: [String] = [], weightGrams: Int? = nil,
        dimensions: Dimensions? = nil, quantityPerOrder: QuantityPerOrder = QuantityPerOrder(),
        netQuantity: NetQuantity? = nil
    ) {
        self.title = title
        self.sku = sku
        self.gtin = gtin
        self.choices = choices
        self.weightGrams = weightGrams
        self.dimensions = dimensions
        self.quantityPerOrder = quantityPerOrder
        self.netQuantity = netQuantity
    }
}

/// The size of a packed unit, in millimetres.
package struct Dimensions: Hashable, Sendable {
    /// Up to ten metres.
    package static let side = 1...10_000

    package let length: Int
    package let width: Int
    package let height: Int

    package init(length: Int, width: Int, height: Int) {
        self.length = length
        self.width = width
        self.height = height
    }
}

/// How many units of a variant one order takes.
package struct QuantityPerOrder: Hashable, Sendable {
    package static let range: ClosedRange<Int64> = 1...1_000

    package let minimum: Int64
    /// nil for as many as an order's line can have.
    package let maximum: Int64?

    package init(minimum: Int64 = 1, maximum: Int64? = nil) {
        self.minimum = minimum
        self.maximum = maximum
    }

    package func contains(_ quantity: Int64) -> Bool { quantity >= minimum && maximum.map { quantity <= $0 } ?? true }
}

/// What an order freezes of a variant that can be bought right now.
package struct Offer: Hashable, Sendable {
    package let variant: ID<Variant>
    package let product: ID<Product>
    package let vendor: ID<Vendor>
    /// The product's title, with the variant's where it has one.
    package let title: String
    package let sku: String
    package let kind: VariantKind
    package let price: Money
    package let quantityPerOrder: QuantityPerOrder
    package let commissionRate: Rate
}
