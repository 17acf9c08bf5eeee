import Catalog
import Core
import Crypto
import Foundation
import Media
import Postgres
import Vendors

/// A picture that is to be fetched for a product.
struct WantedPicture: Hashable, Sendable {
    let line: Int
    let url: String
    let altText: String
    let variant: ID<Variant>?
}

/// Those of one product, in the order in which they are to be shown.
struct WantedPictures: Hashable, Sendable {
    let key: String
    let product: ID<Product>
    let pictures: [WantedPicture]

    /// The same for the same addresses, words and variants.
    var digest: [UInt8] {
        var hash = SHA256()
        for picture in pictures {
            for part in [picture.url, picture.altText, picture.variant?.description ?? ""] {
                hash.update(data: Array("\(part.utf8.count) \(part)\n".utf8))
            }
        }
        return Array(hash.finalize())
    }
}

/// A picture on its way.
struct AwaitedPicture: Sendable, PostgresRowDecodable {
    let position: Int
    let url: String
    let altText: String
    let variant: ID<Variant>?
    let attempts: Int
    let state: String
    let media: ID<MediaFile>?

    init(row: borrowing PostgresRow) throws(PostgresError) {
        position = try row.decode("position")
        url = try row.decode("url")
        altText = try row.decode("alt_text")
        variant = try row.decode("variant_id")
        attempts = try row.decode("attempts")
        state = try row.decode("state")
        media = try row.decode("media_id")
    }
}

/// All SQL about pictures that files name.
struct PictureStore: Sendable {
    /// Notes what is to be fetched, but for products whose pictures are those of the last file.
    /// - Returns: the products that have something to be fetched.
    func want(
        _ wanted: [WantedPictures], for one: ProductImport, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> [ID<Product>] {
        let known = try await transaction.query(
            """
            SELECT key, pictures_sha256 FROM product_external_refs
            WHERE vendor_id = \(one.vendor) AND key = ANY (\(wanted.map(\.key))) AND pictures_sha256 IS NOT NULL
            """, columns: (String, [UInt8]).self)
        let digests = Dictionary(known.map { (UTF8Text($0.0), $0.1) }, uniquingKeysWith: { first, _ in first })
        let changed = wanted.filter { digests[UTF8Text($0.key)] != $0.digest }
        guard !changed.isEmpty else { return [] }
        let all = changed.flatMap { product in
            product.pictures.enumerated().map { (product.product, $0.offset + 1, $0.element) }
        }
        try await transaction.pipeline(
            """
            INSERT INTO product_import_pictures (import_id, product_id, position, line, url, alt_text, variant_id)
            SELECT \(one.id), wanted.product_id, wanted.position + before.last, wanted.line, wanted.url, wanted.alt_text,
                wanted.variant_id
            FROM unnest(\(all.map(\.0)), \(all.map(\.1)), \(all.map(\.2.line)), \(all.map(\.2.url)),
                \(all.map(\.2.altText)), \(all.map(\.2.variant)))
                AS wanted (product_id, position, line, url, alt_text, variant_id),
                LATERAL (SELECT coalesce(max(position), 0) AS last FROM product_import_pictures
                    WHERE import_id = \(one.id) AND product_id = wanted.product_id) AS before
            WHERE wanted.position + before.last <= 50
            """)
        try await transaction.pipeline(
            """
            UPDATE product_external_refs SET pictures_sha256 = named.digest
            FROM unnest(\(changed.map(\.key)), \(changed.map(\.digest))) AS named (key, digest)
            WHERE vendor_id = \(one.vendor) AND product_external_refs.key = named.key
            """)
        return changed.map(\.product)
    }

    /// In the order in which they are to be shown.
    func pictures(
        of product: ID<Product>, in id: ID<ProductImport>, from executor: some PostgresExecutor
    ) async throws(PostgresError) -> [AwaitedPicture] {
        try await executor.query(
            """
            SELECT position, url, alt_text, variant_id, attempts, state, media_id FROM product_import_pictures
            WHERE import_id = \(id) AND product_id = \(product) ORDER BY position
            """, as: AwaitedPicture.self)
    }

    /// The picture that an address gave before.
    func media(
        from url: String, of vendor: ID<Vendor>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> ID<MediaFile>? {
        try await executor.queryValue(
            """
            SELECT media.id FROM picture_sources AS source JOIN media ON media.id = source.media_id
            WHERE source.vendor_id = \(vendor) AND url_sha256 = \(Self.digest(url)) AND media.deleted_at IS NULL
            """, as: ID<MediaFile>.self)
    }

    /// A public picture of the vendor for products, with these bytes or with this id.
    func media(
        withDigest digest: [UInt8]?, id: ID<MediaFile>?, of vendor: ID<Vendor>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> ID<MediaFile>? {
        try await executor.queryValue(
            """
            SELECT id FROM media WHERE vendor_id = \(vendor) AND original_id IS NULL AND (sha256 = \(digest) OR id = \(id))
                AND purpose = 'product_image' AND is_public AND deleted_at IS NULL ORDER BY id LIMIT 1
            """, as: ID<MediaFile>.self)
    }

    func noteSource(
        _ url: String, gave media: ID<MediaFile>, of vendor: ID<Vendor>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            INSERT INTO picture_sources (vendor_id, url_sha256, media_id) VALUES (\(vendor), \(Self.digest(url)), \(media))
            ON CONFLICT (vendor_id, url_sha256) DO UPDATE SET media_id = excluded.media_id
            """)
    }

    func setFetched(
        _ position: Int, of product: ID<Product>, in id: ID<ProductImport>, as media: ID<MediaFile>,
        in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            UPDATE product_import_pictures SET state = 'fetched', media_id = \(media)
            WHERE import_id = \(id) AND product_id = \(product) AND position = \(position) AND state = 'waiting'
            """)
    }

    /// One that will not be fetched: a later file with the same address tries again.
    func setFailed(
        _ position: Int, of product: ID<Product>, in id: ID<ProductImport>, because problem: String,
        in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            UPDATE product_import_pictures SET state = 'failed', media_id = NULL, problem = \(problem)
            WHERE import_id = \(id) AND product_id = \(product) AND position = \(position)
            """)
        try await transaction.pipeline(
            "UPDATE product_external_refs SET pictures_sha256 = NULL WHERE product_id = \(product)")
    }

    func noteAttempt(
        _ position: Int, of product: ID<Product>, in id: ID<ProductImport>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            UPDATE product_import_pictures SET attempts = attempts + 1
            WHERE import_id = \(id) AND product_id = \(product) AND position = \(position)
            """)
    }

    private static func digest(_ url: String) -> [UInt8] { Array(SHA256.hash(data: Array(url.utf8))) }
}
