import Catalog
import Core
import Foundation
import Postgres

extension OrderSQL {
    /// - Parameter locks: of the customer, taken until the end of the transaction.
    static func insert(_ order: OrderDraft, taking locks: [Int64]) -> PostgresStatement {
        PostgresStatement(
            sql: """
                WITH placed AS (
                    INSERT INTO orders (id, customer_id, email, customer_name, phone, currency, total_minor, shipping_address,
                        access_token_hash, reservation_expires_at, placed_at)
                    VALUES ($1, $37, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                    RETURNING *
                ), parts AS (
                    INSERT INTO vendor_orders (order_id, currency, id, vendor_id, total_minor, sequence)
                    SELECT $1, $5, * FROM unnest($11::uuid[], $12::uuid[], $13::int8[]) WITH ORDINALITY
                ), lines AS (
                    INSERT INTO order_lines (order_id, id, vendor_order_id, variant_id, product_id, vendor_id, kind, title, sku,
                        quantity, unit_price_minor, commission_ppm, position)
                    SELECT $1, * FROM unnest($14::uuid[], $15::uuid[], $16::uuid[], $17::uuid[], $18::uuid[], $19::text[],
                        $20::text[], $21::text[], $22::int8[], $23::int8[], $24::int4[]) WITH ORDINALITY
                ), adjustments AS (
                    INSERT INTO order_adjustments (order_id, recorded_at, id, vendor_order_id, line_id, kind, amount_minor,
                        is_included, bearer, rate_ppm, source)
                    SELECT $1, $10, * FROM unnest($25::uuid[], $26::uuid[], $27::uuid[], $28::text[], $29::int8[],
                        $30::bool[], $31::text[], $32::int4[], $33::text[])
                ), demand AS (
                    INSERT INTO payment_demands (id, order_id, kind, amount_minor, currency, created_at)
                    SELECT $34, $1, $35, $36, $5, $10 WHERE $34 IS NOT NULL
                ), event AS (
                    INSERT INTO order_events (order_id, kind, happened_at) VALUES ($1, 'ordered', $10)
                )
                SELECT \(Order.columns) FROM placed
                WHERE (SELECT count(pg_advisory_xact_lock(key)) FROM unnest($38::int8[]) AS own (key)) >= 0
                """,
            parameters: header(of: order) + parts(of: order.vendorOrders) + lines(order.lines)
                + adjustments(order.adjustments) + demand(order.demand) + [order.customer.account, locks])
    }

    private static func header(of order: OrderDraft) -> [any PostgresEncodable] {
        [
            order.id, order.customer.email.rawValue, order.customer.name, order.customer.phone?.rawValue,
            order.total.currency, order.total.minorUnits, order.shippingAddress, order.accessTokenHash,
            order.reservationExpiresAt, order.placedAt,
        ]
    }

    private static func parts(of vendorOrders: [VendorOrderDraft]) -> [any PostgresEncodable] {
        [vendorOrders.map(\.id), vendorOrders.map(\.vendor), vendorOrders.map(\.total.minorUnits)]
    }

    private static func lines(_ lines: [OrderLine]) -> [any PostgresEncodable] {
        [
            lines.map(\.id), lines.map(\.vendorOrder), lines.map(\.variant), lines.map(\.product), lines.map(\.vendor),
            lines.map(\.kind), lines.map(\.title), lines.map(\.sku), lines.map(\.quantity),
            lines.map(\.unitPrice.minorUnits), lines.map(\.commissionRate),
        ]
    }

    private static func adjustments(_ adjustments: [OrderAdjustment]) -> [any PostgresEncodable] {
        [
            adjustments.map(\.id), adjustments.map(\.target.vendorOrder), adjustments.map(\.target.line),
            adjustments.map(\.kind.rawValue), adjustments.map(\.amount.minorUnits), adjustments.map(\.isIncluded),
            adjustments.map(\.bearer.rawValue), adjustments.map(\.rate), adjustments.map(\.source),
        ]
    }

    private static func demand(_ demand: PaymentDemand?) -> [any PostgresEncodable] {
        [demand?.id, demand?.kind, demand?.amount.minorUnits]
    }
}
