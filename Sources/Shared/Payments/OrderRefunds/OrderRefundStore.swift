package import Core
import Foundation
package import Identity
package import Orders
package import Postgres
import Pricing

/// All SQL on what was given back for units of orders. Writers hold the order.
package struct OrderRefundStore: Sendable {
    package init() {}

    private static let columns = """
        id, order_id, charges, reason, currency, total_minor, vendor_minor, marketplace_minor, parts::text AS parts, created_by,
        created_at, (SELECT jsonb_agg(jsonb_build_array(line_id, first_unit, quantity))::text FROM order_refund_units
            WHERE order_refund_id = order_refunds.id) AS units
        """

    /// A page of an order's, the newest first.
    package func refunds(
        of order: ID<Order>, page: PageRequest, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws -> Page<OrderRefund> {
        try await page.newestFirst(
            "order_refunds", Self.columns, where: "order_id", is: order.uuid, by: \.id, visibleTo: visibility,
            in: executor)
    }

    /// Every unit that money was given back for.
    func units(
        of order: ID<Order>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ID<OrderLine>: UnitRanges] {
        UnitRanges.byLine(
            try await executor.query(
                "SELECT line_id, first_unit, quantity FROM order_refund_units WHERE order_id = \(order)",
                columns: (ID<OrderLine>, Int64, Int64).self))
    }

    func insert(_ refund: OrderRefund, in work: some PostgresExecutor) async throws {
        let parts = try JSONValue(parsing: Array(JSONEncoder().encode(refund.parts)))
        try await work.pipeline(
            """
            INSERT INTO order_refunds (id, order_id, charges, reason, currency, total_minor, vendor_minor, marketplace_minor, parts,
                created_by, created_at)
            VALUES (\(refund.id), \(refund.order), \(refund.charges.rawValue), \(refund.reason), \(refund.total.currency),
                \(refund.total.minorUnits), \(refund.ofVendors.minorUnits), \(refund.ofMarketplace.minorUnits), \(parts),
                \(refund.createdBy.rawValue), \(refund.createdAt))
            """)
        let rows = UnitRanges.rows(refund.units)
        try await work.pipeline(
            """
            INSERT INTO order_refund_units (order_refund_id, order_id, line_id, first_unit, quantity)
            SELECT \(refund.id), \(refund.order), line, first_unit, quantity
            FROM unnest(\(rows.map(\.line))::uuid[], \(rows.map(\.first))::int8[],
                \(rows.map(\.count))::int8[]) AS given (line, first_unit, quantity)
            """)
    }
}

extension OrderRefund: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let currency: Currency = try row.decode("currency")
        func money(_ column: String) throws(PostgresError) -> Money {
            Money(minorUnits: try row.decode(column), currency: currency)
        }
        let charges: String = try row.decode("charges")
        guard let charges = Charges(rawValue: charges) else { throw .decoding("\(charges) is no policy for charges") }
        let parts: [Part]
        let units: [UnitRow]
        do {
            let text: String = try row.decode("parts")
            let ranges: String? = try row.decode("units")
            parts = try JSONDecoder().decode([Part].self, from: Data(text.utf8))
            units = try ranges.map { try JSONDecoder().decode([UnitRow].self, from: Data($0.utf8)) } ?? []
        } catch {
            throw .decoding("what an order's refund consists of: \(error)")
        }
        self.init(
            id: try row.decode("id"), order: try row.decode("order_id"), charges: charges,
            reason: try row.decode("reason"), total: try money("total_minor"), ofVendors: try money("vendor_minor"),
            ofMarketplace: try money("marketplace_minor"), parts: parts,
            units: UnitRanges.byLine(units.map { (ID(uuid: $0.line), $0.first, $0.count) }),
            createdBy: AuditActor(rawValue: try row.decode("created_by")), createdAt: try row.decode("created_at"))
    }

    /// A range of units, as it is read, many in one column.
    private struct UnitRow: Decodable {
        let line: UUID
        let first: Int64
        let count: Int64

        init(from decoder: any Decoder) throws {
            var row = try decoder.unkeyedContainer()
            line = try row.decode(UUID.self)
            first = try row.decode(Int64.self)
            count = try row.decode(Int64.self)
        }
    }
}
