package import Catalog
package import Core
import Foundation
package import Identity
package import Postgres
package import Vendors

/// A variant's stock as lists show it.
package struct ListedStock: Hashable, Sendable {
    package let level: StockLevel
    package let product: ID<Product>
    package let vendor: ID<Vendor>
    package let sku: String

    package init(level: StockLevel, product: ID<Product>, vendor: ID<Vendor>, sku: String) {
        self.level = level
        self.product = product
        self.vendor = vendor
        self.sku = sku
    }
}

/// Which stock is listed.
package struct StockFilter: Hashable, Sendable {
    package let vendor: ID<Vendor>?
    /// Only what has units on record at this location.
    package let location: ID<PickupLocation>?
    /// Only what is low.
    package let isLow: Bool

    package init(vendor: ID<Vendor>? = nil, location: ID<PickupLocation>? = nil, isLow: Bool = false) {
        self.vendor = vendor
        self.location = location
        self.isLow = isLow
    }
}

extension StockStore {
    /// A page of variants' stock, the newest variants first.
    package func stock(
        _ filter: StockFilter, page: PageRequest, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws -> Page<ListedStock> {
        try await page.newestFirst("stock", by: \.level.variant) { before, limit in
            try await executor.query(
                ListingSQL.list(filter, visibleTo: visibility, before: before, limit: limit), as: ListedStock.self)
        }
    }

    /// Where a variant's units stand, those at the usual place first.
    package func places(
        of variant: ID<Variant>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [PlacedUnits] {
        try await executor.query(ListingSQL.places(of: variant), as: PlacedUnits.self)
    }

    /// A page of what has changed of a variant's stock, the latest first.
    package func movements(
        of variant: ID<Variant>, page: PageRequest, in executor: some PostgresExecutor
    ) async throws -> Page<StockMovement> {
        let listing = "stock_movements"
        let before: Int64? = try page.cursor.map { text throws(Problem) in
            guard let number = Int64(try Cursor(decoding: text, listing: listing).keys[0]) else { throw .invalidCursor }
            return number
        }
        let rows = try await executor.query(
            ListingSQL.movements(of: variant, before: before, limit: page.limit + 1), as: StockMovement.self)
        return Page(fetched: rows, limit: page.limit) { Cursor(listing: listing, keys: ["\($0.number)"]) }
    }

    /// Whose physical variants these are; those out of reach are left out.
    func owners(
        of variants: [ID<Variant>], visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ID<Variant>: ID<Vendor>] {
        let rows = try await executor.query(
            ListingSQL.owners(of: variants, visibleTo: visibility), columns: (ID<Variant>, ID<Vendor>).self)
        return Dictionary(rows, uniquingKeysWith: { $1 })
    }
}

extension ListedStock: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        level = try StockLevel(row: row)
        product = try row.decode("product_id")
        vendor = try row.decode("vendor_id")
        sku = try row.decode("sku")
    }
}

extension PlacedUnits: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        place = StockPlace(location: try row.decode("location_id"), batch: try row.decode("batch_id"))
        onHand = try row.decode("on_hand")
    }
}

extension StockMovement: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let actor: String? = try row.decode("actor")
        let holder: UUID? = try row.decode("holder_id")
        self.init(
            number: try row.decode("id"), reason: try row.decode("reason"),
            place: StockPlace(location: try row.decode("location_id"), batch: try row.decode("batch_id")),
            onHandChange: try row.decode("on_hand_change"), reservedChange: try row.decode("reserved_change"),
            holder: holder.map(ReservationHolder.init), transfer: try row.decode("transfer_id"),
            actor: actor.map(AuditActor.init), note: try row.decode("note"), recordedAt: try row.decode("recorded_at"))
    }
}

private enum ListingSQL {
    static func list(
        _ filter: StockFilter, visibleTo visibility: Visibility, before: ID<Variant>?, limit: Int
    ) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition("stock.variant_id < $1", "$1::uuid", isSet: before != nil)
        let ofVendor = OptionalFilter.condition("stock.vendor_id = $2", "$2::uuid", isSet: filter.vendor != nil)
        let atLocation = OptionalFilter.condition(
            "EXISTS (SELECT FROM stock_levels WHERE location_id = $3 AND stock_levels.variant_id = stock.variant_id)",
            "$3::uuid", isSet: filter.location != nil)
        let low = "low_stock_threshold IS NOT NULL AND on_hand - reserved <= low_stock_threshold"
        return PostgresStatement(
            sql: """
                SELECT \(StockLevel.columns), stock.vendor_id, variants.product_id, variants.sku
                FROM stock JOIN variants ON variants.id = stock.variant_id AND variants.removed_at IS NULL
                WHERE \(fromCursor) AND \(ofVendor) AND \(atLocation) AND \(filter.isLow ? low : "TRUE")
                    AND \(visibility.condition("$4", vendor: "stock.vendor_id = $4"))
                ORDER BY stock.variant_id DESC LIMIT $5
                """,
            parameters: [before, filter.vendor, filter.location, visibility.subject, limit])
    }

    static func places(of variant: ID<Variant>) -> PostgresStatement {
        """
        SELECT NULL::uuid AS location_id, NULL::uuid AS batch_id, (on_hand - coalesce((
            SELECT sum(on_hand) FROM stock_levels WHERE variant_id = \(variant)), 0))::int8 AS on_hand
        FROM stock WHERE variant_id = \(variant)
        UNION ALL
        (SELECT location_id, batch_id, on_hand FROM stock_levels WHERE variant_id = \(variant) AND on_hand > 0
        ORDER BY location_id NULLS FIRST, batch_id NULLS FIRST LIMIT 1000)
        """
    }

    static func movements(of variant: ID<Variant>, before: Int64?, limit: Int) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition("id < $2", "$2::int8", isSet: before != nil)
        return PostgresStatement(
            sql: """
                SELECT id, reason, location_id, batch_id, on_hand_change, reserved_change, holder_id, transfer_id, actor, note,
                    recorded_at
                FROM stock_movements WHERE variant_id = $1 AND \(fromCursor) ORDER BY id DESC LIMIT $3
                """,
            parameters: [variant, before, limit])
    }

    static func owners(of variants: [ID<Variant>], visibleTo visibility: Visibility) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT id, vendor_id FROM variants
                WHERE id = ANY($1::uuid[]) AND kind = 'physical' AND removed_at IS NULL
                    AND \(visibility.condition("$2", vendor: "vendor_id = $2"))
                """,
            parameters: [variants, visibility.subject])
    }
}
