import Catalog
import Core
import Foundation
import Identity
import Postgres

enum OrderSQL {
    /// What of `orders` is within reach, `$2` being its subject.
    static func isVisible(to visibility: Visibility, _ parameter: String = "$2") -> String {
        visibility.condition(
            parameter, customer: "orders.customer_id = \(parameter)", order: "orders.id = \(parameter)")
    }

    static func one(_ id: ID<Order>, visibleTo visibility: Visibility) -> PostgresStatement {
        PostgresStatement(
            sql: "SELECT \(Order.columns) FROM orders WHERE id = $1 AND \(isVisible(to: visibility))",
            parameters: [id, visibility.subject])
    }

    static func withLines(_ id: ID<Order>, visibleTo visibility: Visibility) -> PostgresStatement {
        PostgresStatement(sql: withLines(visibleTo: visibility), parameters: [id, visibility.subject])
    }

    /// The same, the order's row locked against change: its state and money are as they are now, its lines as they were placed.
    static func held(_ id: ID<Order>, visibleTo visibility: Visibility) -> PostgresStatement {
        PostgresStatement(
            sql: withLines(visibleTo: visibility) + " FOR KEY SHARE OF orders", parameters: [id, visibility.subject])
    }

    private static func withLines(visibleTo visibility: Visibility) -> String {
        """
        SELECT \(Order.columns), adjustments::text AS adjustments, line.*
        FROM orders CROSS JOIN LATERAL (
            SELECT jsonb_agg(jsonb_build_object('id', id, 'vendor_order_id', vendor_order_id, 'line_id', line_id, 'kind', kind,
                'amount_minor', amount_minor, 'is_included', is_included, 'bearer', bearer, 'rate_ppm', rate_ppm,
                'tax_head', tax_head, 'taxable_minor', taxable_minor, 'charge_id', charge_id, 'source', source,
                'recorded_at', (extract(epoch FROM recorded_at) * 1000000)::int8) ORDER BY id) AS adjustments
            FROM order_adjustments WHERE order_id = orders.id
        ) AS adjusted CROSS JOIN LATERAL (
            SELECT line.id AS line_id, vendor_order_id, position, variant_id, product_id, line.vendor_id, kind, title, sku,
                quantity, cancelled_quantity, unit_price_minor, commission_ppm, fulfilled_at AS line_fulfilled_at,
                delivered_at AS line_delivered_at, sequence, part.fulfilment_state AS vendor_fulfilment_state,
                part.total_minor AS vendor_total_minor, hsn, tax_class, price_includes_tax, tax_registration_id,
                tax_registration_kind, supply_country, supply_region, document_due, \(VendorDelivery.columns)
            FROM order_lines AS line JOIN vendor_orders AS part
                ON part.order_id = orders.id AND part.id = vendor_order_id
            WHERE line.order_id = orders.id
        ) AS line
        WHERE id = $1 AND \(isVisible(to: visibility)) ORDER BY position
        """
    }

    static func close(_ id: ID<Order>, as state: OrderState, _ event: OrderEvent) -> PostgresStatement {
        PostgresStatement(
            sql: """
                WITH closed AS (
                    UPDATE orders SET state = $2, closed_at = $5 WHERE id = $1
                ), withdrawn AS (
                    UPDATE payment_demands SET state = 'cancelled' WHERE order_id = $1 AND state = 'open' AND $2 = 'cancelled'
                )
                \(TimelineSQL.insertOne)
                """,
            parameters: [id, state, event.kind, event.reference, event.happenedAt])
    }

    static func confirm(
        _ id: ID<Order>, as answer: CashConfirmation, at time: Date?, _ event: OrderEvent
    ) -> PostgresStatement {
        PostgresStatement(
            sql: """
                WITH confirmed AS (
                    UPDATE orders SET cash_confirmation = $2, confirmed_at = coalesce(confirmed_at, $6) WHERE id = $1
                )
                \(TimelineSQL.insertOne)
                """,
            parameters: [id, answer, event.kind, event.reference, event.happenedAt, time])
    }

