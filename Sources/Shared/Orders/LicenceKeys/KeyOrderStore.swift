package import Core
package import Foundation
package import Inventory
package import Postgres

/// All SQL about which orders have which keys.
package struct KeyOrderStore: Sendable {
    package init() {}

    /// Orders that have keys of a batch, in the order of their ids.
    package func orders(
        havingKeysOf batch: ID<LicenceKeyBatch>, after order: ID<Order>?, limit: Int, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ID<Order>] {
        let fromCursor = OptionalFilter.condition("order_id > $2", "$2::uuid", isSet: order != nil)
        return try await executor.queryValues(
            PostgresStatement(
                sql: """
                    SELECT DISTINCT order_id FROM licence_keys JOIN order_lines ON order_lines.id = order_line_id
                    WHERE batch_id = $1 AND state = 'assigned' AND \(fromCursor) ORDER BY order_id LIMIT $3
                    """, parameters: [batch, order, limit]), as: ID<Order>.self)
    }

    /// Whether an order has keys of a batch.
    package func hasKeys(
        of batch: ID<LicenceKeyBatch>, _ order: ID<Order>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await executor.queryValue(
            """
            SELECT EXISTS (
                SELECT FROM licence_keys JOIN order_lines ON order_lines.id = order_line_id
                WHERE order_id = \(order) AND batch_id = \(batch) AND state = 'assigned')
            """, as: Bool.self) ?? false
    }

    func order(of line: UUID, in executor: some PostgresExecutor) async throws(PostgresError) -> ID<Order>? {
        try await executor.queryValue("SELECT order_id FROM order_lines WHERE id = \(line)", as: ID<Order>.self)
    }
}
