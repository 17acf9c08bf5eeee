package import Core
package import Foundation
package import Media
package import Postgres
package import Vendors

/// A product as lists show it.
package struct ProductCard: Hashable, Sendable {
    /// A variant as lists show it.
    package struct Variant: Hashable, Sendable {
        package let id: ID<Catalog.Variant>
        package let title: String
        package let sku: String
        package let kind: VariantKind
        package let choices: [String]
        package let price: CurrentPrice
        package let quantityPerOrder: QuantityPerOrder
        /// How many units can be bought.
        package let available: Int64

        package init(
            id: ID<Catalog.Variant>, title: String, sku: String, kind: VariantKind, choices: [String],
            price: CurrentPrice, quantityPerOrder: QuantityPerOrder, available: Int64
        ) {
            self.id = id
            self.title = title
            self.sku = sku
            self.kind = kind
            self.choices = choices
            self.price = price
            self.quantityPerOrder = quantityPerOrder
            self.available = available
        }
    }

    package let id: ID<Product>
    package let vendor: ID<Vendor>
    package let status: ProductStatus
    package let slug: Slug
    package let title: String
    /// The language of the title.
    package let locale: ContentLocale
    package let brand: String
    package let version: Int64
    package let createdAt: Date
    package let deletedAt: Date?
    /// The picture that it is shown by first.
    package let picture: ID<MediaFile>?
    package let variants: [Variant]

    package init(
        id: ID<Product>, vendor: ID<Vendor>, status: ProductStatus, slug: Slug, title: String, locale: ContentLocale,
        brand: String, version: Int64, createdAt: Date, deletedAt: Date?, picture: ID<MediaFile>?, variants: [Variant]
    ) {
        self.id = id
        self.vendor = vendor
        self.status = status
        self.slug = slug
        self.title = title
        self.locale = locale
        self.brand = brand
        self.version = version
        self.createdAt = createdAt
        self.deletedAt = deletedAt
        self.picture = picture
        self.variants = variants
    }
}

extension ProductCard {
    /// Cards of rows of one variant each, in which a product's follow one another.
    static func cards(of rows: [PostgresRow]) throws(PostgresError) -> [(card: ProductCard, place: Int64)] {
        var cards: [(card: ProductCard, place: Int64)] = []
        var index = rows.startIndex
        while index < rows.endIndex {
            let first = rows[index]
            let id: ID<Product> = try first.decode("id")
            var variants: [Variant] = []
            while index < rows.endIndex {
                let owner: ID<Product> = try rows[index].decode("id")
                guard owner == id else { break }
                variants.append(try Variant(row: rows[index]))
                index += 1
            }
            cards.append((try ProductCard(row: first, id: id, variants: variants), try first.decode("place")))
        }
        return cards
    }

    private init(row: borrowing PostgresRow, id: ID<Product>, variants: [Variant]) throws(PostgresError) {
        self.init(
            id: id, vendor: try row.decode("vendor_id"), status: try row.decode("status"),
            slug: try row.decode("slug"), title: try row.decode("title"), locale: try row.decode("locale"),
            brand: try row.decode("brand"), version: try row.decode("version"),
            createdAt: try row.decode("created_at"), deletedAt: try row.decode("deleted_at"),
            picture: try row.decode("picture"), variants: variants)
    }
}

extension ProductCard.Variant {
    fileprivate init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            id: try row.decode("variant_id"), title: try row.decode("variant_title"), sku: try row.decode("sku"),
            kind: try row.decode("kind"), choices: try row.decode("choices"), price: try CurrentPrice(row: row),
            quantityPerOrder: QuantityPerOrder(
                minimum: try row.decode("minimum_quantity"), maximum: try row.decode("maximum_quantity")),
            available: try row.decode("available"))
    }
}
