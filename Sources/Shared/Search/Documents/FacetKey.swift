package import Catalog
package import Core
package import Foundation
import Postgres
package import Vendors

/// Something that a search can be narrowed by.
package struct FacetKey: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable, PostgresCodable {
        case category
        case vendor
        case country
        case attribute
        case stock
    }

    package let kind: Kind
    /// The category, the vendor or the attribute.
    package let subject: UUID?
    /// The country, or what is chosen of the attribute.
    package let code: String

    init(kind: Kind, subject: UUID? = nil, code: String = "") {
        self.kind = kind
        self.subject = subject
        self.code = code
    }

    static func category(_ id: ID<Catalog.Category>) -> FacetKey { FacetKey(kind: .category, subject: id.uuid) }
    static func vendor(_ id: ID<Vendor>) -> FacetKey { FacetKey(kind: .vendor, subject: id.uuid) }
    static func country(_ code: String) -> FacetKey { FacetKey(kind: .country, code: code) }
    static func attribute(_ id: UUID, _ code: String) -> FacetKey {
        FacetKey(kind: .attribute, subject: id, code: code)
    }
    static let inStock = FacetKey(kind: .stock)
}

/// A sample of the documents: one of so many parts of the same size, in which each product stays.
enum SearchSample {
    static let count = 64

    /// Negative: no facet has such an id.
    static func facet(of product: ID<Product>) -> Int32 {
        // The last byte of a UUIDv7 is random.
        -1 - Int32(product.uuid.uuid.15) % Int32(count)
    }

    /// The first so many samples.
    static func facets(_ count: Int) -> [Int32] { (1...max(1, min(count, Self.count))).map { -Int32($0) } }
}

/// The facets of a document: first those of which there is one at most, each in its own place, so that it is counted without taking the
/// others apart.
enum FacetArray {
    static let vendorPlace = 2
    static let countryPlace = 3
    static let stockPlace = 4
    /// Where categories and choices of attributes begin.
    static let restPlace = 5

    /// 0 for what it has none of.
    static func ids(of document: SearchDocument, _ ids: [FacetKey: Int32]) -> [Int32] {
        let source = document.source
        let single: [FacetKey?] = [
            .vendor(source.vendor), source.countryOfOrigin.map(FacetKey.country), source.isInStock ? .inStock : nil,
        ]
        let rest = document.facets.subtracting(single.compactMap { $0 }).compactMap { ids[$0] }.sorted()
        return [SearchSample.facet(of: source.product)] + single.map { $0.flatMap { ids[$0] } ?? 0 } + rest
    }
}
