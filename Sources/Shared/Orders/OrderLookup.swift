package import Core
package import Identity
package import Postgres

// What others have found by its ids.

extension OrderStore {
    /// Those of `ids` that are within reach, the newest first.
    package func orders(
        _ ids: [ID<Order>], visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [Order] {
        try await executor.query(
            PostgresStatement(
                sql: """
                    SELECT \(Order.columns) FROM orders
                    WHERE id = ANY ($1::uuid[]) AND \(OrderSQL.isVisible(to: visibility)) ORDER BY id DESC
                    """,
                parameters: [ids, visibility.subject]), as: Order.self)
    }
}

extension VendorOrderStore {
    /// Those of `ids` that are within reach, the newest first.
    package func vendorOrders(
        _ ids: [ID<VendorOrder>], visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ListedVendorOrder] {
        let isVisible = visibility.condition("$2", vendor: "part.vendor_id = $2")
        return try await executor.query(
            PostgresStatement(
                sql: """
                    \(VendorOrderSQL.selection) WHERE part.id = ANY ($1::uuid[]) AND \(isVisible) ORDER BY part.id DESC
                    """,
                parameters: [ids, visibility.subject]), as: ListedVendorOrder.self)
    }

    /// One of them without its lines, or nil.
    package func vendorOrder(
        _ id: ID<VendorOrder>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> ListedVendorOrder? {
        try await executor.queryOne(VendorOrderSQL.one(id, visibleTo: visibility), as: ListedVendorOrder.self)
    }
}
