package import Core
package import Foundation
import Postgres
package import Vendors

/// Where a product is in its life.
package enum ProductStatus: String, Hashable, Sendable, Codable, CaseIterable, PostgresCodable {
    /// Only operators see it.
    case draft
    /// Everybody sees it and may buy it.
    case active
    /// No longer sold; kept for the orders that name it.
    case archived
}

/// How a variant reaches its buyer.
package enum VariantKind: String, Hashable, Sendable, Codable, CaseIterable, PostgresCodable {
    case physical
    case licenceKey = "licence_key"
}

/// Something that a vendor offers, in one or more variants.
package struct Product: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "prd"

    package let id: ID<Product>
    package let vendor: ID<Vendor>
    package let title: String
    package let description: String
    package let status: ProductStatus
    /// Grows with every edit; an edit names the version that it was made from.
    package let version: Int64
    package let createdAt: Date
    package let updatedAt: Date
    /// In their order.
    package internal(set) var variants: [Variant]

    package init(
        id: ID<Product>, vendor: ID<Vendor>, title: String, description: String, status: ProductStatus, version: Int64,
        createdAt: Date, updatedAt: Date, variants: [Variant]
    ) {
        self.id = id
        self.vendor = vendor
        self.title = title
        self.description = description
        self.status = status
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.variants = variants
    }
}

/// What is bought: one SKU with its price.
package struct Variant: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "var"

    package let id: ID<Variant>
    package let product: ID<Product>
    package let vendor: ID<Vendor>
    package let title: String
    /// Unique among the vendor's variants.
    package let sku: String
    package let kind: VariantKind
    package let price: Money
    /// Set for physical variants alone.
    package let weightGrams: Int?

    package init(
        id: ID<Variant>, product: ID<Product>, vendor: ID<Vendor>, title: String, sku: String, kind: VariantKind,
        price: Money, weightGrams: Int?
    ) {
        self.id = id
        self.product = product
        self.vendor = vendor
        self.title = title
        self.sku = sku
        self.kind = kind
        self.price = price
        self.weightGrams = weightGrams
    }
}

/// What an operator enters to create a product.
package struct NewProduct: Hashable, Sendable {
    package let vendor: ID<Vendor>
    package let title: String
    package let description: String
    package let status: ProductStatus
    package let variants: [NewVariant]

    package init(
        vendor: ID<Vendor>, title: String, description: String = "", status: ProductStatus = .draft,
        variants: [NewVariant]
    ) {
        self.vendor = vendor
        self.title = title
        self.description = description
        self.status = status
        self.variants = variants
    }
}

/// A variant of a product that is about to be created.
package struct NewVariant: Hashable, Sendable {
    package let title: String
    package let sku: String
    package let kind: VariantKind
    package let price: Money
    package let weightGrams: Int?

    package init(title: String = "", sku: String, kind: VariantKind, price: Money, weightGrams: Int? = nil) {
        self.title = title
        self.sku = sku
        self.kind = kind
        self.price = price
        self.weightGrams = weightGrams
    }
}

/// An edit of a product; nil leaves a field as it is.
package struct ProductChanges: Hashable, Sendable {
    package let title: String?
    package let description: String?
    package let status: ProductStatus?

    package init(title: String? = nil, description: String? = nil, status: ProductStatus? = nil) {
        self.title = title
        self.description = description
        self.status = status
    }
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
    package let commissionRate: Rate
}
