package import Core
package import Foundation
package import Jobs
import Postgres

/// Writes into an order how far its goods have come, as those who carry them tell it.
package struct RecordFulfilment: Sendable {
    package init() {}

    /// - Parameters:
    ///   - progress: of every line that goes by units; the others stay as they are.
    ///   - locked: the order, which the caller has locked.
    ///   - events: for its timeline.
    package func callAsFunction(
        _ progress: [ID<OrderLine>: LineProgress], of locked: OrderWithLines, events: [OrderEvent], at now: Date,
        in work: UnitOfWork
    ) async throws {
        let order = locked.order
        let lines = locked.lines.filter { progress[$0.id] != nil }
        let parts = Set(lines.map(\.vendorOrder))
        let whole = FulfilmentState(of: locked.lines, progress)
        let isDone = whole == .delivered || whole == .returned
        let state = isDone && order.isPaid && order.state == .open ? try order.state(after: .complete) : order.state
        try await work.pipeline(
            FulfilmentSQL.record(
                FulfilmentRecord(
                    lines: lines.map { line in
                        let units = progress[line.id] ?? LineProgress()
                        return (line.id, units.handedOver >= line.due, units.delivered >= line.due)
                    },
                    parts: parts.sorted().map { part in
                        (part, FulfilmentState(of: locked.lines.filter { $0.vendorOrder == part }, progress))
                    },
                    whole: whole, state: state, at: now,
                    events: events + (whole == .delivered ? [OrderEvent(.delivered, at: now)] : [])),
                of: order.id))
    }
}

/// How far goods have come, as it is written.
struct FulfilmentRecord: Sendable {
    let lines: [(id: ID<OrderLine>, isHandedOver: Bool, isDelivered: Bool)]
    let parts: [(id: ID<VendorOrder>, state: FulfilmentState)]
    let whole: FulfilmentState
    let state: OrderState
    let at: Date
    let events: [OrderEvent]
}

enum FulfilmentSQL {
    static func record(_ record: FulfilmentRecord, of id: ID<Order>) -> PostgresStatement {
        PostgresStatement(
            with: [
                "lines": """
                UPDATE order_lines
                SET fulfilled_at = CASE WHEN line.is_handed_over THEN coalesce(fulfilled_at, $3::timestamptz) END,
                    delivered_at = CASE WHEN line.is_delivered AND line.is_handed_over
                        THEN coalesce(delivered_at, $3::timestamptz) END
                FROM unnest($2::uuid[], $4::bool[], $5::bool[]) AS line (id, is_handed_over, is_delivered)
                WHERE order_lines.id = line.id AND order_lines.order_id = $1
                """,
                "parts": """
                UPDATE vendor_orders SET fulfilment_state = part.state
                FROM unnest($6::uuid[], $7::text[]) AS part (id, state)
                WHERE vendor_orders.order_id = $1 AND vendor_orders.id = part.id
                """,
                "moved": """
                UPDATE orders SET fulfilment_state = $8, state = $9,
                    delivered_at = CASE WHEN $8 IN ('delivered', 'returned') THEN coalesce(delivered_at, $3) END,
                    closed_at = CASE WHEN $9 = 'open' THEN NULL ELSE coalesce(closed_at, $3) END
                WHERE id = $1
                """,
            ],
            sql: """
                INSERT INTO order_events (order_id, kind, reference, happened_at)
                SELECT $1, * FROM unnest($10::text[], $11::text[], $12::timestamptz[])
                ON CONFLICT (order_id, kind, reference) DO NOTHING
                """,
            parameters: [
                id, record.lines.map(\.id), record.at, record.lines.map(\.isHandedOver),
                record.lines.map(\.isDelivered), record.parts.map(\.id), record.parts.map(\.state), record.whole,
                record.state, record.events.map(\.kind), record.events.map(\.reference),
                record.events.map(\.happenedAt),
            ])
    }
}
