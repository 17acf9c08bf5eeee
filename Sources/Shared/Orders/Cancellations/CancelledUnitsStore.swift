package import Core
import Foundation
package import Postgres

/// Units of an order that are not handed over any more, by line.
package struct CancelledUnitsStore: Sendable {
    package init() {}

    /// Of one vendor's part.
    package func units(
        of part: ID<VendorOrder>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ID<OrderLine>: UnitRanges] {
        let rows = try await executor.query(
            "SELECT line_id, first_unit, quantity FROM cancelled_units WHERE vendor_order_id = \(part)",
            columns: (ID<OrderLine>, Int64, Int64).self)
        return UnitRanges.byLine(rows)
    }

    /// The caller holds the order.
    func insert(
        _ units: [ID<OrderLine>: UnitRanges], of contents: OrderWithLines, reason: String, by actor: AuditActor,
        at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        let parts = Dictionary(contents.lines.map { ($0.id, $0.vendorOrder) }, uniquingKeysWith: { first, _ in first })
        let rows = UnitRanges.rows(units)
        try await transaction.pipeline(
            """
            INSERT INTO cancelled_units (order_id, vendor_order_id, line_id, first_unit, quantity, reason, actor, cancelled_at)
            SELECT \(contents.order.id), part, line, first_unit, quantity, \(reason), \(actor.rawValue), \(time)
            FROM unnest(\(rows.compactMap { parts[$0.line] })::uuid[], \(rows.map(\.line))::uuid[],
                \(rows.map(\.first))::int8[], \(rows.map(\.count))::int8[])
                AS cancelled (part, line, first_unit, quantity)
            """)
        let lines = units.keys.sorted()
        try await transaction.pipeline(
            """
            UPDATE order_lines SET cancelled_quantity = cancelled_quantity + cancelled.quantity
            FROM unnest(\(lines)::uuid[], \(lines.map { units[$0]?.count ?? 0 })::int8[]) AS cancelled (line, quantity)
            WHERE id = line AND order_id = \(contents.order.id)
            """)
    }
}

extension UnitRanges {
    /// - Parameter rows: lines with the first of some units and how many they are.
    package static func byLine(_ rows: [(ID<OrderLine>, Int64, Int64)]) -> [ID<OrderLine>: UnitRanges] {
        Dictionary(
            rows.map { line, first, count in (line, UnitRanges([first..<(first &+ max(0, count))])) },
            uniquingKeysWith: { $0.union($1) })
    }

    /// The same the other way, in the order of the lines.
    package static func rows(
        _ units: [ID<OrderLine>: UnitRanges]
    ) -> [(line: ID<OrderLine>, first: Int64, count: Int64)] {
        units.keys.sorted().flatMap { line in
            (units[line]?.ranges ?? []).map { (line, $0.lowerBound, Int64($0.count)) }
        }
    }
}
