package import Core
package import Foundation
import Inventory
package import Postgres

/// A step in the life of an order, as its timeline names it.
package struct OrderEventKind: RawRepresentable, Hashable, Sendable, Codable, PostgresCodable {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    package static let ordered = OrderEventKind(rawValue: "ordered")
    package static let checkoutStarted = OrderEventKind(rawValue: "checkout_started")
    package static let webhookAccepted = OrderEventKind(rawValue: "webhook_accepted")
    package static let captured = OrderEventKind(rawValue: "captured")
    package static let paid = OrderEventKind(rawValue: "paid")
    package static let keyAssigned = OrderEventKind(rawValue: "key_assigned")
    /// The order is paid and waits for keys that its vendors' pools lack.
    package static let awaitingKeys = OrderEventKind(rawValue: "awaiting_keys")
    /// Another key took the place of one; the reference is the new one.
    package static let keyReplaced = OrderEventKind(rawValue: "key_replaced")
    package static let keyRevoked = OrderEventKind(rawValue: "key_revoked")
    package static let delivered = OrderEventKind(rawValue: "delivered")
    /// Goods have left their vendor; the reference is the shipment.
    package static let shipped = OrderEventKind(rawValue: "shipped")
    /// A shipment has reached the customer; the reference is the shipment.
    package static let shipmentDelivered = OrderEventKind(rawValue: "shipment_delivered")
    /// A shipment is with its vendor again without having been delivered; the reference is the shipment.
    package static let shipmentReturned = OrderEventKind(rawValue: "shipment_returned")
    package static let emailSent = OrderEventKind(rawValue: "email_sent")
    /// What came of the question whether its customer means an order that is paid on delivery; its reference is the answer.
    package static let cashConfirmation = OrderEventKind(rawValue: "cash_confirmation")
    package static let cancelled = OrderEventKind(rawValue: "cancelled")
    package static let expired = OrderEventKind(rawValue: "expired")
    package static let refunded = OrderEventKind(rawValue: "refunded")
    /// A bank sent a refund back; its reference is the refund.
    package static let refundReturned = OrderEventKind(rawValue: "refund_returned")
    /// Units are not sent any more; the reference is the moment.
    package static let unitsCancelled = OrderEventKind(rawValue: "units_cancelled")
    /// A guest's order became that of an account.
    package static let claimed = OrderEventKind(rawValue: "claimed")
}

/// An entry of an order's timeline.
package struct OrderEvent: Hashable, Sendable {
    package let kind: OrderEventKind
    /// Tells repetitions of one kind apart, such as the template of an e-mail; empty where there is only one.
    package let reference: String
    package let happenedAt: Date

    package init(_ kind: OrderEventKind, reference: String = "", at time: Date) {
        self.kind = kind
        self.reference = reference
        happenedAt = time
    }
}

/// The timelines of orders. Any domain may add what it did.
package struct OrderTimeline: Sendable {
    package init() {}

    /// Adds events; one of a kind and reference that the order has already is left out, so repetition does no harm.
    package func append(
        _ events: [OrderEvent], to order: ID<Order>, in executor: some PostgresExecutor
    ) async throws(PostgresError) {
        try await executor.deferInsert(TimelineSQL.append(events, to: order))
    }

    /// Adds that the customer begins to pay, for which their units are held until `expiry`, though no longer than `longest` seconds from
    /// the order's being placed.
    package func append(
        _ event: OrderEvent, to order: ID<Order>, holdingUntil expiry: Date, atMost longest: TimeInterval,
        in executor: some PostgresExecutor
    ) async throws(PostgresError) {
        try await executor.deferUpdate(
            TimelineSQL.append(event, to: order, holdingUntil: expiry, atMost: longest))
    }

    /// The order's events, the earliest first.
    package func events(
        of order: ID<Order>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [OrderEvent] {
        try await executor.query(TimelineSQL.list(order), as: OrderEvent.self)
    }
}

extension OrderEvent: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        kind = try row.decode("kind")
        reference = try row.decode("reference")
        happenedAt = try row.decode("happened_at")
    }
}

enum TimelineSQL {
    /// The end of a statement whose parameters are the order, something of its own, and the event's kind, reference and time.
    static let insertOne = """
        INSERT INTO order_events (order_id, kind, reference, happened_at) VALUES ($1, $3, $4, $5)
        ON CONFLICT (order_id, kind, reference) DO NOTHING
        """

    /// Nothing is held for an order that was closed or paid meanwhile.
    static func append(
        _ event: OrderEvent, to order: ID<Order>, holdingUntil expiry: Date, atMost longest: TimeInterval
    ) -> PostgresStatement {
        PostgresStatement(
            with: [
                "extended": """
                UPDATE orders SET reservation_expires_at = least($5::timestamptz, placed_at + $6::float8 * interval '1 second')
                WHERE id = $1 AND state = 'open' AND paid_at IS NULL
                    AND reservation_expires_at < least($5, placed_at + $6 * interval '1 second')
                RETURNING id, reservation_expires_at AS expiry
                """,
                "prolonged": ReservationSQL.extendHeld,
            ],
            sql: """
                INSERT INTO order_events (order_id, kind, reference, happened_at) VALUES ($1, $2, $3, $4)
                ON CONFLICT (order_id, kind, reference) DO NOTHING
                """,
            parameters: [order, event.kind, event.reference, event.happenedAt, expiry, longest])
    }

    static func append(_ events: [OrderEvent], to order: ID<Order>) -> PostgresStatement {
        PostgresStatement(
            sql: """
                INSERT INTO order_events (order_id, kind, reference, happened_at)
                SELECT $1, kind, reference, happened_at
                FROM unnest($2::text[], $3::text[], $4::timestamptz[]) AS event (kind, reference, happened_at)
                ON CONFLICT (order_id, kind, reference) DO NOTHING
                """,
            parameters: [order, events.map(\.kind), events.map(\.reference), events.map(\.happenedAt)])
    }

    static func list(_ order: ID<Order>) -> PostgresStatement {
        "SELECT kind, reference, happened_at FROM order_events WHERE order_id = \(order) ORDER BY happened_at, id"
    }
}
