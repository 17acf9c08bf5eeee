import Catalog
import Core
import Foundation
import Postgres
import Pricing
import Shipping

extension OrderSQL {
    /// - Parameter locks: of the customer, taken until the end of the transaction.
    static func insert(_ order: OrderDraft, taking locks: [Int64]) -> PostgresStatement {
        PostgresStatement(
            sql: """
                WITH placed AS (
                    INSERT INTO orders (id, customer_id, email, customer_name, phone, currency, total_minor, shipping_address,
                        access_token_hash, reservation_expires_at, placed_at, payment_method, cash_confirmation, confirmed_at)
                    VALUES ($1, $48, $2, $3, $4, $5, $6, $7, $8, $9, $10, $50, $51, $52)
                    RETURNING *
                ), parts AS (
                    INSERT INTO vendor_orders (order_id, currency, id, vendor_id, total_minor, tax_registration_id,
                        tax_registration_kind, supply_country, supply_region, document_due, \(VendorDelivery.columns), sequence)
                    SELECT $1, $5, * FROM unnest($11::uuid[], $12::uuid[], $13::int8[], $14::uuid[], $15::text[], $16::text[],
                        $17::text[], $18::text[], $53::uuid[], $54::text[], $55::uuid[], $56::int4[], $57::int4[], $58::text[],
                        $59::text[]) WITH ORDINALITY
                ), lines AS (
                    INSERT INTO order_lines (order_id, id, vendor_order_id, variant_id, product_id, vendor_id, kind, title, sku,
                        quantity, unit_price_minor, commission_ppm, hsn, tax_class, price_includes_tax, position)
                    SELECT $1, * FROM unnest($19::uuid[], $20::uuid[], $21::uuid[], $22::uuid[], $23::uuid[], $24::text[],
                        $25::text[], $26::text[], $27::int8[], $28::int8[], $29::int4[], $30::text[], $31::text[], $32::bool[])
                        WITH ORDINALITY
                ), adjustments AS (
                    INSERT INTO order_adjustments (order_id, recorded_at, id, vendor_order_id, line_id, kind, amount_minor,
                        is_included, bearer, rate_ppm, tax_head, taxable_minor, charge_id, source)
                    SELECT $1, $10, * FROM unnest($33::uuid[], $34::uuid[], $35::uuid[], $36::text[], $37::int8[],
                        $38::bool[], $39::text[], $40::int4[], $41::text[], $42::int8[], $43::uuid[], $44::text[])
                ), demands AS (
                    INSERT INTO payment_demands (order_id, currency, created_at, id, kind, amount_minor)
                    SELECT $1, $5, $10, * FROM unnest($45::uuid[], $46::text[], $47::int8[])
                ), event AS (
                    INSERT INTO order_events (order_id, kind, happened_at) VALUES ($1, 'ordered', $10)
                )
                SELECT \(Order.columns) FROM placed
                WHERE (SELECT count(pg_advisory_xact_lock(key)) FROM unnest($49::int8[]) AS own (key)) >= 0
                """,
            parameters: header(of: order) + parts(of: order.vendorOrders) + lines(order.lines)
                + adjustments(order.adjustments) + demands(order.demands) + [order.customer.account, locks]
                + [order.paymentMethod, order.cashConfirmation, order.confirmedAt]
                + deliveries(order.vendorOrders.map(\.delivery)))
    }

    private static func deliveries(_ deliveries: [VendorDelivery]) -> [any PostgresEncodable] {
        [
            deliveries.map(\.method), deliveries.map(\.name), deliveries.map(\.pickupLocation),
            deliveries.map { $0.promise.map { Int32($0.earliest) } },
            deliveries.map { $0.promise.map { Int32($0.latest) } }, deliveries.map(\.note),
            deliveries.map(\.giftMessage),
        ]
    }

    private static func header(of order: OrderDraft) -> [any PostgresEncodable] {
        [
            order.id, order.customer.email.rawValue, order.customer.name, order.customer.phone?.rawValue,
            order.total.currency, order.total.minorUnits, order.shippingAddress, order.accessTokenHash,
            order.reservationExpiresAt, order.placedAt,
        ]
    }

    private static func parts(of vendorOrders: [VendorOrderDraft]) -> [any PostgresEncodable] {
        let taxation = vendorOrders.map(\.taxation)
        return [
            vendorOrders.map(\.id), vendorOrders.map(\.vendor), vendorOrders.map(\.total.minorUnits),
            taxation.map { $0.registration?.id }, taxation.map { $0.registration?.kind },
            taxation.map(\.supplyCountry), taxation.map(\.supplyRegion), taxation.map(\.documentDue),
        ]
    }

    private static func lines(_ lines: [OrderLine]) -> [any PostgresEncodable] {
        [
            lines.map(\.id), lines.map(\.vendorOrder), lines.map(\.variant), lines.map(\.product), lines.map(\.vendor),
            lines.map(\.kind), lines.map(\.title), lines.map(\.sku), lines.map(\.quantity),
            lines.map(\.unitPrice.minorUnits), lines.map(\.commissionRate), lines.map(\.taxation.hsn),
            lines.map(\.taxation.taxClass), lines.map(\.taxation.isIncluded),
        ]
    }

    private static func adjustments(_ adjustments: [OrderAdjustment]) -> [any PostgresEncodable] {
        [
            adjustments.map(\.id), adjustments.map(\.target.vendorOrder), adjustments.map(\.target.line),
            adjustments.map(\.kind.rawValue), adjustments.map(\.amount.minorUnits), adjustments.map(\.isIncluded),
            adjustments.map(\.bearer.rawValue), adjustments.map(\.rate), adjustments.map(\.head),
            adjustments.map { $0.taxable?.minorUnits }, adjustments.map(\.charge), adjustments.map(\.source),
        ]
    }

    private static func demands(_ demands: [PaymentDemand]) -> [any PostgresEncodable] {
        [demands.map(\.id), demands.map(\.kind), demands.map(\.amount.minorUnits)]
    }
}
