package import Core
package import Foundation
package import Identity
package import Jobs
package import Media
package import Postgres

/// A picture or document of a product.
package struct ProductMedia: Hashable, Sendable {
    /// How many a product has.
    package static let count = 0...50
    /// What the words for those who can't see it must be like.
    package static let altText = TextRule(0...500, .line)

    package let media: ID<MediaFile>
    /// The variant that it shows; nil for all of them.
    package let variant: ID<Variant>?
    package let altText: String
    /// Smaller ones of it, where they were read.
    package internal(set) var variants: [MediaVariant] = []

    package init(media: ID<MediaFile>, variant: ID<Variant>? = nil, altText: String = "") {
        self.media = media
        self.variant = variant
        self.altText = altText
    }
}

/// All SQL about the media of products.
package struct ProductMediaStore: Sendable {
    package init() {}

    /// In the order in which they are shown.
    package func media(
        of product: ID<Product>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ProductMedia] {
        try await executor.query(
            """
            SELECT media_id, variant_id, alt_text FROM product_media WHERE product_id = \(product) ORDER BY position
            """, as: ProductMedia.self)
    }

    func set(
        _ media: [ProductMedia], of product: ID<Product>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline("DELETE FROM product_media WHERE product_id = \(product)")
        try await transaction.pipeline(
            """
            INSERT INTO product_media (product_id, position, media_id, variant_id, alt_text)
            SELECT \(product), place, media_id, variant_id, alt_text
            FROM unnest(\(media.map(\.media)), \(media.map(\.variant)), \(media.map(\.altText))) WITH ORDINALITY
                AS shown (media_id, variant_id, alt_text, place)
            """)
    }
}

extension ProductMedia: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            media: try row.decode("media_id"), variant: try row.decode("variant_id"),
            altText: try row.decode("alt_text"))
    }
}

/// Says what a product is shown by.
package struct SetProductMedia: Sendable {
    private let store = ProductMediaStore()
    private let references = MediaReferences()
    private let editing: ProductEditing

    package init(audit: AuditStore, clock: some WallClock) { editing = ProductEditing(audit: audit, clock: clock) }

    /// Shows the product by these, in this order, and by nothing else.
    /// - Throws: `Problem`: 404, 409 ("product-deleted"), 412, 422; `PostgresError`.
    package func callAsFunction(
        _ media: [ProductMedia], of id: ID<Product>, version: Int64? = nil, by principal: Principal,
        in work: UnitOfWork
    ) async throws -> Product {
        var check = InputCheck()
        check.number("/media", media.count, in: ProductMedia.count)
        try check.finish()
        let edited = try await editing.begin(id, version: version, by: principal, in: work)
        let variants = Set(edited.product.variants.map(\.id))
        for (index, shown) in media.enumerated() {
            check.text("/media/\(index)/alt_text", shown.altText, ProductMedia.altText)
            if media[..<index].contains(where: { $0.media == shown.media }) {
                check.fail("/media/\(index)/media_id", "duplicate", "is named before")
            }
            if let variant = shown.variant, !variants.contains(variant) {
                check.fail("/media/\(index)/variant_id", "unknown", "the product has no such variant")
            }
        }
        try check.finish()
        try await references.set(
            media.map(\.media), ownedBy: edited.product.vendor.uuid, for: .productImage, visibility: .public, from: id,
            as: "media", pointer: "/media", in: work)
        try await store.set(media, of: id, in: work)
        return try await editing.finish(
            edited, "product.media_set", ["media": .integer(Int64(media.count))], by: principal, in: work)
    }
}
