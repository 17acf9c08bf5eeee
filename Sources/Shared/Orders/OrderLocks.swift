package import Core
package import Identity
package import Postgres

/// The one lock of this domain: an order's row.
///
/// The order across domains is: payment, order, stock, audit chain.
package struct OrderLocks: Sendable {
    package init() {}

    /// Locks the order until the transaction ends and reads it with its lines as they then are; nil when there is none. One round trip.
    package func lockWithLines(
        _ id: ID<Order>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> OrderWithLines? {
        // Two statements: one that waited for the lock would show the lines as they were before.
        try await transaction.pipeline("SELECT FROM orders WHERE id = \(id) FOR UPDATE")
        return try await OrderStore().orderWithLines(id, visibleTo: .everything, in: transaction)
    }

    /// Reads the order with its lines for something that must not outlive its present state, such as a new payment: whoever would
    /// move it waits for the end of the transaction, others who only hold it do not; nil when there is none. One round trip.
    package func hold(
        _ id: ID<Order>, visibleTo visibility: Visibility, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> OrderWithLines? {
        let rows = try await transaction.query(OrderSQL.held(id, visibleTo: visibility), as: PostgresRow.self)
        return try OrderWithLines(rows: rows)
    }
}
