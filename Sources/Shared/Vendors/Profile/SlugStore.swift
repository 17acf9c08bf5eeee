package import Core
package import Foundation
package import Postgres

/// All SQL about the names by which vendors are found.
package struct SlugStore: Sendable {
    /// A name is a vendor's for good: so many it may take.
    static let mostPerVendor = 20

    package init() {}

    /// The vendor whose name this is or once was.
    package func vendor(
        called slug: String, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> ID<Vendor>? {
        try await executor.queryValue(
            "SELECT vendor_id FROM vendor_slugs WHERE slug = \(slug)", as: ID<Vendor>.self)
    }

    /// Gives a new vendor its first name: `wanted`, or where somebody has that, `unique`. Which it is.
    func insertFirst(
        _ wanted: Slug, orElse unique: Slug, of vendor: ID<Vendor>, at time: Date,
        in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> String? {
        try await transaction.queryValue(
            """
            WITH first AS (
                INSERT INTO vendor_slugs (slug, vendor_id, is_current, created_at)
                VALUES (\(wanted), \(vendor), true, \(time)) ON CONFLICT (slug) DO NOTHING RETURNING slug
            ), second AS (
                INSERT INTO vendor_slugs (slug, vendor_id, is_current, created_at)
                SELECT \(unique), \(vendor), true, \(time) WHERE NOT EXISTS (SELECT FROM first)
                ON CONFLICT (slug) DO NOTHING RETURNING slug
            )
            SELECT slug FROM first UNION ALL SELECT slug FROM second
            """, as: String.self)
    }

    /// Gives a vendor that is held another name, or one of its old ones again.
    /// - Returns: false where somebody else has it, or the vendor has had too many.
    func change(
        to slug: Slug, of vendor: ID<Vendor>, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await transaction.pipeline(
            "UPDATE vendor_slugs SET is_current = false WHERE vendor_id = \(vendor) AND is_current")
        return try await transaction.execute(
            """
            INSERT INTO vendor_slugs (slug, vendor_id, is_current, created_at)
            SELECT \(slug), \(vendor), true, \(time)
            WHERE (SELECT count(*) FROM vendor_slugs WHERE vendor_id = \(vendor)) < \(Self.mostPerVendor)
                OR EXISTS (SELECT FROM vendor_slugs WHERE slug = \(slug))
            ON CONFLICT (slug) DO UPDATE SET is_current = true WHERE vendor_slugs.vendor_id = EXCLUDED.vendor_id
            """) == 1
    }
}
