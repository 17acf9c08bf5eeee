package import Catalog
package import Core
import Foundation
import Media
package import Orders
package import Postgres
package import Vendors

/// All SQL about files that are sold with variants, and how often they were fetched.
package struct DownloadStore: Sendable {
    package init() {}

    /// A variant's files, in their order.
    package func files(
        of variant: ID<Variant>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [VariantDownload] {
        try await executor.query(
            """
            SELECT media_id, title, download_limit FROM variant_downloads WHERE variant_id = \(variant) ORDER BY position
            """, as: VariantDownload.self)
    }

    /// Makes these a variant's files.
    func set(
        _ files: [VariantDownload], of variant: ID<Variant>, vendor: ID<Vendor>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            DELETE FROM variant_downloads WHERE variant_id = \(variant) AND media_id <> ALL(\(files.map(\.media))::uuid[])
            """)
        guard !files.isEmpty else { return }
        try await transaction.pipeline(
            """
            INSERT INTO variant_downloads (variant_id, vendor_id, media_id, position, title, download_limit)
            SELECT \(variant), \(vendor), file.* FROM unnest(\(files.map(\.media)), \((1...files.count).map(Int32.init)),
                \(files.map(\.title)), \(files.map { Int32($0.limit) })) AS file
            ON CONFLICT (variant_id, media_id) DO UPDATE
            SET position = excluded.position, title = excluded.title, download_limit = excluded.download_limit
            """)
    }

    /// What an order's customer may fetch, line by line.
    package func downloads(
        of order: ID<Order>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [OrderDownload] {
        try await executor.query(
            """
            SELECT order_lines.id AS line_id, variant_downloads.media_id, variant_downloads.title, download_limit, size_bytes, file_name,
                coalesce(links, 0) AS links
            FROM order_lines JOIN variant_downloads ON variant_downloads.variant_id = order_lines.variant_id
            JOIN media ON media.id = variant_downloads.media_id
            LEFT JOIN order_downloads ON line_id = order_lines.id AND order_downloads.media_id = variant_downloads.media_id
            WHERE order_id = \(order) AND cancelled_quantity < quantity
            ORDER BY order_lines.position, variant_downloads.position
            """, as: OrderDownload.self)
    }

    /// Counts a link for a line.
    /// - Returns: false where there were as many as there may be.
    func count(
        _ download: OrderDownload, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await transaction.execute(
            """
            INSERT INTO order_downloads AS known (line_id, media_id, links, first_at, last_at)
            VALUES (\(download.line), \(download.file.media), 1, \(time), \(time))
            ON CONFLICT (line_id, media_id) DO UPDATE SET links = known.links + 1, last_at = greatest(known.last_at, \(time))
            WHERE known.links < \(Int32(download.file.limit))
            """) == 1
    }
}

extension VariantDownload: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let limit: Int32 = try row.decode("download_limit")
        self.init(media: try row.decode("media_id"), title: try row.decode("title"), limit: Int(limit))
    }
}

extension OrderDownload: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let links: Int32 = try row.decode("links")
        self.init(
            line: try row.decode("line_id"), file: try VariantDownload(row: row),
            sizeBytes: try row.decode("size_bytes"),
            fileName: try row.decode("file_name"), links: Int(links))
    }
}
