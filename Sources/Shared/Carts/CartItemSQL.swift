import Catalog
import Core
import Foundation
import Postgres
import Vendors

/// One row of a cart's lines, or of a variant that is looked at besides.
struct CartItemRow: PostgresRowDecodable, Sendable {
    let variant: ID<Variant>
    private let line: CartLine?
    let listing: CartListing?

    var item: CartItem? { line.map { CartItem(line: $0, listing: listing) } }

    init(row: borrowing PostgresRow) throws(PostgresError) {
        variant = try row.decode("variant_id")
        let quantity: Int64? = try row.decode("line_quantity")
        line =
            if let quantity {
                CartLine(
                    variant: variant, quantity: quantity, isSaved: try row.decode("is_saved"),
                    price: Money(minorUnits: try row.decode("line_price"), currency: try row.decode("line_currency")),
                    addedAt: try row.decode("added_at"))
            } else {
                nil
            }
        let product: ID<Product>? = try row.decode("product_id")
        listing = if let product { try CartListing(row: row, product: product) } else { nil }
    }
}

extension CartListing {
    fileprivate init(row: borrowing PostgresRow, product: ID<Product>) throws(PostgresError) {
        let grams: Int32? = try row.decode("weight_grams")
        self.init(
            product: product, vendor: try row.decode("vendor_id"), vendorName: try row.decode("vendor_name"),
            title: try row.decode("title"), sku: try row.decode("sku"), kind: try row.decode("kind"),
            price: Money(minorUnits: try row.decode("current_minor"), currency: try row.decode("currency")),
            quantityPerOrder: QuantityPerOrder(
                minimum: try row.decode("minimum_quantity"), maximum: try row.decode("maximum_quantity")),
            weightGrams: grams.map(Int.init), available: try row.decode("available"),
            vendorAwayUntil: try row.decode("away_until"))
    }
}

enum CartItemSQL {
    /// A variant of a vendor on holiday is told apart from one that is gone.
    private static let listing = """
        LEFT JOIN LATERAL (
            SELECT variant.product_id, variant.vendor_id, vendor.name AS vendor_name,
                concat_ws(', ', product.title,
                    coalesce(nullif(variant.title, ''), nullif(array_to_string(variant.choices, ', '), ''))) AS title,
                variant.sku, variant.kind, variant.minimum_quantity, variant.maximum_quantity, variant.weight_grams,
                \(PriceSQL.current(at: "$2")),
                greatest(coalesce(stock.on_hand - stock.reserved + stock.backorder_limit, 0), 0) AS available,
                CASE WHEN vendor.holiday_from <= $2 AND $2 < vendor.holiday_until THEN vendor.holiday_until END AS away_until
            FROM variants AS variant
            JOIN products AS product ON product.id = variant.product_id
            JOIN prices AS price ON price.variant_id = variant.id AND price.currency = product.currency
            JOIN vendors AS vendor ON vendor.id = variant.vendor_id
            LEFT JOIN stock ON stock.variant_id = variant.id
            WHERE variant.id = wanted.variant_id AND variant.removed_at IS NULL AND product.status = 'active'
                AND product.deleted_at IS NULL AND vendor.status = 'active'
        ) AS listing ON true
        """

    private static let lines = """
        SELECT variant_id, quantity AS line_quantity, is_saved, unit_price_minor AS line_price, currency AS line_currency, added_at
        FROM cart_lines WHERE cart_id = $1
        """

    static func items(of cart: ID<Cart>, at time: Date) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT * FROM (\(lines)) AS wanted \(listing) ORDER BY added_at, wanted.variant_id
                """,
            parameters: [cart, time])
    }

    static func items(of cart: ID<Cart>, besides variant: ID<Variant>, at time: Date) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT * FROM (
                    \(lines)
                    UNION ALL SELECT $3::uuid, NULL, NULL, NULL, NULL, NULL
                    WHERE NOT EXISTS (SELECT FROM cart_lines WHERE cart_id = $1 AND variant_id = $3)
                ) AS wanted \(listing) ORDER BY added_at, wanted.variant_id
                """,
            parameters: [cart, time, variant])
    }
}