    static func capture(_ capture: OrderCapture, of id: ID<Order>) -> PostgresStatement {
        PostgresStatement(
            sql: """
                WITH satisfied AS (
                    UPDATE payment_demands SET state = 'satisfied', satisfied_at = $6
                    WHERE id = $2 AND order_id = $1 AND state <> 'satisfied' RETURNING id
                ), captured AS (
                    UPDATE orders SET state = $4, captured_minor = captured_minor + $3,
                        authorised_minor = greatest(authorised_minor - $3, 0),
                        paid_at = CASE WHEN $5 THEN coalesce(paid_at, $6) ELSE paid_at END,
                        confirmed_at = CASE WHEN $10 THEN coalesce(confirmed_at, $6) ELSE confirmed_at END,
                        closed_at = CASE WHEN $4 = 'open' THEN NULL ELSE coalesce(closed_at, $6) END
                    WHERE id = $1 AND ($2 IS NULL OR EXISTS (SELECT FROM satisfied)) RETURNING id
                ), told AS (
                    INSERT INTO order_events (order_id, kind, reference, happened_at)
                    SELECT captured.id, kind, reference, happened_at
                    FROM captured, unnest($7::text[], $8::text[], $9::timestamptz[]) AS event (kind, reference, happened_at)
                    ON CONFLICT (order_id, kind, reference) DO NOTHING
                )
                SELECT EXISTS (SELECT FROM captured)
                """,
            parameters: [
                id, capture.demand, capture.amount.minorUnits, capture.state, capture.isPaid, capture.at,
                capture.events.map(\.kind), capture.events.map(\.reference), capture.events.map(\.happenedAt),
                capture.confirms,
            ])
    }

    static func authorise(_ change: Money, for id: ID<Order>) -> PostgresStatement {
        """
        UPDATE orders SET authorised_minor = greatest(authorised_minor + \(change.minorUnits), 0) WHERE id = \(id)
        """
    }

    static func refund(
        _ id: ID<Order>, refunded: Money, state: OrderState, _ event: OrderEvent
    ) -> PostgresStatement {
        PostgresStatement(
            sql: """
                WITH refunded AS (
                    UPDATE orders SET refunded_minor = $6, state = $2,
                        closed_at = CASE WHEN $2 = 'open' THEN NULL ELSE coalesce(closed_at, $5) END
                    WHERE id = $1
                )
                \(TimelineSQL.insertOne)
                """,
            parameters: [id, state, event.kind, event.reference, event.happenedAt, refunded.minorUnits])
    }

    static func deliver(_ delivery: OrderDelivery, of id: ID<Order>) -> PostgresStatement {
        PostgresStatement(
            with: [
                "delivered": """
                UPDATE order_lines SET fulfilled_at = coalesce(fulfilled_at, $3), delivered_at = $3
                WHERE id = ANY($2::uuid[]) AND delivered_at IS NULL
                """,
                "parts": """
                UPDATE vendor_orders SET fulfilment_state = part.state
                FROM unnest($4::uuid[], $5::text[]) AS part (id, state)
                WHERE vendor_orders.order_id = $1 AND vendor_orders.id = part.id
                """,
                "moved": """
                UPDATE orders SET fulfilment_state = $6, state = $7,
                    delivered_at = CASE WHEN $6 = 'delivered' THEN coalesce(delivered_at, $3) END,
                    closed_at = CASE WHEN $7 = 'open' THEN NULL ELSE coalesce(closed_at, $3) END
                WHERE id = $1
                """,
            ],
            sql: """
                INSERT INTO order_events (order_id, kind, reference, happened_at)
                SELECT $1, * FROM unnest($8::text[], $9::text[], $10::timestamptz[])
                ON CONFLICT (order_id, kind, reference) DO NOTHING
                """,
            parameters: [
                id, delivery.lines, delivery.at, delivery.vendorOrders.map(\.id), delivery.vendorOrders.map(\.state),
                delivery.fulfilmentState, delivery.state, delivery.events.map(\.kind),
                delivery.events.map(\.reference), delivery.events.map(\.happenedAt),
            ])
    }
}
